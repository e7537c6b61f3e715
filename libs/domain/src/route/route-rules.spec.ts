import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkUnits } from './check-units.js';
import { Routing, type RouteRule, type RouteStepRule } from './routing.js';
import { standsAt } from './stands-at.js';
import { calendar, moment, week } from '../calendar/calendar.arbitrary.js';
import { Calendars } from '../calendar/calendars.js';
import { addUp, stepDues, weightsOf } from './step-dues.js';
import { days, fieldOf, generations, procedures } from './units.arbitrary.js';
import { dayAfter, Units, type RouteUnit } from './units.js';

const work = { vi: 'việc', en: 'work' };
const agencies = new Set(['a0', 'a1', 'a2', 'a3', 'a4', 'a5']);
const threeLevel = (procedure: string): RouteRule => ({
  procedure,
  ...(fieldOf(procedure) === undefined ? {} : { field: fieldOf(procedure)! }),
  versions: [
    {
      validFrom: '2018-01-01',
      form: 'three-level',
      steps: [
        { at: 'entry', work, share: 0.2 },
        { at: 'district', work, share: 0.3 },
        { at: 'province', work, share: 0.5 },
      ],
    },
  ],
});
const rules = ['1.000001', '1.000002', '1.000003'].map(threeLevel);

/** A unit of the lowest level that is there on the day. */
const entryOn = (units: readonly RouteUnit[], day: string, n: number): RouteUnit => {
  const there = units.filter(
    ({ level, validFrom, validUntil }) =>
      level === 'commune' && validFrom <= day && (validUntil === undefined || validUntil >= day),
  );
  return there[n % there.length]!;
};

