import type { Met } from './faults.js';
import type { Manner } from './manner.js';

type Members = Record<string, unknown>;

/** The request as this partner takes it: cut, rewritten or shortened before its own rules see it. */
export function bentRequest(body: unknown, { name, fault }: Met, manner: Manner): unknown {
  switch (name) {
    case 'dropPrefix':
      return mapped(body, manner.codes, (value) => (typeof value === 'string' ? withoutAgency(value) : value));
    case 'rewriteStatus':
      return withStatuses(body, fault.rewriteStatus, manner);
    case 'firstRowsOnly':
      return firstRows(body, fault.firstRowsOnly ?? 1, manner);
    case 'firstFileOnly':
      return mapped(
        mapped(body, manner.files, (value) => (Array.isArray(value) ? value.slice(0, 1) : value)),
        manner.joinedPaths,
        (value) => (typeof value === 'string' ? value.split('##')[0] : value),
      );
    case 'dropFilesOver':
      return mapped(body, manner.files, (value) => (Array.isArray(value) ? [] : value));
    default:
      return body;
  }
}

/** A body in which each such member, wherever it stands, has another value. */
export function mapped(
  value: unknown,
  names: readonly string[] | undefined,
  change: (value: unknown) => unknown,
): unknown {
  if (names === undefined || value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return value.map((item) => mapped(item, names, change));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      names.includes(name) ? change(member) : mapped(member, names, change),
    ]),
  );
}

export const withStatuses = (
  body: unknown,
  rule: { from: number[]; to: number } | undefined,
  manner: Manner,
): unknown =>
  mapped(body, manner.statuses, (value) => {
    if (!rule?.from.includes(Number(value))) return value;
    return typeof value === 'string' ? String(rule.to) : rule.to;
  });

/** `000.00.30.H49-210531-0001` as a receiver keeps it that knows provinces only: `H49-210531-0001`. */
function withoutAgency(code: string): string {
  const [unit = '', ...rest] = code.split('-');
  const province = unit.split('.').find((group) => /^[GH]\d{2}$/.test(group));
  return province === undefined || rest.length === 0 ? code : [province, ...rest].join('-');
}

function firstRows(body: unknown, most: number, { requestRows = [] }: Manner): unknown {
  if (Array.isArray(body)) return requestRows.includes('') ? body.slice(0, most) : body;
  if (body === null || typeof body !== 'object') return body;
  return Object.fromEntries(
    Object.entries(body as Members).map(([name, member]) => [
      name,
      requestRows.includes(name) && Array.isArray(member) ? member.slice(0, most) : member,
    ]),
  );
}
