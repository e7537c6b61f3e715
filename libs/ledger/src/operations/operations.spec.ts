import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LaneWorld } from '../testing/lane-world.js';
import { enlist, reapDead } from '../workers.js';
import { carryOn, takeOperations } from './carry-on.js';
import { closeBatch } from './close.js';
import {
  aftermathOf,
  cancelOperation,
  findOperation,
  orderOperation,
  type Operation,
  type Selection,
} from './operation.js';
import { closedUntilNow, parkedGroups, standingAgencies } from './parked.js';
import { retryBatch } from './retry.js';
import { closeDelivery } from './change-one.js';
import { openBreaker, pauseAgency, resumeAgency } from '../lanes/breakers.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(async () => {
  await world.clear();
  await world.db.pool.query('truncate operations');
});
afterAll(() => world.end());

const order = (kind: Operation['kind'], selection: Selection, reason: string | null = null): Promise<Operation> =>
  orderOperation(world.db, { kind, agency: 'a', author: 'lan', reason, selection });

/** One batch, as the delivery process does it. */
const batch = async (operation: Operation, limit = 200, worker = world.worker): Promise<Operation | undefined> => {
  await takeOperations(world.db, worker);
  return carryOn(world.db, worker, operation.id, (client, locked) =>
    locked.kind === 'close' ? closeBatch(client, locked, limit) : retryBatch(client, locked, limit),
  );
};

/** So many cases, each of one event that the partner has refused. */
async function refused(cases: number): Promise<string[]> {
  const streams: string[] = [];
  for (let n = 0; n < cases; n++) {
    streams.push(await world.caseOf(['delta']));
    await world.refuse((await world.claim())!);
  }
  return streams;
}
const revisionOf = async (stream: string): Promise<number> =>
  (await world.db.pool.query<{ revision: number }>('select revision from deliveries where stream_id = $1', [stream]))
    .rows[0]!.revision;

describe('a retry', () => {
  it('puts every parked one of a cause on its way, in batches, each counted with what it did', async () => {
    const streams = await refused(5);
    const operation = await order('retry', { fingerprint: 'f' });
    expect(operation).toMatchObject({ total: 5, state: 'running', done: 0, author: 'lan' });
    expect(await batch(operation, 2)).toMatchObject({ done: 2, state: 'running', cursor: streams[1] });
    expect(await batch(operation, 2)).toMatchObject({ done: 4, state: 'running' });
    expect(await batch(operation, 2)).toMatchObject({ done: 5, state: 'done' });
    expect(await batch(operation, 2)).toBeUndefined();
    expect((await world.claims()).claimed).toHaveLength(5);
  });

  it('leaves alone what another cause has parked, and no more than a canary’s lanes', async () => {
    const streams = await refused(4);
    await world.db.pool.query(`update deliveries set fingerprint = 'g' where stream_id = $1`, [streams[0]]);
    const operation = await order('retry', { fingerprint: 'f', atMost: 2 });
    expect(operation.total).toBe(2);
    expect(await batch(operation)).toMatchObject({ done: 2, state: 'done' });
    expect(await Promise.all(streams.map((s) => world.states(s)))).toEqual([
      ['parked'],
      ['open'],
      ['open'],
      ['parked'],
    ]);
  });

  it('looks neither twice at what fails again nor at what is parked later, and counts both apart', async () => {
    const streams = await refused(3);
    const operation = await order('retry', { fingerprint: 'f' });
    await batch(operation, 1);
    const again = (await world.claim())!;
    expect(again).toMatchObject({ streamId: streams[0], operationId: operation.id });
    await world.refuse(again);
    const [late] = await refused(1);
    await batch(operation, 10);
    await batch(operation, 10);
    for (const lane of (await world.claims()).claimed) await world.settle(lane, 'acknowledged');
    expect(await findOperation(world.db, operation.id)).toMatchObject({ state: 'done', done: 3 });
    expect(await aftermathOf(world.db, operation.id)).toEqual({ passed: 2, parkedAgain: 1, underWay: 0 });
    expect(await world.states(late!)).toEqual(['parked']);
    expect(await parkedGroups(world.db, 'a')).toMatchObject([
      { fingerprint: 'f', count: 2, sinceRetry: 2, again: 1, owner: 'data', reason: 'thiếu' },
    ]);
    const { rows } = await world.db.pool.query(
      `select asked_by, operation_id from attempts where stream_id = $1 order by id`,
      [streams[0]],
    );
    expect(rows).toEqual([
      { asked_by: 'schedule', operation_id: null },
      { asked_by: 'operator', operation_id: operation.id },
    ]);
  });

  it('sends what was refused under a new key by today’s contract, and what may be held under the same', async () => {
    const [known] = await refused(1);
    const doubted = await world.caseOf(['delta']);
    await world.refuse((await world.claim())!, { inDoubt: true });
    const reaped = await world.caseOf(['delta']);
    await world.refuse((await world.claim())!);
    await world.db.pool.query(`update deliveries set taint = 2 where stream_id = $1`, [reaped]);
    await batch(await order('retry', { fingerprint: 'f' }));
    expect(await Promise.all([known!, doubted, reaped].map(revisionOf))).toEqual([2, 1, 1]);
    expect(await world.lane(known!)).toMatchObject({ wait: 'turn' });
    expect(await world.lane(doubted)).toMatchObject({ wait: 'timer', doubt_at: 1 });
  });

  it('is carried on by another worker from where the dead one left it', async () => {
    await refused(4);
    const operation = await order('retry', { fingerprint: 'f' });
    await batch(operation, 2);
    const other = await enlist(world.db, 'other');
    expect(await takeOperations(world.db, other)).toEqual([]);
    await world.dies();
    await reapDead(world.db, other);
    expect(await batch(operation, 2)).toBeUndefined();
    expect(await takeOperations(world.db, other)).toMatchObject([{ id: operation.id, done: 2 }]);
    expect(await batch(operation, 2, other)).toMatchObject({ done: 4 });
    expect(await batch(operation, 2, other)).toMatchObject({ done: 4, state: 'done' });
  });

  it('is taken soon, however many others wait for their agencies', async () => {
    const ordered: string[] = [];
    for (let n = 0; n < 40; n++) ordered.push((await order('retry', { fingerprint: `f${n}` })).id);
    await takeOperations(world.db, world.worker);
    await takeOperations(world.db, world.worker);
    expect((await takeOperations(world.db, world.worker)).map(({ id }) => id)).toEqual(ordered);
  });

  it('cancelled, does no batch more; what is on its way stays so', async () => {
    const streams = await refused(3);
    const operation = await order('retry', { fingerprint: 'f' });
    await batch(operation, 1);
    expect(await cancelOperation(world.db, operation.id)).toBe(true);
    expect(await cancelOperation(world.db, operation.id)).toBe(false);
    expect(await batch(operation)).toBeUndefined();
    expect(await Promise.all(streams.map((s) => world.states(s)))).toEqual([['open'], ['parked'], ['parked']]);
  });
});