describe('any province that was reorganised any number of times', () => {
  it('is a file in which nothing is wrong', () => {
    fc.assert(fc.property(generations, (all) => expect(checkUnits(new Units(all), agencies)).toEqual([])));
  });

  it('has exactly one unit now for each step of each case on any date, in force on that date', () => {
    fc.assert(
      fc.property(generations, procedures, days, days, fc.nat(10), (all, procedure, a, b, n) => {
        const [openedOn, day] = a < b ? [a, b] : [b, a];
        const of = { unit: entryOn(all, openedOn, n).code, procedure, openedOn };
        const route = new Routing(new Units(all), rules).route(of, day)!;
        expect(route.steps).toHaveLength(3);
        for (const { now, first, ended } of route.steps) {
          expect(now).toBeDefined();
          expect(now!.validFrom <= day && (now!.validUntil ?? '9999') >= day).toBe(true);
          expect(now!.level).toBe(first!.level);
          expect(ended.every(({ validUntil }) => validUntil! < day)).toBe(true);
          expect(ended.length > 0).toBe(first !== now);
        }
      }),
    );
  });

  it('gives the same answer for the same case, asked again, in another order, of a fresh copy, and on each day of an era', () => {
    fc.assert(
      fc.property(
        generations,
        fc.array(fc.tuple(procedures, days, days, fc.nat(10)), { minLength: 2, maxLength: 8 }),
        (all, asked) => {
          const cases = asked.map(([procedure, a, b, n]) => {
            const openedOn = a < b ? a : b;
            return { of: { unit: entryOn(all, openedOn, n).code, procedure, openedOn }, day: a < b ? b : a };
          });
          const routing = new Routing(new Units(all), rules);
          const forwards = cases.map(({ of, day }) => routing.onRoute(of, day));
          const fresh = new Routing(new Units(structuredClone(all)), structuredClone(rules));
          const backwards = [...cases].reverse().map(({ of, day }) => fresh.onRoute(of, day));
          expect(backwards.reverse()).toEqual(forwards);
          for (const [i, { of, day }] of cases.entries()) {
            const uncached = routing.route(of, day)!.steps.map(({ now }) => now!.agency!);
            expect(new Set(forwards[i]!.agencies)).toEqual(new Set(uncached));
            const since = routing.days.findLast((d) => d <= day);
            if (since !== undefined && since >= of.openedOn) expect(routing.onRoute(of, since)).toEqual(forwards[i]);
          }
        },
      ),
    );
  });

  it('moves a case only on the day after a unit’s last, and never back', () => {
    fc.assert(
      fc.property(generations, procedures, days, fc.nat(10), (all, procedure, openedOn, n) => {
        const routing = new Routing(new Units(all), rules);
        const of = { unit: entryOn(all, openedOn, n).code, procedure, openedOn };
        const ends = new Set(all.flatMap(({ validUntil }) => (validUntil === undefined ? [] : [dayAfter(validUntil)])));
        let before = routing.route(of, openedOn)!.steps.map(({ now }) => now!.code);
        const left = new Set<string>();
        for (let day = dayAfter(openedOn); day <= '2026-06-01'; day = dayAfter(day)) {
          if (!ends.has(day)) continue;
          const after = routing.route(of, day)!.steps.map(({ now }) => now!.code);
          for (const [i, code] of after.entries()) if (code !== before[i]) left.add(before[i]!);
          expect(after.some((code) => left.has(code))).toBe(false);
          before = after;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('stands at one step, which the last reporter on the route serves', () => {
    fc.assert(
      fc.property(
        generations,
        procedures,
        days,
        fc.array(fc.constantFrom(...agencies, 'somebody-else'), { maxLength: 8 }),
        (all, procedure, openedOn, senders) => {
          const of = { unit: entryOn(all, openedOn, 0).code, procedure, openedOn };
          const { steps } = new Routing(new Units(all), rules).route(of, openedOn)!;
          const at = standsAt(steps, senders.map((sender) => ({ sender }))); // prettier-ignore
          expect(steps[at]).toBeDefined();
          const last = senders.findLast((sender) => steps.some(({ now }) => now!.agency === sender));
          if (last === undefined) expect(at).toBe(0);
          else expect(steps[at]!.now!.agency).toBe(last);
        },
      ),
    );
  });
});

describe('a term', () => {
  /** Shares in millionths that add up to 1, and hours that needn't. */
  const shares = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 9 }).map((cuts) => {
    const ends = [0, ...cuts.sort((a, b) => a - b), 1_000_000];
    return ends.slice(1).map((end, i): RouteStepRule => ({ at: 'entry', work, share: (end - ends[i]!) / 1_000_000 }));
  });
  const hours = fc
    .array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 9 })
    .map((all) => all.map((h): RouteStepRule => ({ at: 'entry', work, hours: h / 100 })));
  const received = fc.integer({ min: 1.5e12, max: 1.8e12 });
  const length = fc.integer({ min: 1, max: 400 * 86_400_000 });

  it('is divided into steps that follow each other and end with it, to the millisecond', () => {
    fc.assert(
      fc.property(fc.oneof(shares, hours), received, length, (steps, from, ms) => {
        const dues = stepDues(steps, new Date(from), new Date(from + ms)).map((due) => due.getTime());
        expect(addUp(steps)).toBe(true);
        expect(dues).toHaveLength(steps.length);
        expect(dues.at(-1)).toBe(from + ms);
        expect([from, ...dues]).toEqual([from, ...dues].sort((a, b) => a - b));
        const parts = dues.map((due, i) => due - (dues[i - 1] ?? from));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(ms);
      }),
    );
  });

  it('is divided as the shares say', () => {
    const steps = [0.25, 0.25, 0.5].map((share) => ({ at: 'entry', work, share }));
    const [from, to] = [new Date('2025-06-02T08:00:00+07:00'), new Date('2025-06-12T08:00:00+07:00')];
    expect(stepDues(steps, from, to).map((due) => due.toISOString())).toEqual([
      '2025-06-04T13:00:00.000Z',
      '2025-06-07T01:00:00.000Z',
      '2025-06-12T01:00:00.000Z',
    ]);
  });

  it('is divided in working time where the calendar is known: each step in its share, within working hours, the last one’s end the term’s', () => {
    fc.assert(
      fc.property(fc.oneof(shares, hours), calendar, moment, length, (steps, c, from, ms) => {
        const to = from + ms;
        const dues = stepDues(steps, new Date(from), new Date(to), c).map((due) => due.getTime());
        expect(dues.at(-1)).toBe(to);
        expect([from, ...dues]).toEqual([from, ...dues].sort((a, b) => a - b));
        const work = c.workedBetween(from, to);
        if (!work) return expect(dues).toEqual(stepDues(steps, new Date(from), new Date(to)).map((due) => due.getTime()));
        const weights = weightsOf(steps);
        const whole = weights.reduce((sum, weight) => sum + weight, 0);
        let done = 0;
        for (const [n, due] of dues.slice(0, -1).entries()) {
          done += weights[n]!;
          expect(c.nextWorking(due)).toBe(due);
          expect(c.workedBetween(from, due)).toBe(Number((BigInt(work) * BigInt(done)) / BigInt(whole)));
        }
      }),
    );
  }); // prettier-ignore

  it('of two weeks around a holiday gives a step of a quarter a quarter of the work', () => {
    const days = [{ day: '2026-11-24', works: false, name: 'Ngày Văn hóa Việt Nam', source: 'announced' as const }];
    const rules = { from: '2026-01-01', to: '2026-12-31', dayHours: 8, weeks: [week], days };
    const steps = [0.25, 0.75].map((share) => ({ at: 'entry', work, share }));
    const [from, to] = [new Date('2026-11-20T07:00:00+07:00'), new Date('2026-11-30T17:00:00+07:00')];
    expect(stepDues(steps, from, to, new Calendars(rules).newest())[0]).toEqual(new Date('2026-11-23T11:00:00+07:00'));
  });

  it('does not add up by a millionth', () => {
    expect(addUp([{ at: 'entry', work, share: 0.333_333 }, { at: 'entry', work, share: 0.666_666 }])).toBe(false); // prettier-ignore
    expect(addUp([{ at: 'entry', work, share: 0.1 }, { at: 'entry', work, share: 0.2 }, { at: 'entry', work, share: 0.7 }])).toBe(true); // prettier-ignore
  });
});
