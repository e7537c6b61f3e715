import { Calendars, checkCalendar, restated, type CalendarFault, type Restated } from '#domain';
import type { AnyCalendarFile, CalendarFile } from '#wire';
import { ONE_AT_A_TIME } from '../contracts/apply-agency.js';
import { isSame } from '../contracts/compare-contracts.js';
import type { Database, Runner } from '../database.js';
import { today } from '../hub-clock.js';
import { mergeCalendar, type MergedCalendar } from './merge-calendar.js';
import { readCalendar } from './read-calendar.js';

export interface ByWhom {
  author: string;
  note: string | null;
  /** Old cases may come to other answers: said on purpose, and kept with the serial. */
  restates: boolean;
}

/** In force whole, or not at all. A fault of no file given stands in what is in force. */
export type AppliedCalendar =
  | { outcome: 'applied'; serial: number; isChanged: boolean; days: number }
  | { outcome: 'faulty'; faults: { file: number | undefined; fault: CalendarFault }[] };

/** Makes these files, on what is in force where none of them is a whole calendar, the calendar in force. */
export function applyCalendar(db: Database, files: readonly AnyCalendarFile[], by: ByWhom): Promise<AppliedCalendar> {
  return db.transaction(async (client) => {
    await client.query(ONE_AT_A_TIME);
    const before = await readCalendar(client);
    const merged = mergeCalendar(before?.document, files);
    if (merged.outcome === 'faulty') return { outcome: 'faulty', faults: [merged] };
    const { calendar } = merged;
    const faults = checkCalendar(calendar);
    if (faults.length > 0) return { outcome: 'faulty', faults: faults.map((fault) => placed(fault, merged)) };
    const until = today();
    const other = before && !by.restates ? restated(before.document, calendar, until) : undefined;
    if (other) return { outcome: 'faulty', faults: [restatedFault(other, merged, until, files)] };
    if (before && isSame(before.document, calendar))
      return { outcome: 'applied', serial: before.serial, isChanged: false, days: calendar.days.length };
    const serial = (before?.serial ?? 0) + 1;
    await keep(client, serial, calendar, by);
    await spread(client, serial, calendar);
    return { outcome: 'applied', serial, isChanged: true, days: calendar.days.length };
  });
}

async function keep(client: Runner, serial: number, calendar: CalendarFile, by: ByWhom): Promise<void> {
  await client.query({
    name: 'calendar.keep',
    text: `insert into calendar_history (serial, document, author, note, restates) values ($1, $2, $3, $4, $5)`,
    values: [serial, calendar, by.author, by.note, by.restates],
  });
}

/** Day by day, with all that is known: reports count days in SQL. */
async function spread(client: Runner, serial: number, calendar: CalendarFile): Promise<void> {
  const { days } = new Calendars(calendar).newest();
  await client.query({ name: 'calendar.clear', text: 'delete from working_days' });
  await client.query({
    name: 'calendar.spread',
    text: `insert into working_days (day, works, hours, worked, name, source, serial)
      select day, works, minutes / 60.0, sum(works::int) over (order by day), name, source, $6
      from unnest($1::date[], $2::boolean[], $3::int[], $4::text[], $5::text[]) as d (day, works, minutes, name, source)`,
    values: [
      days.map(({ day }) => day),
      days.map(({ works }) => works),
      days.map(({ hours }) => hours.reduce((sum, [from, to]) => sum + to - from, 0)),
      days.map(({ name }) => name ?? null),
      days.map(({ source }) => source ?? null),
      serial,
    ],
  });
}

/** An entry's own place in its file. */
function placed(fault: CalendarFault, { origins }: MergedCalendar): { file: number | undefined; fault: CalendarFault } {
  const [, entry = '', rest = ''] = /^(\/(?:weeks|days)\/\d+)(.*)$/.exec(fault.path) ?? [];
  const origin = origins.get(entry);
  return origin ? { file: origin.file, fault: { ...fault, path: origin.path + rest } } : { file: 0, fault };
}

function restatedFault(
  { day, receivedOn, unit }: Restated,
  merged: MergedCalendar,
  until: string,
  files: readonly AnyCalendarFile[],
): { file: number | undefined; fault: CalendarFault } {
  const fault = {
    rule: `old-answers:${until}`,
    detail: [day ?? 'from, to, dayHours', unit ?? '', receivedOn > '0001-01-01' ? `≥ ${receivedOn}` : '']
      .filter(Boolean)
      .join(', '),
  };
  const n = merged.calendar.days.findLastIndex((rule) => rule.day === day);
  if (n >= 0) return placed({ path: `/days/${n}`, ...fault }, merged);
  const whole = files.findIndex(({ kind }) => kind === 'Calendar');
  return { file: whole < 0 ? 0 : whole, fault: { path: day === null ? '' : '/weeks', ...fault } };
}
