import { dayNumber, type CalendarRules } from './calendar-rules.js';
import { Calendars } from './calendars.js';
import type { CalendarDay, WorkingCalendar } from './working-calendar.js';

/** Something that a case received in the past would be told otherwise than before. */
export interface Restated {
  /** A day that counts otherwise; null: the calendar covers less, or its day has other hours. */
  day: string | null;
  receivedOn: string;
  unit: string | null;
}

/** Nothing was known before the first of these. */
const BEGINNING = '0001-01-01';

/** The first of what changes for cases received up to that day, by their receipt; undefined: old cases come to the old answers. */
export function restated(before: CalendarRules, after: CalendarRules, until: string): Restated | undefined {
  const receivedOn = BEGINNING;
  if (before.dayHours !== after.dayHours || after.from > before.from || after.to < before.to)
    return { day: null, receivedOn, unit: null };
  const [old, fresh] = [new Calendars(before), new Calendars(after)];
  const receipts = [BEGINNING, ...new Set([...old.knownFroms, ...fresh.knownFroms])].filter((day) => day <= until);
  // One of those whose days are alike before and after speaks for all.
  const alike = new Map([...old.units, ...fresh.units].map((u) => [`${old.weeksOf(u)}|${fresh.weeksOf(u)}`, u]));
  const units = [null, ...alike.values()];
  for (const receipt of receipts.sort())
    for (const unit of units) {
      const day = firstOther(old.on(receipt, unit), fresh.on(receipt, unit));
      if (day !== undefined) return { day, receivedOn: receipt, unit };
    }
  return undefined;
}

/** Only of days that both cover: a year that is added tells an old case nothing else, it told it nothing. */
function firstOther(old: WorkingCalendar, fresh: WorkingCalendar): string | undefined {
  const shift = dayNumber(old.days[0]!.day) - dayNumber(fresh.days[0]!.day);
  return old.days.find((day, n) => !isAlike(day, fresh.days[n + shift]!))?.day;
}

const isAlike = (a: CalendarDay, b: CalendarDay): boolean => a.works === b.works && String(a.hours) === String(b.hours);
