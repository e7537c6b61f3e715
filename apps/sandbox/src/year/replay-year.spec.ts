import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCaseCode } from '#domain';
import { validatePayload } from '#wire';
import { largestRemainder } from './largest-remainder.js';
import { YearPlan } from './plan-year.js';
import { loadProvinceYear, procedureClasses } from './province-year.js';
import { expectedFigures, publishedOf, quotasFor, type FigureName } from './quotas.js';
import { replayYear, type Submission } from './replay-year.js';

const year = loadProvinceYear();
const published = publishedOf(year);
const all = published('received');
const classOf = new Map(year.procedures.map((procedure) => [procedure.code, procedure.class]));

/** The figures counted from what was written, as a reader of the hub's events would count them. */
class Tally {
  readonly codes = new Set<string>();
  readonly keys = new Set<string>();
  readonly procedures = new Set<string>();
  received = 0;
  carriedOver = 0;
  judicial = 0;
  outcomes = { early: 0, onTheDay: 0, overdue: 0 };
  private readonly due = new Map<string, string>();

  add(submission: Submission): void {
    this.keys.add(submission.key);
    if ('case' in submission) {
      const { code, receivedAt, dueAt = '', procedure } = submission.case;
      this.received += 1;
      this.codes.add(code);
      this.procedures.add(procedure.code);
      if (receivedAt < `${year.year}`) this.carriedOver += 1;
      if (procedure.code === year.judicialProcedure) this.judicial += 1;
      this.due.set(code, dueAt.slice(0, 10));
      if (submission.afterResult) this.end(code, submission.afterResult.event.data.finishedAt);
    } else this.end(submission.code, submission.event.data.finishedAt);
  }

  private end(code: string, finishedAt: string | undefined): void {
    if (finishedAt === undefined) return;
    const due = this.due.get(code) ?? '';
    const finished = finishedAt.slice(0, 10);
    if (!finished.startsWith(String(year.year))) throw new Error(`${code} was finished on ${finished}`);
    this.outcomes[finished < due ? 'early' : finished === due ? 'onTheDay' : 'overdue'] += 1;
  }

  figures(): Record<FigureName, number> {
    const { early, onTheDay, overdue } = this.outcomes;
    const resolved = early + onTheDay + overdue;
    const classes = Object.fromEntries(
      procedureClasses.map((name) => [name, [...this.procedures].filter((code) => classOf.get(code) === name).length]),
    ) as Record<(typeof procedureClasses)[number], number>;
    return {
      procedures: this.procedures.size,
      ...classes,
      received: this.received,
      carriedOver: this.carriedOver,
      resolved,
      earlyShare: resolved === 0 ? 0 : Math.round((early / resolved) * 10_000) / 100,
      early,
      onTheDay,
      overdue,
      open: this.received - resolved,
      judicial: this.judicial,
    };
  }
}

function tallyOf(cases: number, seed: number, look: (submission: Submission) => void = () => undefined): Tally {
  const tally = new Tally();
  for (const submission of replayYear(new YearPlan(year, cases, seed))) {
    tally.add(submission);
    look(submission);
  }
  return tally;
}

const validOrThrow = (submission: Submission): void => {
  const check = (type: Parameters<typeof validatePayload>[0], data: unknown): void => {
    const faults = validatePayload(type, data);
    if (faults.length > 0) throw new Error(`${submission.key}: ${JSON.stringify(faults)} ${JSON.stringify(data)}`);
  };
  if (!('case' in submission)) return check(submission.event.type, submission.event.data);
  const entered = submission.case;
  check('vn.lienthong.case.received.v1', entered);
  if (submission.afterResult) check(submission.afterResult.event.type, submission.afterResult.event.data);
  const day = entered.receivedAt.slice(0, 10);
  const code = parseCaseCode(entered.code, day);
  if (code.kind !== 'valid' || code.receivedOn !== day || code.format !== 'tt-01-2018')
    throw new Error(`${entered.code} on ${day}`);
  if (!year.calendar.isWorked(day)) throw new Error(`${entered.code} was received on a day off`);
  if (!Number.isFinite(Date.parse(entered.submittedAt))) throw new Error(entered.submittedAt);
  if ((entered.procedure.code === year.judicialProcedure) !== (entered.declaration !== undefined))
    throw new Error(`declaration of ${entered.code}`);
};

