import {
  dayNumber,
  readHours,
  weekdays,
  type CalendarRules,
  type DayRule,
  type Weekday,
  type WeekRule,
} from './calendar-rules.js';

/** What is wrong, and where: a JSON Pointer into the calendar. */
export interface CalendarFault {
  path: string;
  rule: string;
  detail?: string;
}

const MOST_YEARS = 60;

/** What a calendar says that can't be so. */
export function checkCalendar(rules: CalendarRules): CalendarFault[] {
  if (rules.to < rules.from) return [{ path: '/to', rule: 'notBefore:/from' }];
  if (dayNumber(rules.to) - dayNumber(rules.from) > MOST_YEARS * 366)
    return [{ path: '/to', rule: `years:${MOST_YEARS}` }];
  return [...checkWeeks(rules), ...checkDays(rules)];
}

function checkWeeks({ from, weeks }: CalendarRules): CalendarFault[] {
  const faults: CalendarFault[] = [];
  const newest = new Map<string, number>();
  if (!weeks.some((week) => !week.units && !week.knownFrom && week.validFrom <= from))
    faults.push({ path: '/weeks', rule: 'covers:/from', detail: from });
  for (const [n, { validFrom, units, hours }] of weeks.entries()) {
    for (const unit of units ?? ['']) {
      const before = newest.get(unit);
      if (before !== undefined && weeks[before]!.validFrom >= validFrom)
        faults.push({ path: `/weeks/${n}/validFrom`, rule: `after:/weeks/${before}/validFrom` });
      newest.set(unit, n);
    }
    faults.push(...checkHours(hours, `/weeks/${n}/hours`));
  }
  return faults;
}

/** One after another: who works twice at once is counted twice. */
function checkHours(hours: readonly string[], path: string): CalendarFault[] {
  const read = hours.map(readHours);
  return read.flatMap((one, n) => {
    const before = n === 0 ? undefined : read[n - 1];
    return !one || (before && one[0] < before[1])
      ? [{ path: `${path}/${n}`, rule: 'hours-in-order', detail: hours[n]! }]
      : [];
  });
}

function checkDays({ from, to, weeks, days }: CalendarRules): CalendarFault[] {
  const taken = new Set<string>();
  const off = new Set(days.flatMap(({ day, works }) => (works ? [] : [day])));
  return days.flatMap((rule, n): CalendarFault[] => {
    const path = `/days/${n}`;
    const key = `${rule.day} ${rule.knownFrom ?? ''}`;
    const isTaken = taken.has(key);
    taken.add(key);
    if (isTaken) return [{ path: `${path}/day`, rule: 'taken', detail: rule.day }];
    if (rule.day < from || rule.day > to) return [{ path: `${path}/day`, rule: 'outside', detail: `${from} – ${to}` }];
    if (!rule.works) {
      const extra = (['makesUp', 'hours'] as const).find((member) => rule[member] !== undefined);
      return extra ? [{ path: `${path}/${extra}`, rule: 'of-a-working-day' }] : [];
    }
    return [...checkWorked(rule, weeks, off, path), ...(rule.hours ? checkHours(rule.hours, `${path}/hours`) : [])];
  });
}

/** A day that is worked anyway makes up for nothing; a holiday taken back may say so, hours of its own, too. */
function checkWorked(
  rule: DayRule,
  weeks: readonly WeekRule[],
  off: ReadonlySet<string>,
  path: string,
): CalendarFault[] {
  const weekday = weekdayOf(rule.day);
  const week = weeks.findLast(({ units, validFrom }) => !units && validFrom <= rule.day);
  if (week?.days.includes(weekday) && !rule.hours && !off.has(rule.day))
    return [{ path: `${path}/day`, rule: 'works-anyway', detail: weekday }];
  if (rule.makesUp !== undefined && !off.has(rule.makesUp))
    return [{ path: `${path}/makesUp`, rule: 'no-day-off', detail: rule.makesUp }];
  return [];
}

export const weekdayOf = (day: string): Weekday => weekdays[(dayNumber(day) + 4) % 7]!;
