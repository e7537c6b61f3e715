import type { Json } from '#wire';

import type { Steps } from '../connector.js';
import { call } from './calls.js';
import type { Uploaded } from './upload.js';

type Members = { readonly [member: string]: Json | undefined };

/** A paper as the item has it: by its content's hash, which the hub knows before the ministry gives it an id. */
export type Paper = { MaKetQua: string; TenGiayTo: string; HashTepTin: string };

/** Case and code as the ministry knows them. */
export interface IssuedCase {
  /** '' where the answer that would have named it was lost: an answer to a repeat names none. */
  idHoSo: string;
  maHoSo: string;
}

export function issuedCase(steps: Steps): IssuedCase | undefined {
  const created = membersOf(steps.ofCase(call.create));
  const maHoSo = textOf(created?.['caseCode']) ?? issuedCode(steps);
  return maHoSo === undefined ? undefined : { idHoSo: textOf(created?.['idHoSo']) ?? '', maHoSo };
}

/** Of the case, not of one delivery of it: a corrected create goes by the same code, or there would be two cases. */
export const issuedCode = (steps: Steps): string | undefined =>
  textOf(membersOf(steps.ofCase(call.nextValue))?.['value']);

/** The papers that an item names, wherever they stand. */
export function papersIn(item: Json | undefined): Paper[] {
  if (Array.isArray(item)) return item.flatMap((each: Json) => papersIn(each));
  const members = membersOf(item);
  if (!members) return [];
  if (isPaper(members)) return [members];
  return Object.values(members).flatMap((value) => papersIn(value));
}

/** The item with what the ministry issued for its files. */
export function withIds(item: Json | undefined, uploaded: ReadonlyMap<string, Uploaded>): Json {
  if (Array.isArray(item)) return item.map((each: Json) => withIds(each, uploaded));
  const members = membersOf(item);
  if (!members) return item ?? null;
  if (isPaper(members)) {
    const given = uploaded.get(members.HashTepTin);
    return { ...members, ...(given && { IdGiayTo: given.IdTepTin, HashTepTin: given.HashTepTin }) };
  }
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, withIds(value, uploaded)]));
}

const isPaper = (members: Members): members is Members & Paper => typeof members['HashTepTin'] === 'string';

export const membersOf = (value: unknown): Members | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Members) : undefined;

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