describe('the year of Uông Bí', () => {
  it('has the published figures, to the unit', () => {
    const { procedures, received, carriedOver, resolved, earlyShare, overdue, open } = tallyOf(all, 2021).figures();
    expect({ procedures, received, carriedOver, resolved, earlyShare, overdue, open }).toEqual({
      procedures: 277,
      received: 129_023,
      carriedOver: 580,
      resolved: 128_539,
      earlyShare: 95.35,
      overdue: 0,
      open: 484,
    });
  }, 300_000);

  it('publishes in figures.csv what it is then held to', () => {
    const expected = expectedFigures(quotasFor(year, all));
    for (const name of Object.keys(expected) as FigureName[])
      expect([name, expected[name]]).toEqual([name, published(name)]);
    expect(year.procedures).toHaveLength(277);
  });

  it.each([1, 2, 9, 10, 11, 50, 200, 277, 300, 2_000])(
    'shrinks to %i cases with every figure in proportion',
    (cases) => {
      expect(tallyOf(cases, 7).figures()).toEqual(expectedFigures(quotasFor(year, cases)));
    },
  );

  it('shrinks to any number with any seed: codes and keys once, each payload as the hub takes it, each day a working day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        (cases, seed) => {
          let submissions = 0;
          const tally = tallyOf(cases, seed, (submission) => {
            submissions += 1;
            validOrThrow(submission);
          });
          expect(tally.figures()).toEqual(expectedFigures(quotasFor(year, cases)));
          expect(tally.codes.size).toBe(cases);
          expect(tally.keys.size).toBe(submissions);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('never asks more of a day or a procedure than there is, for any number of cases', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: all }), (cases) => {
        const { outcomes, judicial, other, procedures } = quotasFor(year, cases);
        const counts = [outcomes, judicial, other, procedures].flatMap((each) => Object.values(each));
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
        expect(outcomes.early + outcomes.onTheDay + outcomes.open).toBe(cases);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the same to the byte for the same seed, and another for another', () => {
    const text = (seed: number): string =>
      [...replayYear(new YearPlan(year, 300, seed))].map((each) => JSON.stringify(each)).join('\n');
    expect(text(5)).toBe(text(5));
    expect(text(5)).not.toBe(text(6));
  });

  it('tells a case in order and never before it was received, carried-over cases first', () => {
    const last = new Map<string, string>();
    let earlier = true;
    tallyOf(2_000, 3, (submission) => {
      const isCase = 'case' in submission;
      const code = isCase ? submission.case.code : submission.code;
      const time = isCase ? submission.case.receivedAt : submission.event.time;
      if (isCase) {
        const carried = time < '2021';
        expect(carried && !earlier).toBe(false);
        earlier = carried;
      } else expect(last.has(code)).toBe(true);
      expect(time >= (last.get(code) ?? '')).toBe(true);
      last.set(code, time);
    });
  });

  it('has mandates, partial birth dates, skipped steps and cases that stand at 2, 4 and 5', () => {
    const seen = { mandate: 0, partial: 0, toNine: 0, withFour: 0 };
    const standing = new Map<string, number>();
    tallyOf(8_000, 1, (submission) => {
      if ('case' in submission) {
        standing.set(submission.case.code, 2);
        if (submission.case.declaration?.mandate) seen.mandate += 1;
        if (submission.case.declaration && submission.case.declaration.born.length < 10) seen.partial += 1;
        if (submission.case.declaration && submission.afterResult) standing.set(submission.case.code, 10);
        return;
      }
      const { status } = submission.event.data;
      if (status === 9) seen[standing.get(submission.code) === 4 ? 'withFour' : 'toNine'] += 1;
      standing.set(submission.code, status);
    });
    expect(seen.mandate).toBeGreaterThan(10);
    expect(seen.partial).toBeGreaterThan(3);
    expect(seen.toNine / (seen.toNine + seen.withFour)).toBeCloseTo(1 / 3, 1);
    expect(new Set(standing.values())).toEqual(new Set([2, 4, 5, 9, 10]));
  });

  it('writes Vietnamese composed (NFC) and marks its people as invented', () => {
    tallyOf(300, 9, (submission) => {
      const text = JSON.stringify(submission);
      expect(text).toBe(text.normalize('NFC'));
      if ('case' in submission && submission.case.applicant.idNumber)
        expect(submission.case.applicant.idNumber).toMatch(/^999/);
    });
  });
});

describe('largest remainder', () => {
  it('adds up, and strays from the exact share by less than one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 200_000 }),
        (weights, cases) => {
          const sum = weights.reduce((a, b) => a + b, 0);
          fc.pre(sum > 0);
          const shares = largestRemainder(weights, cases);
          expect(shares.reduce((a, b) => a + b, 0)).toBe(cases);
          shares.forEach((share, place) =>
            expect(Math.abs(share - ((weights[place] ?? 0) * cases) / sum)).toBeLessThan(1),
          );
        },
      ),
    );
  });
});