describe('closing', () => {
  it('ends what is parked for one cause, never what is in doubt, tainted or a revocation, and says how many', async () => {
    const [plain, doubted, tainted] = await refused(3);
    await world.db.pool.query(`update lanes set doubt_at = 1 where stream_id = $1`, [doubted]);
    await world.db.pool.query(`update deliveries set taint = 2 where stream_id = $1`, [tainted]);
    const operation = await order('close', { fingerprint: 'f' }, 'trùng hồ sơ giấy');
    expect(await batch(operation)).toMatchObject({ state: 'done', done: 1, failed: 2 });
    expect(await world.states(plain!)).toEqual(['closed']);
    expect(await world.states(doubted!)).toEqual(['parked']);
    expect(await world.states(tainted!)).toEqual(['parked 2']);
    await world.claims();
    expect(await world.lane(plain!)).toMatchObject({ done: 1, wait: null });
  });

  it('until a day, is listed again after it', async () => {
    const [stream] = await refused(1);
    const named = { agency: 'a', stream: stream!, sequence: null, author: 'lan', reason: 'chờ văn bản' };
    await closeDelivery(world.db, named, '2021-01-31');
    expect(await closedUntilNow(world.db, 'a')).toMatchObject([{ until: '2021-01-31', author: 'lan', sequence: 1 }]);
    await world.db.pool.query(`update operations set selection = selection || '{"until":"2999-01-01"}'`);
    expect(await closedUntilNow(world.db, null)).toEqual([]);
  });
});

describe('an agency to which nothing is sent', () => {
  it('is named with since when, why, who and how many wait', async () => {
    await world.caseOf(['delta']);
    await world.caseOf(['delta']);
    expect(await standingAgencies(world.db)).toEqual([]);
    await pauseAgency(world.db, 'a', 'bảo trì', null, 'lan');
    await openBreaker(world.db, 'a', 'HTTP 503 at case H53', 60_000);
    const [standing] = await standingAgencies(world.db);
    expect(standing).toMatchObject({
      agencyId: 'a',
      waiting: 2,
      paused: { reason: 'bảo trì', by: 'lan', until: null },
      breaker: { reason: 'http # at case #', probes: 0 },
    });
    expect(standing!.paused!.since).toBeInstanceOf(Date);
    expect(await resumeAgency(world.db, 'a', 'lan')).toBe(true);
    expect(await standingAgencies(world.db)).toMatchObject([{ paused: null, waiting: 2 }]);
  });
});
