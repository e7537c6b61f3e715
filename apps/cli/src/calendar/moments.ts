import type { Suspension } from '#domain';
import { Trouble } from '../verb.js';

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const weekday = ['CN', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'];

/** `T4 25/11/2026`. */
export const dayWords = (day: string): string => {
  const [year, month, date] = day.split('-');
  return `${weekday[new Date(`${day}T00:00:00Z`).getUTCDay()]} ${date}/${month}/${year}`;
};

/** `T4 25/11/2026 17:00:00`, in Asia/Ho_Chi_Minh. */
export function momentWords(moment: Date): string {
  const [date = '', time = ''] = clock.format(moment).split(', ');
  return `${dayWords(date.split('/').reverse().join('-'))} ${time}`;
}

/** RFC 3339; without an offset, or a time, as it is read in Vietnam. */
export function momentIn(text: string, option: string): Date {
  const [, day = '', time = 'T00:00', offset = '+07:00'] =
    /^(\d{4}-\d\d-\d\d)([T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const moment = new Date(`${day}${time.replace(' ', 'T')}${offset}`);
  // The engine rolls 30 February over to March.
  const isDay = !Number.isNaN(Date.parse(day)) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  if (day !== '' && isDay && !Number.isNaN(moment.getTime())) return moment;
  throw new Trouble(
    `--${option}: "${text}" không phải thời điểm như 2026-11-24T08:00+07:00`,
    `--${option} is a moment like 2026-11-24T08:00+07:00`,
  );
}

/** `FROM/TO`; without TO the clock stands still yet. */
export function suspensionIn(text: string): Suspension {
  const [from = '', to, more] = text.split('/');
  if (to === undefined || more !== undefined)
    throw new Trouble(`--suspended: "${text}" không có dạng TỪ/ĐẾN`, '--suspended is FROM/TO');
  const begins = momentIn(from, 'suspended');
  if (to === '') return { from: begins };
  const ends = momentIn(to, 'suspended');
  if (ends < begins)
    throw new Trouble(`--suspended: "${text}" kết thúc trước khi bắt đầu`, '--suspended ends before it begins');
  return { from: begins, to: ends };
}
