import { stringify } from 'yaml';
import type { CalendarFile, CalendarFileDay } from '#wire';

const dayMs = 86_400_000;
const offsetMs = 7 * 3_600_000;

/** What date-holidays knows of these years: public holidays, nothing of days in lieu or of what is announced for one year. */
export async function seeded(
  first: number,
  last: number,
  progress: (years: number) => void = () => {},
): Promise<CalendarFile> {
  // A large table of the whole world: whoever doesn't ask for it doesn't wait for it.
  const { default: Holidays } = await import('date-holidays');
  const found = new Holidays('VN', { types: ['public'] });
  const names = new Map<string, string>();
  for (let year = first; year <= last; year++) {
    progress(year - first);
    const holidays = found.getHolidays(year, 'vi');
    // Of what lasts several days and another that begins within it, the one that began last names the day.
    for (const { start, end } of holidays)
      for (let at = +start; at < +end; at += dayMs) {
        const named = holidays.findLast((one) => +one.start >= +start && +one.start <= at)!;
        names.set(new Date(at + offsetMs).toISOString().slice(0, 10), named.name);
      }
  }
  const days = [...names.keys()].sort().filter((day) => Number(day.slice(0, 4)) <= last);
  return {
    apiVersion: 'lienthong/v1',
    kind: 'Calendar',
    id: 'vn',
    name: { vi: 'Ngày làm việc của cơ quan hành chính', en: 'Working days of public offices' },
    from: `${first}-01-01`,
    to: `${last}-12-31`,
    dayHours: 8,
    weeks: [
      {
        validFrom: `${first}-01-01`,
        days: ['mon', 'tue', 'wed', 'thu', 'fri'],
        hours: ['07:00-11:30', '13:30-17:00'],
      },
    ],
    days: days.map((day): CalendarFileDay => ({ day, works: false, name: names.get(day)!, source: 'library' })),
  };
}

/** As a file that a person edits: an entry a line. */
export function calendarText({ weeks, days, name, ...head }: CalendarFile, about: readonly string[]): string {
  const flow = (entry: object): string =>
    stringify(entry, { collectionStyle: 'flow', lineWidth: 0, singleQuote: true })
      .trim()
      .replaceAll('[ ', '[')
      .replaceAll(' ]', ']');
  const list = (entries: readonly object[]): string[] => entries.map((entry) => `  - ${flow(entry)}`);
  return [
    ...about.map((line) => `# ${line}`),
    ...Object.entries(head).map(([member, value]) => `${member}: ${value}`),
    `name: ${flow(name)}`,
    'weeks:',
    ...list(weeks),
    'days:',
    ...list(days),
    '',
  ].join('\n');
}
