import { fastFormats } from 'ajv-formats/dist/formats.js';

/** A day that exists, in years that a case can speak of (PostgreSQL has no year 0). */
function isDate(text: string): boolean {
  if (!date.test(text)) return false;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))];
  return day <= 28 || day <= daysOf(month, year);
}
const date = /^(?:18|19|20|21)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

function daysOf(month: number, year: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** RFC 3339 with an offset. No leap second and no offset past ±14:59: JavaScript and PostgreSQL must both read it. */
const isInstant = (text: string): boolean => text[10] === 'T' && clock.test(text) && isDate(text.slice(0, 10));
const clock = /T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

const isYearMonth = (text: string): boolean => yearMonth.test(text);
const yearMonth = /^(?:18|19|20|21)\d\d(?:-(?:0[1-9]|1[0-2]))?$/;

/** A date as far as the paper knows it: 1990, 1990-08 or 1990-08-15. */
const isPartialDate = (text: string): boolean => (text.length === 10 ? isDate(text) : isYearMonth(text));

/** The linear expression for e-mail: the full one takes quadratic time on hostile text. */
export const formats = {
  date: isDate,
  'date-time': isInstant,
  'year-month': isYearMonth,
  'partial-date': isPartialDate,
  email: fastFormats.email as RegExp,
} as const;
