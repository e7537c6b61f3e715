import { otherCase, statusChanged } from '../../journeys/cases.js';
import { mark } from '../partners/mark.js';

/** Personal data that nobody has: wherever it turns up outside items and the ledger's bodies, it leaked. */
export const planted = ['Trần Thị Gài Sẵn', '079299999917', '0912999917'] as const;

export interface PlannedEvent {
  nth: number;
  type: string;
  path: string;
  body: string;
}

export interface PlannedCase {
  code: string;
  events: PlannedEvent[];
}

/** One case in eight gets a result that is revoked afterwards; all others are worked on, finished and returned. */
export function plannedCase(n: number, more: { dueAt?: string } = {}): PlannedCase {
  const code = `000.00.${String(10 + Math.floor(n / 9_000)).padStart(2, '0')}.H49-210531-${String(n % 9_000).padStart(4, '0')}`;
  const [name, idNumber, phone] = planted;
  const received = {
    ...otherCase(code),
    summary: mark(code, 1),
    applicant: { name, kind: 'citizen', idNumber, phone },
    ...more,
  };
  const change = (nth: number, status: number) =>
    statusChanged(code, status, `${code}/${nth}`, { note: mark(code, nth) });
  const rest =
    n % 8 === 7 ? [change(2, 4), result(code, 3), revocation(code, 4)] : [change(2, 4), change(3, 9), change(4, 10)];
  return {
    code,
    events: [
      { nth: 1, type: 'case.received', path: '/v1/cases', body: JSON.stringify(received) },
      ...rest.map((event, i) => ({
        nth: i + 2,
        type: shortOf(event.type),
        path: `/v1/cases/${encodeURIComponent(code)}/events`,
        body: JSON.stringify(event),
      })),
    ],
  };
}

const at = '2021-06-01T08:00:00+07:00';

function result(code: string, nth: number): Record<string, unknown> {
  const document = { sha256: 'ab'.repeat(32), name: mark(code, nth), mediaType: 'application/pdf', size: 1 };
  return {
    ...statusChanged(code, 9, `${code}/${nth}`),
    type: 'vn.lienthong.case.result-issued.v1',
    data: { status: 9, at, documents: [document] },
  };
}

function revocation(code: string, nth: number): Record<string, unknown> {
  return {
    ...statusChanged(code, 9, `${code}/${nth}`),
    type: 'vn.lienthong.case.result-revoked.v1',
    data: { at, reason: mark(code, nth), decision: { number: '1/QD', date: '2021-06-02' } },
  };
}

const shortOf = (type: unknown): string => String(type).replace(/^vn\.lienthong\.|\.v\d+$/g, '');
