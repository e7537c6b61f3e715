import type { AnyCalendarFile, CalendarDaysFile, CalendarFile, CalendarFileDay, CalendarWeek } from '#wire';

/** Where an entry of the merged calendar stands: in the n-th file, or, undefined, in what is in force. */
interface Origin {
  file: number | undefined;
  path: string;
}

export interface MergedCalendar {
  calendar: CalendarFile;
  /** By the path in the calendar, e.g. `/days/12`. */
  origins: ReadonlyMap<string, Origin>;
}

export type Merged =
  | ({ outcome: 'merged' } & MergedCalendar)
  | { outcome: 'faulty'; file: number; fault: { path: string; rule: string; detail?: string } };

/** A whole calendar takes the place of what is in force; corrections come on top, those that are there already once. */
export function mergeCalendar(inForce: CalendarFile | undefined, files: readonly AnyCalendarFile[]): Merged {
  const whole = files.findIndex(({ kind }) => kind === 'Calendar');
  const second = files.findLastIndex(({ kind }) => kind === 'Calendar');
  if (second > whole) return { outcome: 'faulty', file: second, fault: { path: '/kind', rule: 'taken' } };
  const base = whole < 0 ? inForce : (files[whole] as CalendarFile);
  if (!base) return { outcome: 'faulty', file: 0, fault: { path: '/kind', rule: 'needs:Calendar' } };
  const from = whole < 0 ? undefined : whole;
  const origins = new Map<string, Origin>();
  const weeks: CalendarWeek[] = [];
  const days: CalendarFileDay[] = [];
  const seen = new Map<string, number | undefined>();
  const take = <T extends object>(into: T[], name: string, entry: T, file: number | undefined, n: number): void => {
    const key = `${name} ${JSON.stringify(Object.entries(entry).sort())}`;
    // What another file says already; twice in one file it is a fault, which the check names.
    if (seen.has(key) && seen.get(key) !== file) return;
    seen.set(key, file);
    origins.set(`/${name}/${into.length}`, { file, path: `/${name}/${n}` });
    into.push(entry);
  };
  for (const [n, week] of base.weeks.entries()) take(weeks, 'weeks', week, from, n);
  for (const [n, day] of base.days.entries()) take(days, 'days', day, from, n);
  for (const [file, added] of files.entries()) {
    if (added.kind === 'Calendar') continue;
    if (added.of !== base.id)
      return { outcome: 'faulty', file, fault: { path: '/of', rule: 'unknown-calendar', detail: added.of } };
    for (const [n, week] of (added.weeks ?? []).entries()) take(weeks, 'weeks', known(week, added), file, n);
    for (const [n, day] of added.days.entries()) take(days, 'days', known(day, added), file, n);
  }
  return { outcome: 'merged', calendar: { ...base, weeks, days }, origins };
}

const known = <T extends { knownFrom?: string }>(entry: T, { knownFrom }: CalendarDaysFile): T =>
  knownFrom === undefined ? entry : { knownFrom, ...entry };
