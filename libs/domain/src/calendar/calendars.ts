import {
  dayNumber,
  dayOfNumber,
  readHours,
  weekdays,
  type CalendarRules,
  type DayRule,
  type WeekRule,
} from './calendar-rules.js';
import { WorkingCalendar, type CalendarDay } from './working-calendar.js';

/** Later than any day of a case: everything is known. */
const ALL_KNOWN = '9999-12-31';

/**
 * A calendar as each case knows it: what was made known after the day of its receipt isn't there for it, so that an old case
 * comes to the old answer. Made once for what is known alike, and kept.
 */
export class Calendars {
  /** Days from which something more is known, in order. */
  readonly knownFroms: readonly string[];
  /** By unit: the places of its own weeks. Units that have the same have one calendar. */
  private readonly ownWeeks = new Map<string, string>();
  private readonly kept = new Map<string, WorkingCalendar>();

  constructor(readonly rules: CalendarRules) {
    const known = [...rules.weeks, ...rules.days].flatMap(({ knownFrom }) => knownFrom ?? []);
    this.knownFroms = [...new Set(known)].sort();
    for (const [n, { units }] of rules.weeks.entries())
      for (const unit of units ?? []) this.ownWeeks.set(unit, `${this.weeksOf(unit)} ${n}`);
  }

  /** Units whose week isn't that of all. */
  get units(): readonly string[] {
    return [...this.ownWeeks.keys()];
  }

  /** The same for units whose days are the same; empty where they are those of all. */
  weeksOf(unit: string | null): string {
    return (unit === null ? undefined : this.ownWeeks.get(unit)) ?? '';
  }

  /** As a case knows it that this unit received on that day. */
  on(receivedOn: string, unit: string | null = null): WorkingCalendar {
    const key = `${this.knownFroms.findLastIndex((from) => from <= receivedOn)}${this.weeksOf(unit)}`;
    let calendar = this.kept.get(key);
    if (!calendar) {
      calendar = new WorkingCalendar(daysKnown(this.rules, receivedOn, unit ?? ''), this.rules.dayHours);
      this.kept.set(key, calendar);
    }
    return calendar;
  }

  /** With all that is known. */
  newest(unit: string | null = null): WorkingCalendar {
    return this.on(ALL_KNOWN, unit);
  }
}

function daysKnown({ from, to, weeks, days }: CalendarRules, receivedOn: string, unit: string): CalendarDay[] {
  const isKnown = ({ knownFrom = '' }: DayRule | WeekRule): boolean => knownFrom <= receivedOn;
  const special = new Map<string, DayRule>();
  for (const rule of days.filter(isKnown)) {
    const other = special.get(rule.day);
    if (!other || (other.knownFrom ?? '') <= (rule.knownFrom ?? '')) special.set(rule.day, rule);
  }
  const known = weeks.filter(isKnown).map((week) => ({ ...week, read: readAll(week.hours) }));
  // A unit's own come last: the last that is valid on a day counts.
  const inOrder = [...known.filter(({ units }) => !units), ...known.filter(({ units }) => units?.includes(unit))];
  const last = dayNumber(to);
  const all: CalendarDay[] = [];
  for (let n = dayNumber(from); n <= last; n++) {
    const day = dayOfNumber(n);
    const week = inOrder.findLast(({ validFrom }) => validFrom <= day);
    const rule = special.get(day);
    const works = rule ? rule.works : (week?.days.includes(weekdays[(n + 4) % 7]!) ?? false);
    const hours = !works ? NONE : rule?.hours ? readAll(rule.hours) : (week?.read ?? NONE);
    all.push(rule ? { day, works, hours, name: rule.name, source: rule.source } : { day, works, hours });
  }
  return all;
}

const NONE: CalendarDay['hours'] = [];
const readAll = (hours: readonly string[]): CalendarDay['hours'] => hours.flatMap((text) => [readHours(text)!]);
