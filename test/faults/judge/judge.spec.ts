import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../evidence.js';
import { invariants } from './invariants.js';
import { drainedRun, oneInFive, type Order, type Waiting } from './drained-run.fixture.js';
import { judge } from './judge.js';
import { arrivalOf, comesAgain, deliveryOf, soundRun } from './sound-run.fixture.js';

const verdictOn = (plant: (run: Evidence) => void) => {
  const run = soundRun();
  plant(run);
  return judge(run, { fault: 'planted', touched: [], baselineP99: 20 });
};
const brokenIn = (plant: (run: Evidence) => void): number[] =>
  verdictOn(plant).findings.flatMap(({ invariant }) => (/^\d/.test(invariant) ? [parseInt(invariant, 10)] : []));

const remove = <T>(list: T[], what: T): void => void list.splice(list.indexOf(what), 1);
const bookOf = (run: Evidence, partner: string) => run.books.find(({ name }) => name === partner)!;

describe('the judge', () => {
  it('finds nothing in a run in which nothing went wrong', () => {
    const { row, findings } = verdictOn(() => undefined);
    expect(findings).toEqual([]);
    expect(row).toEqual({
      fault: 'planted',
      entered: 12,
      delivered: 48,
      needless: 0,
      parked: 0,
      lost: 0,
      doubled: 0,
      doubledWhereKeysAreKnown: 0,
      doubted: 0,
      repeated: 0,
      outOfOrder: 0,
      healthyP99Ratio: 1,
      recoverySeconds: 0,
      // 17 needs a drain.
      invariantsChecked: invariants.length - 1,
      invariantsBroken: 0,
    });
  });

  it('finds a loss that the ledger believes delivered, and one that the ledger never had', () => {
    const believed = verdictOn((run) => remove(bookOf(run, 'ho-tich').arrivals, arrivalOf(run, 'ho-tich', 'B', 2)));
    expect(believed.row).toMatchObject({ lost: 1, delivered: 47 });
    expect(believed.findings.map(({ invariant }) => invariant)).toContain('5. acknowledged is held');
    const never = verdictOn((run) => {
      run.ledger.events = run.ledger.events.filter(({ hash }) => hash !== 'hash of C 4');
      run.ledger.deliveries = run.ledger.deliveries.filter(
        ({ eventId }) => eventId !== deliveryOf(soundRun(), 'thue', 'C', 4).eventId,
      );
      for (const { arrivals } of run.books)
        remove(
          arrivals,
          arrivals.find((a) => a.code === 'C' && a.nth === 4)!,
        );
    });
    expect(never.row).toMatchObject({ lost: 4 });
  });

  it('counts what a person or a newer state has as parked or needless, and not as lost', () => {
    const { row } = verdictOn((run) => {
      remove(bookOf(run, 'buu-dien').arrivals, arrivalOf(run, 'buu-dien', 'A', 1));
      deliveryOf(run, 'buu-dien', 'A', 1).state = 'superseded';
      for (const nth of [3, 4]) {
        remove(bookOf(run, 'thue').arrivals, arrivalOf(run, 'thue', 'B', nth));
        deliveryOf(run, 'thue', 'B', nth).state = nth === 3 ? 'parked' : 'open';
      }
      const lane = run.ledger.lanes.find((l) => l.agency === 'thue' && l.stream === '2')!;
      Object.assign(lane, { done: 2, wait: 'person' });
    });
    expect(row).toMatchObject({ lost: 0, needless: 1, parked: 2, delivered: 45, invariantsBroken: 0 });
  });

  it('finds a double, and says whether there was a doubt and whether the partner knows keys', () => {
    const bare = verdictOn((run) => comesAgain(run, 'ho-tich', ['A', 4], 100));
    expect(bare.row).toMatchObject({ doubled: 1, doubted: 0, doubledWhereKeysAreKnown: 0 });
    expect(bare.findings.map(({ invariant }) => invariant)).toEqual(['doubled without a doubt']);
    const doubted = verdictOn((run) => {
      comesAgain(run, 'thue', ['A', 4], 100);
      bookOf(run, 'thue').questions.push({
        at: arrivalOf(run, 'thue', 'A', 4).at + 50,
        key: arrivalOf(run, 'thue', 'A', 4).key,
        answer: 404,
      });
      const { stream, sequence } = deliveryOf(run, 'thue', 'A', 4);
      run.ledger.attempts.find((t) => t.agency === 'thue' && t.stream === stream && t.sequence === sequence)!.inDoubt =
        true;
    });
    expect(doubted.row).toMatchObject({ doubled: 1, doubted: 1, doubledWhereKeysAreKnown: 1, invariantsBroken: 0 });
    expect(doubted.findings).toEqual([]);
  });

  it('counts a repeat that a partner recognised as repeated, not as doubled', () => {
    const { row } = verdictOn((run) => comesAgain(run, 'dat-dai', ['A', 4], 100, { effect: 'repeat' }));
    expect(row).toMatchObject({ repeated: 1, doubled: 0 });
  });

  it('finds an inversion, and an old copy that came after a newer state', () => {
    const inverted = verdictOn((run) => {
      const later = arrivalOf(run, 'thue', 'A', 3);
      const earlier = arrivalOf(run, 'thue', 'A', 2);
      [later.at, earlier.at] = [earlier.at, later.at];
    });
    expect(inverted.row.outOfOrder).toBe(1);
    const stale = verdictOn((run) => comesAgain(run, 'ho-tich', ['A', 3], 5_000));
    expect(stale.row.outOfOrder).toBe(0);
    expect(stale.findings.flatMap(({ breaks }) => breaks)).toContain('ho-tich A: stands on 3, 4 is acknowledged');
  });

  it('says how long recovery took, and never where it did not come to rest', () => {
    const late = verdictOn((run) =>
      Object.assign(arrivalOf(run, 'ho-tich', 'C', 2), { at: run.moments.mendedAt + 3_200 }),
    );
    expect(late.row.recoverySeconds).toBe(3.2);
    expect(verdictOn((run) => (run.moments.restedAt = null)).row.recoverySeconds).toBeNull();
  });

  it('takes p99 at partners that the fault leaves alone', () => {
    const run = soundRun();
    for (const a of bookOf(run, 'thue').arrivals) a.at += 9_000;
    expect(judge(run, { fault: 'f', touched: ['thue'], baselineP99: 10 }).row.healthyP99Ratio).toBe(2);
  });
});

