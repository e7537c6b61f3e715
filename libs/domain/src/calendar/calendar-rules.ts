export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** In the order of Date's getUTCDay. */
export const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

export type DaySource = 'library' | 'law' | 'announced' | 'inferred' | 'own';

/** Days by their weekday; a unit's own rule stands before that of all. */
export interface WeekRule {
  validFrom: string;
  units?: readonly string[];
  days: readonly Weekday[];
  /** `07:00-11:30`, in Asia/Ho_Chi_Minh, one after another. */
  hours: readonly string[];
  /** Cases received before that day don't know of it. */
  knownFrom?: string;
}

/** One day that isn't as its weekday. */
export interface DayRule {
  day: string;
  works: boolean;
  name: string;
  source: DaySource;
  note?: string;
  /** Of a working day with hours of its own. */
  hours?: readonly string[];
  /** The day off that it makes up for. */
  makesUp?: string;
  knownFrom?: string;
}

/** A calendar as its files say it; wire has the same shape with what else stands in a file. */
export interface CalendarRules {
  from: string;
  to: string;
  /** Working hours that are a day. */
  dayHours: number;
  weeks: readonly WeekRule[];
  days: readonly DayRule[];
}

const dayMs = 86_400_000;
/** Vietnam has had no other offset since 1975, and no summer time. */
const offsetMs = 7 * 3_600_000;

/** Days since 1970, as a calendar on the wall counts them. */
export const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;
export const dayOfNumber = (number: number): string => new Date(number * dayMs).toISOString().slice(0, 10);

/** Its midnight in Asia/Ho_Chi_Minh, in milliseconds. */
export const midnightOf = (number: number): number => number * dayMs - offsetMs;
export const dayNumberAt = (ms: number): number => Math.floor((ms + offsetMs) / dayMs);

/** Minutes of the day; undefined where it isn't of the form, or doesn't end after it begins. */
export function readHours(text: string): readonly [from: number, to: number] | undefined {
  const [, ...parts] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text) ?? [];
  const [h = 99, m = 99, toH = 99, toM = 99] = parts.map(Number);
  const [from, to] = [h * 60 + m, toH * 60 + toM];
  return m < 60 && toM < 60 && from < to && to <= 1_440 ? [from, to] : undefined;
}
