import fc from 'fast-check';
import { dayNumber, dayOfNumber, type CalendarRules, type DayRule } from './calendar-rules.js';
import { Calendars } from './calendars.js';

const FROM = '2026-01-01';
const TO = '2027-06-30';

export const week = {
  validFrom: FROM,
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  hours: ['07:00-11:30', '13:30-17:00'],
} as const;

/** Days off and make-up days, some of them known late; hours that aren't always eight. */
export const calendarRules: fc.Arbitrary<CalendarRules> = fc
  .record({
    off: fc.uniqueArray(fc.integer({ min: dayNumber(FROM), max: dayNumber(TO) }), { maxLength: 60 }),
    worked: fc.uniqueArray(fc.integer({ min: dayNumber(FROM), max: dayNumber(TO) }), { maxLength: 20 }),
    late: fc.array(fc.integer({ min: dayNumber(FROM), max: dayNumber(TO) }), { maxLength: 3 }),
    hours: fc.constantFrom(['07:00-11:30', '13:30-17:00'], ['00:00-24:00'], ['08:00-12:00'], ['09:00-09:01']),
  })
  .map(({ off, worked, late, hours }): CalendarRules => {
    const days = new Map<number, DayRule>();
    for (const [works, numbers] of [[false, off], [true, worked]] as const)
      for (const n of numbers) days.set(n, { day: dayOfNumber(n), works, name: 'x', source: 'own' });
    const all = [...days.values()].map((rule, i): DayRule => {
      const known = late[i % 7];
      return known === undefined ? rule : { ...rule, knownFrom: dayOfNumber(known) };
    });
    return { from: FROM, to: TO, dayHours: 8, weeks: [{ ...week, hours }], days: all };
  }); // prettier-ignore

export const calendar = calendarRules.map((rules) => new Calendars(rules).newest());

const first = Date.parse(`${FROM}T00:00:00+07:00`);
/** The first year: most terms begun there end within the calendar. */
export const moment = fc.oneof(
  fc.integer({ min: first, max: first + 365 * 86_400_000 }),
  // Edges: minutes of the clock.
  fc.integer({ min: 0, max: 365 * 1_440 }).map((minute) => first + minute * 60_000),
);

export const suspension = fc
  .tuple(moment, fc.integer({ min: 0, max: 30 * 86_400_000 }))
  .map(([from, ms]) => ({ from: new Date(from), to: new Date(from + ms) }));
