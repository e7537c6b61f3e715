import { userInfo } from 'node:os';
import { findCase, readAgencies, type Acted, type Database, type Refusal } from '#ledger';
import { textOf, Trouble, type Given } from '../verb.js';

export const authorOf = (given: Given): string => textOf(given, 'author') ?? userInfo().username;

/** The agency that an operator names, in the ledger. */
export async function agencyOf(db: Database, given: Given): Promise<string> {
  const agency = textOf(given, 'agency');
  if (agency === undefined) throw new Trouble('Cần --agency', '--agency is needed');
  return mustExist(db, agency);
}

export async function mustExist(db: Database, agency: string): Promise<string> {
  if (!(await readAgencies(db)).some(({ id }) => id === agency))
    throw new Trouble(`Không có cơ quan "${agency}"`, `there is no agency "${agency}"`);
  return agency;
}

export async function streamOf(db: Database, code: string): Promise<string> {
  const found = await findCase(db, code);
  if (!found) throw new Trouble(`Không có hồ sơ "${code}"`, `there is no case "${code}"`);
  return found.streamId;
}

/** A positive whole number; undefined where the option isn't given. */
export function countOf(given: Given, name: string): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Trouble(`--${name} là một số đếm`, `--${name} is a count`);
  return Number(text);
}

export function dayOf(given: Given, name: string): string | undefined {
  const text = textOf(given, name);
  if (text !== undefined && !(/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))))
    throw new Trouble(`--${name} là một ngày, ví dụ 2026-12-01`, `--${name} is a day such as 2026-12-01`);
  return text;
}

const refusals: Record<Refusal, [vi: string, en: string]> = {
  'not-there': ['không có gì đang chờ của hồ sơ này ở cơ quan ấy', 'nothing of this case waits there'],
  'under-way': ['đang gửi', 'a request of it is under way'],
  'in-doubt': ['đang nghi vấn: hãy ghi điều cơ quan trả lời trước (parked settle)', 'in doubt: settle that first'],
  tainted: ['cơ quan phải trả lời lần gửi trước đã', 'the partner has to answer the earlier attempt first'],
  'copy-out': ['một bản có thể còn đang đến nơi', 'a copy may still arrive'],
  revocation: ['thu hồi thì phải báo', 'a revocation has to be told'],
  'never-mapped': ['chưa từng lập được: sửa hợp đồng, không sửa hồ sơ', 'it was never mapped: repair the contract'],
  'no-doubt': ['không có nghi vấn', 'nothing is in doubt'],
  'covers-older': ['còn bản cũ hơn đang mở', 'older ones are still open'],
};

/** The operation's id and the sequence; why it can't be done is said, and the exit code is 1. */
export function actedOn(acted: Acted): { operation: string; sequence: number } {
  if (acted.outcome === 'done') return acted;
  const [vi, en] = refusals[acted.outcome];
  const until = acted.until ? ` (${acted.until.toISOString()})` : '';
  throw new Trouble(`Không thể: ${vi}${until}`, `not possible: ${en}${until}`);
}