describe('a drain', () => {
  const verdictOnDrain = (order?: Order, tries = [17]) =>
    judge(drainedRun(soundRun(), order), { fault: 'planted', touched: ['thue'], baselineP99: 20, tries });

  it('by deadline, one place in five for those already late, breaks nothing', () => {
    const { row, findings, notes } = verdictOnDrain();
    expect(findings).toEqual([]);
    expect(row.invariantsChecked).toBe(invariants.length);
    expect(notes.join()).toContain('400 lanes waited; most inversions of one 0 ');
  });

  it('may bring in any order what is claimed together', () => {
    const inBlocks: Order = (late, saved) => {
      const all = oneInFive(late, saved);
      return Array.from({ length: all.length / 20 }, (_, i) => all.slice(i * 20, i * 20 + 20).reverse()).flat();
    };
    expect(verdictOnDrain(inBlocks).findings).toEqual([]);
  });

  it('that was to be tried, and left nothing to try, is a finding', () => {
    const { findings } = judge(soundRun(), { fault: 'planted', touched: [], baselineP99: 20, tries: [17] });
    expect(findings.map(({ invariant }) => invariant)).toEqual(['17 was not tried']);
  });
});

const of = <T>(list: T[]): T => list.at(-1)!;
/** Within each class this order, between the classes the right one. */
const drainedBy = (within: (some: Waiting[]) => Waiting[]) => (run: Evidence) =>
  void drainedRun(run, (late, saved) => oneInFive(within(late), within(saved)));

