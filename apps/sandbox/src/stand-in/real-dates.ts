const dayMs = 86_400_000;

const isDay = (year: number, month: number, day: number): boolean =>
  year >= 1900 &&
  year <= 2200 &&
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  day <= new Date(Date.UTC(year, month, 0)).getUTCDate();

/** dd/MM/yyyy that stands in a calendar. */
export function isDayMonthYear(text: string): boolean {
  const found = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
  return found !== null && isDay(Number(found[3]), Number(found[2]), Number(found[1]));
}

/** dd/MM/yyyy, MM/yyyy (or MM-yyyy) or yyyy: what a declaration allows where a day is unknown. */
export function isPartialDate(text: string): boolean {
  const month = /^(\d{2})[/-](\d{4})$/.exec(text);
  if (month) return isDay(Number(month[2]), Number(month[1]), 1);
  return isDayMonthYear(text) || (/^\d{4}$/.test(text) && isDay(Number(text), 1, 1));
}

/** yyyyMMddHHmmss that stands in a calendar and on a clock. */
export function isStamp(text: string): boolean {
  const found = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (!found) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  return isDay(year, month, day) && hour < 24 && minute < 60 && second < 60;
}

const inHanoi = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Ho_Chi_Minh', dateStyle: 'short' });

/** The day in Asia/Ho_Chi_Minh, yyyy-MM-dd. */
export const dayOf = (instant: Date): string => inHanoi.format(instant);

export function fromDayMonthYear(text: string): string {
  const [day = '', month = '', year = ''] = text.split('/');
  return `${year}-${month}-${day}`;
}

export function toDayMonthYear(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${date}/${month}/${year}`;
}

export const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - dayMs).toISOString().slice(0, 10);

/** yyyyMMddHHmmss → yyyy-MM-ddTHH:mm:ss; null where there is none. */
export const timeOfStamp = (text: string): string | null =>
  isStamp(text) ? `${dayOfStamp(text)}T${text.slice(8, 10)}:${text.slice(10, 12)}:${text.slice(12)}` : null;

/** yyyyMMddHHmmss → yyyy-MM-dd; null where there is none. */
export const dayOfStamp = (text: string): string | null =>
  text.length < 8 ? null : `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
