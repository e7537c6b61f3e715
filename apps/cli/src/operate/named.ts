import { findCase, parkedGroups, readAgencies, showDeliveries, type Database, type ParkedGroup } from '#ledger';
import { Trouble, textOf, type Given } from '../verb.js';

/** A cause is named by its fingerprint, anything else is taken for a case code. */
export const isFingerprint = (word: string): boolean => /^[0-9a-f]{12}$/.test(word);

export async function agencyNamed(db: Database, id: string): Promise<string> {
  if (!(await readAgencies(db)).some((agency) => agency.id === id))
    throw new Trouble(`Không có cơ quan "${id}"`, `there is no agency "${id}"`);
  return id;
}

export async function streamNamed(db: Database, code: string): Promise<string> {
  const header = await findCase(db, code);
  if (!header) throw new Trouble(`Không có hồ sơ "${code}"`, `there is no case "${code}"`);
  return header.streamId;
}

export async function groupNamed(db: Database, fingerprint: string): Promise<ParkedGroup> {
  const group = (await parkedGroups(db, null)).find((one) => one.fingerprint === fingerprint);
  if (!group)
    throw new Trouble(
      `Không có gì đang chờ vì nguyên nhân ${fingerprint}; xem lienthong parked ls`,
      `nothing is parked for cause ${fingerprint}; see lienthong parked ls`,
    );
  return group;
}

/** The case, and the one agency that is meant: told, or the only one where something of it hasn't ended. */
export async function laneNamed(db: Database, code: string, given: Given): Promise<{ agency: string; stream: string }> {
  const stream = await streamNamed(db, code);
  const told = textOf(given, 'agency');
  if (told !== undefined) return { agency: await agencyNamed(db, told), stream };
  const left = await showDeliveries(db, { stream, agency: null, sequence: null, withBody: false });
  const agencies = [...new Set(left.map((delivery) => delivery.agencyId))];
  if (agencies.length === 1) return { agency: agencies[0]!, stream };
  throw agencies.length === 0
    ? new Trouble(`Hồ sơ ${code} không còn gì phải chuyển`, `nothing of ${code} is left to deliver`)
    : new Trouble(`Cần --agency: ${agencies.join(', ')}`, `--agency is needed: ${agencies.join(', ')}`);
}

/** A whole number of at least 1. */
export function wholeOf(given: Given, name: string): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new Trouble(`--${name} cần một số nguyên dương`, `--${name} needs a positive whole number`);
  return number;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** An ISO day. */
export function dayOf(given: Given, name: string): string | undefined {
  const text = textOf(given, name);
  if (text !== undefined && !(DAY.test(text) && isDay(text)))
    throw new Trouble(`--${name} cần một ngày, ví dụ 2026-06-30`, `--${name} needs a day such as 2026-06-30`);
  return text;
}

/** An instant, RFC 3339, or a day in Asia/Ho_Chi_Minh: its beginning, or with `end` its end. */
export function instantOf(given: Given, name: string, end = false): Date | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const isWhole = DAY.test(text);
  const instant = new Date(isWhole ? `${text}T00:00:00+07:00` : text);
  if (Number.isNaN(instant.getTime()) || (isWhole && !isDay(text)))
    throw new Trouble(
      `--${name} cần một ngày hoặc một thời điểm, ví dụ 2026-06-30 hay 2026-06-30T08:00:00+07:00`,
      `--${name} needs a day or an instant`,
    );
  return isWhole && end ? new Date(instant.getTime() + 86_400_000) : instant;
}

const isDay = (text: string): boolean => {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};
