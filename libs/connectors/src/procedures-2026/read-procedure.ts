import type { ListedProcedure, ProcedureFacts } from '#wire';

import { isMembers, listAt, listed, namedIn, textAt, type Members } from '../procedures/members.js';

export interface Page {
  items: unknown[];
  lastId: string;
  total?: number;
}

/** Undefined: what stands under `data` is no page. */
export function pageOf(json: unknown): Page | undefined {
  const data = dataOf(json);
  if (!data || !Array.isArray(data['items'])) return undefined;
  const total = data['total'] === null || data['total'] === undefined ? NaN : Number(data['total']);
  return { items: data['items'], lastId: textAt(data['lastId']), ...(Number.isFinite(total) ? { total } : {}) };
}

export const dataOf = (json: unknown): Members | undefined =>
  isMembers(json) && isMembers(json['data']) ? json['data'] : undefined;

export const listedOf = (item: unknown): ListedProcedure | undefined =>
  listed(item, (members) => {
    const { code, name, id, type } = members;
    const facts = {
      executing: namedIn(members['departments'], 'code', 'name'),
      fields: namedIn(members['categories'], 'code', 'name'),
      type: textAt(type),
    };
    return { code: textAt(code), name: typeof name === 'string' ? name : '', key: textAt(id), facts };
  });

export function factsOf(detail: Members): ProcedureFacts {
  const ways = listAt(detail['executionMethods']).map((way) => ({ way, channel: channelOf(way['submissionMethod']) }));
  return {
    executing: namedIn(detail['departmentsExecuting'], 'code', 'name'),
    levels: Object.keys(levels).flatMap((member) => (detail[member] === true ? levels[member]! : [])),
    fields: namedIn(detail['categoriesDetails'], 'code', 'name'),
    channels: [...new Set(ways.flatMap(({ channel }) => channel.split('+')))].filter((channel) => channel !== ''),
    terms: ways.flatMap(({ way, channel }) => {
      const amount = way['processingTime'];
      if (typeof amount !== 'number') return [];
      return [{ ...(channel === '' ? {} : { channel }), amount, unit: textAt(way['processingTimeUnit']) }];
    }),
    type: textAt(detail['formalityType']),
  };
}

/** In the words in which the older interface tells them. */
const levels: Readonly<Record<string, string>> = {
  isMinistry: 'Cấp Bộ',
  isProvince: 'Cấp Tỉnh',
  isWard: 'Cấp Xã',
  isOtherAgency: 'Cơ quan khác',
};
const channels: Readonly<Record<string, string>> = {
  DIRECT: 'counter',
  ONLINE: 'online',
  POSTAL: 'post',
  DIRECT_AND_ONLINE: 'counter+online',
};
const channelOf = (method: unknown): string => channels[textAt(method)] ?? textAt(method);
