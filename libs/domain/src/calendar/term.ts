import { dayNumberAt, midnightOf } from './calendar-rules.js';
import type { WorkingCalendar } from './working-calendar.js';

/** `hours` and `days` pass at night and on days off, too; `working-days` are as many working hours as the calendar's day has. */
export type TermUnit = 'hours' | 'days' | 'working-hours' | 'working-days';

export interface LegalTerm {
  count: number;
  unit: TermUnit;
}

/** The clock stands still; without an end it stands yet. */
export interface Suspension {
  from: Date;
  to?: Date;
}

export type Due =
  | { outcome: 'due'; at: Date }
  /** Nobody can say yet: the supplement that is awaited hasn't come. */
  | { outcome: 'suspended'; since: Date }
  /** The calendar ends before the term does, or begins after the receipt. */
  | { outcome: 'not-covered' };

export interface Stretch {
  from: number;
  /** Infinity: hasn't ended. */
  to: number;
}

const hourMs = 3_600_000;
const units = new Map<string, TermUnit>([
  ['hour', 'hours'],
  ['day', 'days'],
  ['working-hour', 'working-hours'],
  ['working-day', 'working-days'],
  ['giờ', 'hours'],
  ['ngày', 'days'],
  ['giờ làm việc', 'working-hours'],
  ['ngày làm việc', 'working-days'],
]);

/** `10 working-days`, `24 hours`, `15 ngày`; undefined where it isn't a term. */
export function readTerm(text: string): LegalTerm | undefined {
  const [, count = '', word = ''] = /^\s*(\d{1,5}(?:\.\d{1,2})?)\s+(\S.*?)\s*$/.exec(text) ?? [];
  const unit = units.get(word) ?? units.get(word.replace(/s$/, '').replace(' ', '-'));
  if (unit === undefined || (unit === 'days' && !Number.isInteger(Number(count)))) return undefined;
  return { count: Number(count), unit };
}

/** When the clock begins to run: a receipt after hours counts from the next moment of work. */
export const startOf = (calendar: WorkingCalendar, receivedAt: Date): number | undefined =>
  calendar.nextWorking(receivedAt.getTime());

/** Never outside working hours. Days are counted from the day after; the due time is the end of the last, or of the next worked. */
export function dueAt(
  calendar: WorkingCalendar,
  receivedAt: Date,
  { count, unit }: LegalTerm,
  suspended: readonly Suspension[] = [],
): Due {
  const start = startOf(calendar, receivedAt);
  if (start === undefined) return { outcome: 'not-covered' };
  const still = stretchesOf(suspended, start);
  const wholeDays = unit === 'days' ? midnightOf(dayNumberAt(start) + count + 1) - start : 0;
  const at =
    unit === 'hours' || unit === 'days'
      ? elapsed(start, unit === 'hours' ? count * hourMs : wholeDays, still)
      : worked(calendar, start, Math.round(count * hourMs * (unit === 'working-days' ? calendar.dayHours : 1)), still);
  if (at === undefined) return { outcome: 'not-covered' };
  if (at === Infinity) return { outcome: 'suspended', since: new Date(still.at(-1)!.from) };
  // Of the day that it ends on: its last millisecond is before midnight.
  const due =
    unit === 'days'
      ? calendar.closingFrom(midnightOf(dayNumberAt(at - 1)))
      : unit === 'hours'
        ? calendar.nextWorking(at)
        : at;
  return due === undefined ? { outcome: 'not-covered' } : { outcome: 'due', at: new Date(due) };
}

function elapsed(start: number, ms: number, still: readonly Stretch[]): number {
  let end = start + ms;
  for (const { from, to } of still) if (from < end) end += to - from;
  return end;
}

function worked(calendar: WorkingCalendar, start: number, ms: number, still: readonly Stretch[]): number | undefined {
  let [at, left] = [start, ms];
  for (const { from, to } of still) {
    const until = calendar.workedBetween(at, from);
    if (until === undefined || until >= left) break;
    left -= until;
    at = to;
    if (to === Infinity) return Infinity;
  }
  return calendar.addWorked(at, left);
}

/** One after another, without what lies before the start, without overlaps and without empty ones. */
export function stretchesOf(suspended: readonly Suspension[], start: number): Stretch[] {
  const sorted = suspended
    .map(({ from, to }) => ({ from: Math.max(start, from.getTime()), to: to?.getTime() ?? Infinity }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  const merged: Stretch[] = [];
  for (const { from, to } of sorted) {
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
