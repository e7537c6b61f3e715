export type CalendarWeekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/**
 * library: computed by date-holidays; law: follows from the labour code; announced: a document says it, named in `note`;
 * inferred: nobody has announced it yet; own: the province's or the unit's own.
 */
export type CalendarDaySource = 'library' | 'law' | 'announced' | 'inferred' | 'own';

/** Which days are worked, and when (`kind: Calendar`). Days and hours are those of Asia/Ho_Chi_Minh. */
export interface CalendarFile {
  apiVersion: 'lienthong/v1';
  kind: 'Calendar';
  id: string;
  name: { vi: string; en: string };
  /** First and last day that it speaks of; before and after, nothing is known. */
  from: string;
  to: string;
  /** Working hours that are a day in a term of working days. */
  dayHours: number;
  /** Oldest first; each ends where the next of the same units begins. */
  weeks: CalendarWeek[];
  days: CalendarFileDay[];
}

/** Corrections of a calendar, beside it or later (`kind: CalendarDays`): added to what is in force, never in its place. */
export interface CalendarDaysFile {
  apiVersion: 'lienthong/v1';
  kind: 'CalendarDays';
  /** Id of the calendar. */
  of: string;
  /** For each entry that doesn't say its own. */
  knownFrom?: string;
  weeks?: CalendarWeek[];
  days: CalendarFileDay[];
}

export interface CalendarWeek {
  validFrom: string;
  /** Only of these units, e.g. who work on Saturdays, too; their rule stands before that of all. */
  units?: string[];
  days: CalendarWeekday[];
  /** `07:00-11:30`, one after another. */
  hours: string[];
  /** Cases received before that day don't know of it. Absent: all do. */
  knownFrom?: string;
}

/** A day that isn't as its weekday. Of several entries of one day the one that was known last counts. */
export interface CalendarFileDay {
  day: string;
  works: boolean;
  name: string;
  source: CalendarDaySource;
  /** Which document says it, or how sure it is. */
  note?: string;
  /** Of a working day: hours of its own. */
  hours?: string[];
  /** Of a working day: the day off that it makes up for. */
  makesUp?: string;
  /** Cases received before that day don't know of it. Absent: all do. */
  knownFrom?: string;
}
