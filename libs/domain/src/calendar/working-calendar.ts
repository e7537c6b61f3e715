import { dayNumber, dayNumberAt, dayOfNumber, midnightOf, type DaySource } from './calendar-rules.js';

export interface CalendarDay {
  day: string;
  works: boolean;
  /** Minutes of the day; none where it isn't worked. */
  hours: readonly (readonly [from: number, to: number])[];
  /** Of a day that isn't as its weekday. */
  name?: string;
  source?: DaySource;
}

const minuteMs = 60_000;

/**
 * The hours of one office, day after day. Moments are milliseconds; stretches of work are closed at both ends, so that 17:00
 * is a moment of work. Undefined wherever an answer would need a day that the calendar doesn't cover.
 */
export class WorkingCalendar {
  private readonly first: number;
  /** Stretches of work: begin, end, and what was worked before. */
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly before: number[] = [];
  /** The last end of each working day. */
  private readonly closings: number[] = [];
  private readonly whole: number;

  /** Days without a gap, oldest first. */
  constructor(
    readonly days: readonly CalendarDay[],
    readonly dayHours: number,
  ) {
    this.first = dayNumber(days[0]!.day);
    let worked = 0;
    for (const [n, { hours }] of days.entries()) {
      const midnight = midnightOf(this.first + n);
      for (const [from, to] of hours) {
        this.starts.push(midnight + from * minuteMs);
        this.ends.push(midnight + to * minuteMs);
        this.before.push(worked);
        worked += (to - from) * minuteMs;
      }
      if (hours.length > 0) this.closings.push(this.ends.at(-1)!);
    }
    this.whole = worked;
  }

  on(day: string): CalendarDay | undefined {
    return this.days[dayNumber(day) - this.first];
  }

  covers(ms: number): boolean {
    return ms >= midnightOf(this.first) && ms <= midnightOf(this.first + this.days.length);
  }

  /** After hours rolls forward: this moment where it is one of work, else the next. */
  nextWorking(ms: number): number | undefined {
    if (!this.covers(ms)) return undefined;
    const n = firstNotBefore(this.ends, ms);
    return n === this.ends.length ? undefined : Math.max(ms, this.starts[n]!);
  }

  /** Less than 0 where b lies before a. */
  workedBetween(a: number, b: number): number | undefined {
    return this.covers(a) && this.covers(b) ? this.workedUntil(b) - this.workedUntil(a) : undefined;
  }

  /** The first moment by which this much was worked; of nothing, the next moment of work. */
  addWorked(from: number, ms: number): number | undefined {
    if (ms === 0) return this.nextWorking(from);
    if (!this.covers(from)) return undefined;
    const worked = this.workedUntil(from) + ms;
    if (worked > this.whole) return undefined;
    const n = firstNotBefore(this.before, worked) - 1;
    return this.starts[n]! + worked - this.before[n]!;
  }

  /** The first end of a working day from this moment on. */
  closingFrom(ms: number): number | undefined {
    return this.covers(ms) ? this.closings[firstNotBefore(this.closings, ms)] : undefined;
  }

  /** The end of the n-th working day after this one. */
  closingAfter(day: string, n: number): number | undefined {
    const midnight = midnightOf(dayNumber(day) + 1);
    return this.covers(midnight - 1) ? this.closings[firstNotBefore(this.closings, midnight) + n - 1] : undefined;
  }

  dayAt(ms: number): string {
    return dayOfNumber(dayNumberAt(ms));
  }

  private workedUntil(ms: number): number {
    const n = firstNotBefore(this.ends, ms);
    return n === this.ends.length ? this.whole : this.before[n]! + Math.max(0, ms - this.starts[n]!);
  }
}

/** The place of the first that isn't smaller; the length where all are. */
function firstNotBefore(sorted: readonly number[], value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
