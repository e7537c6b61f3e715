import type { ListedProcedure, ProcedureFacts } from '#wire';

import { cleaned, isMembers, listAt, listed, namedIn, textAt, type Members } from '../procedures/members.js';

/**
 * Rows of an answer `{ error_code, result: [...] }`, or of an adapter's `{ message: "<the same as text>" }`. Undefined: it
 * holds no rows, which isn't the same as none.
 */
export function resultOf(json: unknown): unknown[] | undefined {
  if (!isMembers(json)) return undefined;
  if (Array.isArray(json['result'])) return json['result'] as unknown[];
  const { message } = json;
  if (typeof message !== 'string' || !message.trimStart().startsWith('{')) return undefined;
  try {
    const within = (JSON.parse(message) as Members)['result'];
    return Array.isArray(within) ? (within as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

export const listedOf = (row: unknown): ListedProcedure | undefined =>
  listed(row, (members) => {
    const code = textAt(members['MATTHC']);
    const name = members['TENTTHC'];
    return { code, name: typeof name === 'string' ? name : '', key: code, facts: factsOf(members) };
  });

/** TRANGTHAI 1: public. A list that doesn't say it lists what is public. */
export const isPublic = (row: unknown): boolean => !isMembers(row) || ['', '1'].includes(textAt(row['TRANGTHAI']));

export function factsOf(row: Members): ProcedureFacts {
  const ways = listAt(row['CACHTHUCTHUCHIEN']).map((way) => ({ way, channel: channelOf(way['KENH']) }));
  return {
    executing: namedIn(row['COQUANTHUCHIEN'], 'MADONVI', 'TENDONVI'),
    levels: namedIn(row['CAPTHUCHIEN'], 'CAPTHUCHIEN', 'TENCAP').map(({ name }) => name),
    fields: namedIn(row['LINHVUCTHUCHIEN'], 'MALINHVUC', 'TENLINHVUC'),
    channels: [...new Set(ways.map(({ channel }) => channel))].filter((channel) => channel !== ''),
    terms: ways.flatMap(({ way, channel }) => termsOf(way['THOIGIAN'], channel)),
  };
}

function termsOf(times: unknown, channel: string): NonNullable<ProcedureFacts['terms']> {
  return listAt(times).flatMap((time) => {
    const said = textAt(time['THOIGIANGIAIQUYET']);
    const amount = Number(said);
    if (said === '' || !Number.isFinite(amount)) return [];
    return [{ ...(channel === '' ? {} : { channel }), amount, unit: cleaned(textAt(time['DONVITINH'])) }];
  });
}

const channels: Readonly<Record<string, string>> = { 1: 'counter', 2: 'online', 3: 'post' };
const channelOf = (code: unknown): string => channels[textAt(code)] ?? textAt(code);
