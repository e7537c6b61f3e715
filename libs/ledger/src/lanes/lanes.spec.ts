import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '../database.js';
import { enter } from '../enter.js';
import type { EntryItem } from '../entry.js';
import { claimLanes } from './claim.js';
import type { ClaimedLane } from './claimed-lane.js';
import type { Outcome } from './outcome.js';
import { retryParked } from './retry-parked.js';
import { commitOutcomes } from './settle.js';
import { freeStrays, sweepTimers, wakeLanes } from './wake.js';
import { findUnplanned } from '../find-unplanned.js';
import { plan } from '../plan.js';
import { outcomeFor } from '../testing/outcome-for.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { enlist, reapDead, reapPredecessors, renewLease, retire } from '../workers.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let fresh: FreshDatabase;
let db: Database;
let worker: string;
let n = 0;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
});
beforeEach(async () => {
  worker = await enlist(db, 'spec');
  await db.pool.query(`truncate lanes, deliveries`);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

/** A case with so many events, planned for these agencies. */
async function caseWith(events: number, agencies: string[]): Promise<{ code: string; stream: string }> {
  const code = `L-${++n}`;
  const items = Array.from({ length: events }, (_, i): EntryItem =>
    i === 0
      ? {
          sender: 'mot-cua',
          key: code,
          type: 'vn.lienthong.case.received.v1',
          caseCode: code,
          data: { code },
          opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null },
          status: 2,
        }
      : {
          sender: 'mot-cua',
          key: `${code}/${i}`,
          type: 'vn.lienthong.case.status-changed.v1',
          caseCode: code,
          data: { status: 4, n: i },
          status: 4,
        },
  );
  const answers = await enter(db, items, () => true);
  const stream = (answers[0] as { stream: string }).stream;
  await plan(db, [stream], () => ({ recipients: agencies.map((agency) => ({ agency })), collectFrom: [] }));
  return { code, stream };
}
const claim = async (by = worker, agency = 'a', limit = 10, outSeconds = 60, canAsk = false): Promise<ClaimedLane[]> =>
  (await claimLanes(db, { worker: by, agency, limit, late: 0, outSeconds, canAsk })).claimed;
const outcome = (lane: ClaimedLane, kind: Outcome['kind'], more: Partial<Outcome> = {}): Outcome =>
  outcomeFor(lane, kind, {
    inDoubt: false,
    attempts: [
      {
        operation: 'op',
        itemHash: null,
        startedAt: Date.now(),
        endedAt: Date.now(),
        outcome: kind,
        inDoubt: false,
        reply: null,
      },
    ],
    ...more,
  });
const lane = async (stream: string, agency = 'a'): Promise<Record<string, unknown>> =>
  (await db.pool.query(`select * from lanes where stream_id = $1 and agency_id = $2`, [stream, agency]))
    .rows[0] as Record<string, unknown>;

describe('a lane', () => {
  it('gives its events one after the other, in order, to one worker at a time', async () => {
    const { stream } = await caseWith(3, ['a', 'b']);
    for (const sequence of [1, 2, 3]) {
      const [held] = await claim();
      expect(held).toMatchObject({ streamId: stream, sequence, agencyId: 'a', inDoubt: false });
      expect(JSON.parse(held!.applicationText ?? held!.dataText)).toEqual({ code: held?.caseCode });
      expect(await claim()).toEqual([]);
      const [after] = await commitOutcomes(db, worker, [outcome(held!, 'acknowledged')]);
      expect(after?.wait).toBe(sequence < 3 ? 'turn' : null);
    }
    expect(await lane(stream)).toMatchObject({ done: 3, last: 3, wait: null, worker: null });
    expect(await lane(stream, 'b')).toMatchObject({ done: 0, wait: 'turn' });
    const { rows } = await db.pool.query(
      `select sequence, number, outcome from attempts where stream_id = $1 order by id`,
      [stream],
    );
    expect(rows).toEqual([1, 2, 3].map((sequence) => ({ sequence, number: 1, outcome: 'acknowledged' })));
  });

  it('grows while it is claimed: what is planned meanwhile follows the outcome', async () => {
    const { code, stream } = await caseWith(1, ['a']);
    const [held] = await claim();
    await enter(
      db,
      [
        {
          sender: 'm',
          key: `${code}+`,
          type: 'vn.lienthong.case.status-changed.v1',
          caseCode: code,
          data: { status: 4 },
          status: 4,
        },
      ],
      () => true,
    );
    await plan(db, [stream], () => ({ recipients: [{ agency: 'a' }], collectFrom: [] }));
    expect(await lane(stream)).toMatchObject({ wait: null, last: 2, worker });
    const [after] = await commitOutcomes(db, worker, [outcome(held!, 'acknowledged')]);
    expect(after?.wait).toBe('turn');
    expect((await claim())[0]).toMatchObject({ sequence: 2 });
  });

  it('takes an outcome only under its own claim', async () => {
    await caseWith(2, ['a']);
    const [held] = await claim();
    expect(await commitOutcomes(db, worker, [outcome(held!, 'acknowledged', { claim: held!.claim - 1 })])).toEqual([]);
    const other = await enlist(db, 'other');
    expect(await commitOutcomes(db, other, [outcome(held!, 'acknowledged')])).toEqual([]);
    expect(await commitOutcomes(db, worker, [outcome(held!, 'acknowledged')])).toHaveLength(1);
    expect(await commitOutcomes(db, worker, [outcome(held!, 'acknowledged')])).toEqual([]);
  });

  it('takes of two outcomes in one batch only the one of its claim', async () => {
    const { stream } = await caseWith(3, ['a']);
    const [first] = await claim();
    await commitOutcomes(db, worker, [outcome(first!, 'acknowledged')]);
    const [second] = await claim();
    const committed = await commitOutcomes(db, worker, [outcome(first!, 'parked'), outcome(second!, 'acknowledged')]);
    expect(committed.map((c) => c.sequence)).toEqual([2]);
    expect(await lane(stream)).toMatchObject({ done: 2, wait: 'turn' });
    const { rows } = await db.pool.query(`select state from deliveries where stream_id = $1 order by sequence`, [
      stream,
    ]);
    expect(rows.map((r: { state: string }) => r.state)).toEqual(['acknowledged', 'acknowledged', 'open']);
  });

  it('parked in doubt keeps waiting for the copy that may be out, also when a person retries it', async () => {
    const { stream } = await caseWith(1, ['a']);
    const [held] = await claim(worker, 'a', 1, 3_600);
    await commitOutcomes(db, worker, [
      outcome(held!, 'parked', { inDoubt: true, owner: 'theirs', reason: 'time-out' }),
    ]);
    expect(await retryParked(db, 'a', null)).toBe(1);
    expect(await lane(stream)).toMatchObject({ doubt: true, wait: 'timer' });
    expect(await claim()).toEqual([]);
  });

  it('waits on its timer, wakes by a job only when due, and by the sweeper when the job is lost', async () => {
    const { stream } = await caseWith(1, ['a']);
    const [held] = await claim();
    const [after] = await commitOutcomes(db, worker, [outcome(held!, 'wait', { waitMs: 60_000, reason: 'busy' })]);
    expect(after).toMatchObject({ wait: 'timer', attempts: 1 });
    expect(after!.wakeInMs).toBeGreaterThan(50_000);
    expect(await wakeLanes(db, [{ agency: 'a', stream }])).toEqual([]);
    expect(await sweepTimers(db, 2, 10)).toEqual([]);
    await db.pool.query(`update lanes set wake_at = now() - interval '1 second' where stream_id = $1`, [stream]);
    expect(await sweepTimers(db, 2, 10)).toEqual([]);
    expect(await wakeLanes(db, [{ agency: 'a', stream }])).toEqual(['a']);
    expect((await claim())[0]).toMatchObject({ attempts: 1, sequence: 1 });
  });

  it('parks alone: a person is waited for, other lanes go on', async () => {
    const bad = await caseWith(2, ['a']);
    const good = await caseWith(1, ['a']);
    const held = await claim();
    const outcomes = held.map((l) =>
      l.streamId === bad.stream
        ? outcome(l, 'parked', { owner: 'data', reason: 'thiếu', fingerprint: 'f' })
        : outcome(l, 'acknowledged'),
    );
    await commitOutcomes(db, worker, outcomes);
    expect(await lane(bad.stream)).toMatchObject({ wait: 'person', done: 0 });
    expect(await lane(good.stream)).toMatchObject({ wait: null, done: 1 });
    expect(await claim()).toEqual([]);
  });
});

describe('a dead worker', () => {
  it('claims and writes nothing more; its lanes are in doubt and wait until no copy can be out', async () => {
    const { stream } = await caseWith(1, ['a']);
    const [held] = await claim(worker, 'a', 1, 30);
    await db.pool.query(`update workers set lease_until = now() - interval '1 second' where id = $1`, [worker]);
    expect(await claim()).toEqual([]);
    const other = await enlist(db, 'other');
    expect(await reapDead(db, other)).toEqual([{ agency_id: 'a', stream_id: stream }]);
    expect(await renewLease(db, worker)).toBeUndefined();
    expect(await commitOutcomes(db, worker, [outcome(held!, 'acknowledged')])).toEqual([]);
    const after = await lane(stream);
    expect(after).toMatchObject({ doubt: true, wait: 'timer', worker: null });
    expect((after.wake_at as Date).getTime()).toBeGreaterThan(Date.now() + 20_000);
    const { rows } = await db.pool.query(`select outcome, in_doubt from attempts where stream_id = $1`, [stream]);
    expect(rows).toEqual([{ outcome: 'reaped', in_doubt: true }]);
  });

  it('is not reaped while it commits: the outcome or the reaper, never both', async () => {
    const { stream } = await caseWith(1, ['a']);
    const [held] = await claim();
    await db.pool.query(`update workers set lease_until = now() - interval '1 second' where id = $1`, [worker]);
    const other = await enlist(db, 'other');
    const [committed, reaped] = await Promise.all([
      commitOutcomes(db, worker, [outcome(held!, 'acknowledged')]),
      reapDead(db, other),
    ]);
    expect(committed.length + reaped.length).toBe(1);
    expect((await lane(stream)).doubt).toBe(committed.length === 0);
  });

  it('is reaped at once by its successor of the same name, and by nobody else before its lease ends', async () => {
    await caseWith(1, ['a']);
    await claim();
    const stranger = await enlist(db, 'stranger');
    expect(await reapDead(db, stranger)).toEqual([]);
    const successor = await enlist(db, 'spec');
    expect((await reapPredecessors(db, 'spec', successor)).length).toBeGreaterThan(0);
    expect(await renewLease(db, successor)).toBeDefined();
  });

  it('does not retire while it holds a lane', async () => {
    await caseWith(1, ['a']);
    const [held] = await claim();
    await retire(db, worker);
    expect(await renewLease(db, worker)).toBeDefined();
    await commitOutcomes(db, worker, [outcome(held!, 'acknowledged')]);
    await retire(db, worker);
    expect(await renewLease(db, worker)).toBeUndefined();
  });

  it('gets back a lane whose claim it never heard of, and keeps those it works on', async () => {
    const one = await caseWith(1, ['a']);
    const two = await caseWith(1, ['a']);
    await claim();
    expect(await freeStrays(db, worker, 'a', [one.stream])).toHaveLength(1);
    expect(await lane(one.stream)).toMatchObject({ worker });
    expect(await lane(two.stream)).toMatchObject({ worker: null, wait: 'turn' });
  });
});

describe('the plan', () => {
  it('plans from the ledger whatever was announced, once, and finds what nobody announced', async () => {
    const { code, stream } = await caseWith(2, ['a']);
    const more = Array.from({ length: 3 }, (_, i): EntryItem => ({
      sender: 'm',
      key: `${code}#${i}`,
      type: 'vn.lienthong.case.status-changed.v1',
      caseCode: code,
      data: { i },
      status: 4,
    }));
    await enter(db, more, () => true);
    const seen: number[] = [];
    const decide = (e: { sequence: number }) => {
      seen.push(e.sequence);
      return { recipients: [{ agency: 'a' }], collectFrom: [] };
    };
    const found = await findUnplanned(db, { after: '0', size: 10_000, olderThanSeconds: 0 });
    // A page that isn't full was the last one: the next sweep looks from the beginning, not at nothing.
    expect(found.next).toBeNull();
    const [first] = found.streams.sort((a, b) => Number(a) - Number(b));
    expect((await findUnplanned(db, { after: `${BigInt(first!) - 1n}`, size: 1, olderThanSeconds: 0 })).next).toBe(
      first,
    );
    expect(found.streams).toContain(stream);
    await Promise.all([plan(db, [stream], decide), plan(db, [stream], decide), plan(db, [stream], decide)]);
    expect(seen).toEqual([3, 4, 5]);
    expect(await lane(stream)).toMatchObject({ last: 5 });
    expect((await findUnplanned(db, { after: '0', size: 10_000, olderThanSeconds: 0 })).streams).not.toContain(stream);
  });
});
