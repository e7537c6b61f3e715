import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayNumber, dayOfNumber, type CalendarRules } from './calendar-rules.js';
import { calendar, calendarRules, moment, suspension, week } from './calendar.arbitrary.js';
import { Calendars } from './calendars.js';
import { checkCalendar } from './check-calendar.js';
import { countedDays } from './explain-due.js';
import { restated } from './restated.js';
import { suspensionsOf } from './suspensions.js';
import { dueAt, readTerm, startOf, type Due, type Suspension, type LegalTerm } from './term.js';

const hour = 3_600_000;
const work = fc.integer({ min: 0, max: 40 * hour });

/** Long enough for the least of the arbitrary weeks (a minute a day) to be exceeded: those say "not covered". */
const term: fc.Arbitrary<LegalTerm> = fc.record({
  count: fc.integer({ min: 0, max: 40 }),
  unit: fc.constantFrom('hours', 'days', 'working-hours', 'working-days'),
});

describe('working time', () => {
  it('adds up, and runs backwards as it runs forwards', () => {
    fc.assert(
      fc.property(calendar, moment, moment, moment, (c, a, b, d) => {
        expect(c.workedBetween(a, b)! + c.workedBetween(b, d)!).toBe(c.workedBetween(a, d)!);
        expect(c.workedBetween(a, b)! + c.workedBetween(b, a)!).toBe(0);
        if (a <= b) expect(c.workedBetween(a, b)!).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is added and measured alike, never a moment later than needed, never outside working hours', () => {
    fc.assert(
      fc.property(calendar, moment, moment, work, (c, a, b, ms) => {
        const at = c.addWorked(a, ms);
        if (at !== undefined) {
          expect(c.workedBetween(a, at)).toBe(ms);
          expect(c.nextWorking(at)).toBe(at);
          if (ms > 0) expect(c.workedBetween(a, at - 1)).toBe(ms - 1);
        }
        const between = c.workedBetween(a, b)!;
        if (between > 0) expect(c.addWorked(a, between)!).toBeLessThanOrEqual(b);
        if (between > 0 && c.workedBetween(b - 1, b) === 1) expect(c.addWorked(a, between)).toBe(b);
      }),
    );
  });

  it('added twice is added at once, and more work is never done earlier', () => {
    fc.assert(
      fc.property(calendar, moment, work, work, (c, a, x, y) => {
        const [once, twice] = [c.addWorked(a, x + y), c.addWorked(a, x)];
        if (once === undefined || twice === undefined) return;
        expect(c.addWorked(twice, y)).toBe(once);
        expect(twice).toBeLessThanOrEqual(once);
      }),
    );
  });

  it('after hours rolls forward over nights, weekends and holidays', () => {
    const rules: CalendarRules = {
      from: '2026-11-01', to: '2026-12-31', dayHours: 8, weeks: [{ ...week, validFrom: '2018-01-01' }],
      days: [{ day: '2026-11-24', works: false, name: 'Ngày Văn hóa Việt Nam', source: 'announced' }],
    }; // prettier-ignore
    const c = new Calendars(rules).newest();
    const next = (text: string): string => new Date(c.nextWorking(Date.parse(`${text}+07:00`))! + 7 * hour).toISOString().slice(0, 16); // prettier-ignore
    expect(next('2026-11-20T11:30')).toBe('2026-11-20T11:30');
    expect(next('2026-11-20T11:31')).toBe('2026-11-20T13:30');
    expect(next('2026-11-20T17:01')).toBe('2026-11-23T07:00');
    expect(next('2026-11-23T18:00')).toBe('2026-11-25T07:00');
    expect(c.nextWorking(Date.parse('2027-01-04T08:00+07:00'))).toBeUndefined();
    expect(c.nextWorking(Date.parse('2026-12-31T17:01+07:00'))).toBeUndefined();
  });
});

const at = (due: Due): number => (due.outcome === 'due' ? due.at.getTime() : Number.NaN);

describe('a term', () => {
  it('is due within working hours, the later the receipt the later, and later by each suspension, not by an empty one', () => {
    fc.assert(
      fc.property(
        calendar,
        moment,
        fc.nat(20 * 86_400_000),
        term,
        fc.array(suspension, { maxLength: 3 }),
        suspension,
        (c, a, later, t, some, one) => {
          const due = dueAt(c, new Date(a), t, some);
          if (due.outcome !== 'due') return;
          expect(c.nextWorking(at(due))).toBe(at(due));
          const byLater = dueAt(c, new Date(a + later), t);
          if (byLater.outcome === 'due') expect(at(byLater)).toBeGreaterThanOrEqual(at(dueAt(c, new Date(a), t)));
          const more = dueAt(c, new Date(a), t, [...some, one]);
          if (more.outcome === 'due') expect(at(more)).toBeGreaterThanOrEqual(at(due));
          expect(dueAt(c, new Date(a), t, [...some, { from: one.from, to: one.from }])).toEqual(due);
          expect(dueAt(c, new Date(a), t, [...some].reverse())).toEqual(due);
        },
      ),
    );
  });

  it('of working time has exactly that much work outside of its suspensions, as the explanation counts it', () => {
    fc.assert(
      fc.property(calendar, moment, fc.integer({ min: 1, max: 30 }), fc.array(suspension, { maxLength: 3 }), (c, a, count, some) => {
        const due = dueAt(c, new Date(a), { count, unit: 'working-hours' }, some);
        if (due.outcome !== 'due') return;
        const counted = countedDays(c, new Date(a), due.at, some).reduce((sum, day) => sum + day.counted, 0);
        expect(counted).toBe(count * hour);
      }),
    ); // prettier-ignore
  });

  const rules: CalendarRules = {
    from: '2026-01-01', to: '2026-12-31', dayHours: 8, weeks: [{ ...week, validFrom: '2018-01-01' }],
    days: [
      { day: '2026-04-27', works: false, name: 'Giỗ Tổ (nghỉ bù)', source: 'law' },
      { day: '2026-04-30', works: false, name: '30/4', source: 'library' },
      { day: '2026-05-01', works: false, name: '1/5', source: 'library' },
      { day: '2026-11-24', works: false, name: 'Ngày Văn hóa Việt Nam', source: 'announced' },
    ],
  }; // prettier-ignore
  const c = new Calendars(rules).newest();
  const local = (text: string): Date => new Date(`${text}+07:00`);
  const shown = (due: Due): string =>
    due.outcome === 'due' ? new Date(due.at.getTime() + 7 * hour).toISOString().slice(0, 16) : due.outcome;

  it.each<[string, string, string, [string, string?][]]>([
    // 27/4 in lieu, 30/4 and 1/5: four working days are a week.
    ['2026-04-24T09:00', '4 working-days', '2026-05-05T09:00', []],
    ['2026-04-24T17:30', '1 working-day', '2026-04-28T17:00', []],
    ['2026-04-25T09:00', '8 working-hours', '2026-04-28T17:00', []],
    ['2026-04-24T15:00', '24 hours', '2026-04-28T07:00', []],
    ['2026-11-23T15:00', '24 hours', '2026-11-25T07:00', []],
    ['2026-11-10T15:00', '24 hours', '2026-11-11T15:00', []],
    ['2026-11-10T15:00', '5 days', '2026-11-16T17:00', []],
    ['2026-11-10T15:00', '3 days', '2026-11-13T17:00', []],
    ['2026-11-10T15:00', '14 ngày', '2026-11-25T17:00', []],
    ['2026-11-10T15:00', '2 ngày làm việc', '2026-11-12T15:00', []],
    // 2 + 8 + 4.5 hours, an afternoon that stands still, and 1.5.
    ['2026-11-10T15:00', '2 working-days', '2026-11-13T08:30', [['2026-11-12T13:30', '2026-11-12T17:00'], ['2026-11-11T09:00', '2026-11-11T09:00']]],
    ['2026-11-20T15:00', '1 working-day', '2026-11-23T15:00', [['2026-11-21T00:00', '2026-11-22T12:00']]],
    // Done just before the clock stops.
    ['2026-11-10T09:00', '2 working-hours', '2026-11-10T11:00', [['2026-11-10T11:00', '2026-11-12T11:00']]],
    // Overlapping ones stand still once.
    ['2026-11-10T07:00', '8 working-hours', '2026-11-11T11:30', [['2026-11-10T07:00', '2026-11-10T11:30'], ['2026-11-10T09:00', '2026-11-10T11:00']]],
    // Ten days from the 10th, three of them waiting for a supplement: a Monday.
    ['2026-11-10T15:00', '10 days', '2026-11-23T17:00', [['2026-11-12T08:00', '2026-11-15T08:00']]],
    ['2026-11-10T15:00', '2 working-days', 'suspended', [['2026-11-11T09:00']]],
    ['2026-11-10T15:00', '2 working-days', '2026-11-12T15:00', [['2026-11-12T16:00']]],
    ['2026-12-30T15:00', '3 working-days', 'not-covered', []],
    ['2025-12-30T15:00', '3 working-days', 'not-covered', []],
  ])('received %s, of %s: due %s', (received, text, expected, suspended) => {
    const intervals = suspended.map(([from, to]): Suspension => (to ? { from: local(from), to: local(to) } : { from: local(from) })); // prettier-ignore
    expect(shown(dueAt(c, local(received), readTerm(text)!, intervals))).toBe(expected);
  }); // prettier-ignore

  it.each(['', '10', 'ten days', '10 weeks', '1.5 days', '-1 days', '10 working', '1e3 days', '999999 days'])('"%s" is no term', (text) =>
    expect(readTerm(text)).toBeUndefined()); // prettier-ignore

  it('is suspended from status 5 until the supplement comes, or the case goes on without', () => {
    const on = (day: number): Date => new Date(Date.UTC(2026, 10, day));
    expect(
      suspensionsOf([
        { type: 'case.received', status: 2, at: on(1) },
        { type: 'case.status-changed', status: 5, at: on(2) },
        { type: 'case.status-changed', status: 5, at: on(3) },
        { type: 'case.supplemented', status: 5, at: on(4) },
        { type: 'case.status-changed', status: 5, at: on(6) },
        { type: 'case.status-changed', status: 4, at: on(7) },
        { type: 'case.status-changed', status: 5, at: on(8) },
      ]),
    ).toEqual([{ from: on(2), to: on(4) }, { from: on(6), to: on(7) }, { from: on(8) }]); // prettier-ignore
    expect(suspensionsOf([])).toEqual([]);
  });

  it('counts from a moment of work, also where the receipt is none', () => {
    expect(startOf(c, local('2026-11-24T09:00'))).toBe(local('2026-11-25T07:00').getTime());
  });
});

describe('what a case knows', () => {
  it('an entry doesn’t exist for cases received before it was known; nothing that is added changes their answers', () => {
    fc.assert(
      fc.property(calendarRules, moment, fc.integer({ min: dayNumber('2026-03-01'), max: dayNumber('2027-01-01') }), term, fc.boolean(),
        (before, received, n, t, works) => {
          const known = dayOfNumber(n);
          const day = dayOfNumber(n + 20);
          const after = { ...before, days: [...before.days, { day, works, name: 'new', source: 'own' as const, knownFrom: known }] };
          const receivedOn = new Calendars(before).newest().dayAt(received);
          expect(restated(before, after, dayOfNumber(n - 1))).toBeUndefined();
          const [old, fresh] = [new Calendars(before).on(receivedOn), new Calendars(after).on(receivedOn)];
          if (receivedOn < known) expect(dueAt(fresh, new Date(received), t)).toEqual(dueAt(old, new Date(received), t));
          else if (!before.days.some((d) => d.day === day)) expect(fresh.on(day)!.works).toBe(works);
        }),
    ); // prettier-ignore
  });

  const base: CalendarRules = {
    from: '2018-01-01', to: '2027-12-31', dayHours: 8, weeks: [{ ...week, validFrom: '2018-01-01' }],
    days: [{ day: '2026-12-25', works: false, name: 'x', source: 'own', knownFrom: '2026-06-01' }],
  }; // prettier-ignore

  it.each<[string, CalendarRules, string | undefined]>([
    ['nothing', base, undefined],
    ['a day off that is known too early', { ...base, days: [...base.days, { day: '2026-12-24', works: false, name: 'x', source: 'own' }] }, '2026-12-24'],
    ['the same known tomorrow', { ...base, days: [...base.days, { day: '2026-12-24', works: false, name: 'x', source: 'own', knownFrom: '2026-11-27' }] }, undefined],
    ['known today: cases of this morning', { ...base, days: [...base.days, { day: '2026-12-24', works: false, name: 'x', source: 'own', knownFrom: '2026-11-26' }] }, '2026-12-24'],
    ['a name', { ...base, days: [{ ...base.days[0]!, name: 'y' }] }, undefined],
    ['an entry that is taken out', { ...base, days: [] }, '2026-12-25'],
    ['a year more', { ...base, to: '2028-12-31' }, undefined],
    ['a year less', { ...base, to: '2026-12-31' }, 'null'],
    ['a unit’s Saturdays', { ...base, weeks: [...base.weeks, { ...week, validFrom: '2026-12-01', units: ['H53.1'], days: ['sat'] }] }, '2026-12-01'],
    ['a unit’s Saturdays from tomorrow on', { ...base, weeks: [...base.weeks, { ...week, validFrom: '2026-12-01', units: ['H53.1'], days: ['sat'], knownFrom: '2026-11-27' }] }, undefined],
  ])('%s restates old cases, or doesn’t', (_, after, day) => {
    const found = restated(base, after, '2026-11-26');
    expect(found && String(found.day)).toBe(day);
  }); // prettier-ignore

  it('of several entries of a day the one known last counts, wherever it stands', () => {
    const taken = { day: '2026-12-25', works: true, name: 'x', source: 'own', knownFrom: '2026-12-01' } as const;
    const always = { day: '2026-12-25', works: false, name: 'x', source: 'own' } as const;
    for (const days of [[always, taken], [taken, always]]) {
      const calendars = new Calendars({ ...base, days });
      expect(['2026-11-30', '2026-12-01'].map((on) => calendars.on(on).on('2026-12-25')!.works)).toEqual([false, true]);
    }
  }); // prettier-ignore

  it('a unit’s own week stands before that of all, for its cases only', () => {
    const saturdays = { ...week, validFrom: '2026-01-01', units: ['H53.1', 'H53.3'], days: ['mon', 'sat'] as const };
    const calendars = new Calendars({ ...base, weeks: [...base.weeks, saturdays] });
    const works = (unit: string | null, day: string): boolean => calendars.on('2026-11-26', unit).on(day)!.works;
    expect([works('H53.1', '2026-11-28'), works('H53.1', '2026-11-27'), works('H53.2', '2026-11-28'), works(null, '2026-11-28')]).toEqual([true, false, false, false]); // prettier-ignore
    expect(works('H53.1', '2025-11-28')).toBe(true);
    expect(calendars.on('2026-11-26', 'H53.2')).toBe(calendars.on('2026-11-25'));
    expect(calendars.on('2026-11-26', 'H53.3')).toBe(calendars.on('2026-11-26', 'H53.1'));
  });
});

describe('a calendar', () => {
  const sound: CalendarRules = {
    from: '2026-01-01', to: '2026-12-31', dayHours: 8, weeks: [{ ...week, validFrom: '2018-01-01' }],
    days: [
      { day: '2026-01-02', works: false, name: 'x', source: 'own' },
      { day: '2026-01-10', works: true, makesUp: '2026-01-02', name: 'x', source: 'own' },
    ],
  }; // prettier-ignore
  const day = (more: object): CalendarRules => ({
    ...sound,
    days: [...sound.days, { day: '2026-03-03', works: false, name: 'x', source: 'own', ...more }],
  });
  const weeks = (...more: object[]): CalendarRules => ({ ...sound, weeks: more.map((one) => ({ ...week, ...one })) });

  it.each<[string, CalendarRules, string[]]>([
    ['nothing is wrong', sound, []],
    ['one day twice', day({ day: '2026-01-02' }), ['/days/2/day taken']],
    ['one day twice, known at other times', day({ day: '2026-01-02', knownFrom: '2026-01-01' }), []],
    ['a day before it begins', day({ day: '2025-12-31' }), ['/days/2/day outside']],
    ['a day after it ends', day({ day: '2027-01-01' }), ['/days/2/day outside']],
    ['a make-up Saturday that is a Tuesday', day({ works: true, makesUp: '2026-01-02' }), ['/days/2/day works-anyway']],
    ['a make-up for no day off', day({ day: '2026-03-07', works: true, makesUp: '2026-03-06' }), ['/days/2/makesUp no-day-off']],
    ['a day off that makes up', day({ makesUp: '2026-01-02' }), ['/days/2/makesUp of-a-working-day']],
    ['hours of a day off', day({ hours: ['07:00-11:30'] }), ['/days/2/hours of-a-working-day']],
    ['a Tuesday with hours of its own', day({ works: true, hours: ['07:00-11:30'] }), []],
    ['a holiday that is taken back', { ...sound, days: [sound.days[0]!, { ...sound.days[0]!, works: true, knownFrom: '2026-01-01' }] }, []],
    ['hours that overlap', weeks({ validFrom: '2018-01-01', hours: ['07:00-11:30', '11:00-17:00'] }), ['/weeks/0/hours/1 hours-in-order']],
    ['hours backwards', weeks({ validFrom: '2018-01-01', hours: ['17:00-07:00'] }), ['/weeks/0/hours/0 hours-in-order']],
    ['weeks of one day', weeks({ validFrom: '2018-01-01' }, { validFrom: '2018-01-01' }), ['/weeks/1/validFrom after:/weeks/0/validFrom']],
    ['days without a week', weeks({ validFrom: '2026-01-02' }), ['/weeks covers:/from']],
    ['a week of one unit only', weeks({ validFrom: '2018-01-01', units: ['A'] }), ['/weeks covers:/from']],
    ['two units’ weeks', weeks({ validFrom: '2018-01-01' }, { validFrom: '2018-01-01', units: ['A'] }, { validFrom: '2018-01-01', units: ['B'] }), []],
    ['ends before it begins', { ...sound, to: '2025-12-31' }, ['/to notBefore:/from']],
    ['a century', { ...sound, to: '2126-12-31' }, ['/to years:60']],
  ])('%s', (_, rules, faults) => {
    expect(checkCalendar(rules).map(({ path, rule }) => `${path} ${rule}`)).toEqual(faults);
  }); // prettier-ignore
});
