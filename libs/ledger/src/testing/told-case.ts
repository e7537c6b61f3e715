import type { CaseStatus } from '#domain';
import type { Json } from '#wire';
import type { Database } from '../database.js';
import { enter } from '../enter.js';
import type { EntryItem } from '../entry.js';

/** One report about a case, in the order in which it comes in; times with an offset. */
export type ToldEvent =
  | { kind: 'status'; status: CaseStatus; at: string; finishedAt?: string }
  | { kind: 'supplement'; at: string; dueAt?: string }
  | { kind: 'result'; status: 9; at: string };

export interface ToldCase {
  code: string;
  procedure?: string;
  field?: string | null;
  unit?: string;
  channel?: 'counter' | 'online' | 'post';
  submittedAt?: string;
  receivedAt: string | null;
  dueAt?: string;
  status?: 1 | 2;
  then?: ToldEvent[];
}

const application = (told: ToldCase): Record<string, Json> => ({
  code: told.code,
  procedure: { code: told.procedure ?? '1.000001', name: `Thủ tục ${told.procedure ?? '1.000001'}` },
  ...(told.field === null
    ? {}
    : { field: { code: told.field ?? 'G15-TP10', name: `Lĩnh vực ${told.field ?? 'G15-TP10'}` } }),
  channel: told.channel ?? 'counter',
  unit: { code: told.unit ?? 'H99.14', name: `Đơn vị ${told.unit ?? 'H99.14'}` },
  ...(told.receivedAt === null ? {} : { receivedAt: told.receivedAt }),
  submittedAt: told.submittedAt ?? told.receivedAt ?? '2021-01-01T08:00:00+07:00',
});

/** Enters cases through the ledger's own door; each must be taken. `key` keeps later events of a known case apart from earlier ones. */
export async function tell(db: Database, cases: readonly ToldCase[]): Promise<void> {
  await entered(
    db,
    cases.flatMap((told) => [opening(told), ...moves(told, told.then ?? [], 0)]),
  );
}

export async function tellMore(db: Database, told: ToldCase, then: readonly ToldEvent[]): Promise<void> {
  await entered(db, moves(told, then, told.then?.length ?? 0));
}

async function entered(db: Database, items: EntryItem[]): Promise<void> {
  const answers = await enter(db, items, () => true);
  const refused = answers.findIndex(({ outcome }) => outcome !== 'accepted');
  if (refused >= 0) throw new Error(`${items[refused]!.key}: ${JSON.stringify(answers[refused])}`);
}

function opening(told: ToldCase): EntryItem {
  const day = (told.receivedAt ?? told.submittedAt ?? '2021-01-01').slice(0, 10);
  return {
    sender: 'mot-cua',
    key: told.code,
    type: 'vn.lienthong.case.received.v1',
    caseCode: told.code,
    data: { ...application(told), ...(told.dueAt === undefined ? {} : { dueAt: told.dueAt }) },
    opens: {
      procedure: told.procedure ?? '1.000001',
      openedOn: day,
      dueAt: told.dueAt ?? null,
      unit: told.unit ?? 'H99.14',
    },
    status: told.status ?? 2,
  };
}

const moves = (told: ToldCase, then: readonly ToldEvent[], from: number): EntryItem[] =>
  then.map((event, i): EntryItem => {
    const common = { sender: 'mot-cua', key: `${told.code}/${from + i}`, caseCode: told.code };
    if (event.kind === 'supplement')
      return {
        ...common,
        type: 'vn.lienthong.case.supplemented.v1',
        data: {
          ...application(told),
          ...(event.dueAt === undefined ? {} : { dueAt: event.dueAt }),
          supplement: { receivedAt: event.at },
        },
        status: 4,
      };
    if (event.kind === 'result')
      return {
        ...{ ...common, sender: 'lltp', type: 'vn.lienthong.case.result-issued.v1', status: 9 },
        data: { status: 9, at: event.at, documents: [] },
      };
    const { status, at, finishedAt } = event;
    const data = { status, at, ...(finishedAt === undefined ? {} : { finishedAt }) };
    return { ...common, type: 'vn.lienthong.case.status-changed.v1', data, status };
  });
