import { textOf, Trouble, type Given } from '../verb.js';

/** A day as ISO has it; undefined where it isn't given. */
export function dayIn(given: Given, option: string): string | undefined {
  const day = textOf(given, option);
  if (day === undefined || (/^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)))) return day;
  throw new Trouble(`--${option}: ngày phải là YYYY-MM-DD`, `--${option} is a day, YYYY-MM-DD`);
}