const planted: [number, string, (run: Evidence) => void][] = [
  [1, 'a 202 that the ledger tells otherwise', (run) => void (of(run.ledger.events).hash = 'another')],
  [1, 'an event that is there twice', (run) => void run.ledger.events.push({ ...of(run.ledger.events), sequence: 5 })],
  [2, 'a gap', (run) => void (of(run.ledger.events).sequence = 6)],
  [2, 'a chain that does not verify', (run) => void run.ledger.brokenChains.push('B at 2')],
  [2, 'an event that was never planned', (run) => void (of(run.ledger.streams).planned = 3)],
  [3, 'an event without a delivery', (run) => void run.ledger.deliveries.pop()],
  [3, 'a delivery twice', (run) => void run.ledger.deliveries.push({ ...of(run.ledger.deliveries) })],
  [4, 'an open delivery that its lane has passed', (run) => void (deliveryOf(run, 'thue', 'A', 2).state = 'open')],
  [5, 'an acknowledged one that the partner lacks', (run) => void bookOf(run, 'thue').arrivals.pop()],
  [6, 'an old copy after a newer one', (run) => void comesAgain(run, 'ho-tich', ['A', 2], 9_000)],
  [7, 'other bytes', (run) => void comesAgain(run, 'dat-dai', ['A', 4], 9, { effect: 'repeat', bytes: 'x' })],
  [8, 'two requests of a lane at once', (run) => void (arrivalOf(run, 'thue', 'A', 2).over = Infinity)],
  [9, 'n+1 before n was committed', (run) => void (deliveryOf(run, 'thue', 'A', 2).endedAt! += 5_000)],
  [
    10,
    'a reaped worker that writes on',
    ({ ledger: { attempts } }) => void Object.assign(attempts[3]!, { outcome: 'reaped' }),
  ],
  [11, 'sent again without asking', (run) => void comesAgain(run, 'thue', ['A', 4], 50, { effect: 'repeat' })],
  [12, 'superseded by nothing', (run) => void (deliveryOf(run, 'buu-dien', 'A', 4).state = 'superseded')],
  [
    13,
    'a parked lane that sends on',
    (run) => void Object.assign(arrivalOf(run, 'thue', 'A', 2), { effect: 'refused' }),
  ],
  [
    14,
    'more requests at once than agreed',
    (run) => void bookOf(run, 'thue').arrivals.forEach((arrival) => (arrival.over = Infinity)),
  ],
  [
    14,
    'more than a probe at a time while it is down',
    (run) =>
      [0, 4_000, 4_050].forEach((after) => comesAgain(run, 'thue', ['A', 1], after, { effect: 'none', answer: 503 })),
  ],
  [15, 'an event that nobody sent', (run) => void run.sent.pop()],
  [16, "an open lane that is nobody's", (run) => void Object.assign(of(run.ledger.lanes), { done: 3, wait: null })],
  [16, 'a lane held by a worker that is no more', (run) => void (of(run.ledger.lanes).worker = '99')],
  [17, 'the nearest deadline at the end of its class', drainedBy(([first, ...rest]) => [...rest, first!])],
  [17, 'a class in no order', drainedBy((some) => some.toSorted((a, b) => a.code.localeCompare(b.code)))],
  [17, 'those already late before all others', (run) => void drainedRun(run, (late, saved) => [...late, ...saved])],
  [17, 'those already late after all others', (run) => void drainedRun(run, (late, saved) => [...saved, ...late])],
  [
    19,
    'a result kept although it was revoked',
    (run) => remove(bookOf(run, 'thue').arrivals, arrivalOf(run, 'thue', 'C', 4)),
  ],
  [20, 'personal data in a log', (run) => void run.leaks.push('log delivery-1.log: Trần Thị Gài Sẵn')],
  [21, 'a contract that was not in force', (run) => void (run.ledger.attempts[0]!.contractVersion = '2018-01-01')],
  [22, 'an event that echoes', (run) => void (of(run.ledger.events).sender = 'thue')],
];

describe('each invariant falls where it is broken', () => {
  it.each(planted)('%i: %s', (number, _, plant) => {
    expect(brokenIn(plant)).toContain(number);
  });

  it('has a planted break for every one that is checked', () => {
    expect([...new Set(planted.map(([number]) => number))]).toEqual(invariants.map(({ number }) => number));
  });
});
