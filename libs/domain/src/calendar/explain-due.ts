import { dayNumberAt, dayOfNumber, midnightOf } from './calendar-rules.js';
import { startOf, stretchesOf, type Suspension } from './term.js';
import type { CalendarDay, WorkingCalendar } from './working-calendar.js';

/** A day between receipt and due time. */
export interface CountedDay extends CalendarDay {
  /** Milliseconds of work that count, and those that don't as the clock stood still. */
  counted: number;
  suspended: number;
}

/** Day by day what counts from the receipt until a moment. */
export function countedDays(
  calendar: WorkingCalendar,
  receivedAt: Date,
  until: Date,
  suspended: readonly Suspension[] = [],
): CountedDay[] {
  const start = startOf(calendar, receivedAt);
  if (start === undefined || !calendar.covers(until.getTime())) return [];
  const still = stretchesOf(suspended, start);
  // Midnight is the end of a day that is worked until then.
  const first = dayNumberAt(receivedAt.getTime());
  const last = Math.max(first, dayNumberAt(until.getTime() - 1));
  return Array.from({ length: last - first + 1 }, (_, n) => {
    const [from, to] = [Math.max(start, midnightOf(first + n)), Math.min(until.getTime(), midnightOf(first + n + 1))];
    const worked = (a: number, b: number): number => (a < b ? (calendar.workedBetween(a, b) ?? 0) : 0);
    const paused = still.reduce((sum, s) => sum + worked(Math.max(from, s.from), Math.min(to, s.to)), 0);
    return { ...calendar.on(dayOfNumber(first + n))!, counted: worked(from, to) - paused, suspended: paused };
  });
}
