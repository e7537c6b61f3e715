import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LaneWorld } from '../testing/lane-world.js';
import { enlist, reapDead } from '../workers.js';
import { parkedGroups } from './parked-groups.js';
import { cancelOperation, carryOn, orderRetry, readOperations } from './retry-group.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(async () => {
  await world.clear();
  await world.db.pool.query('truncate operations');
});
afterAll(() => world.end());

async function parked(n: number, fingerprint: string): Promise<string[]> {
  const streams: string[] = [];
  for (let i = 0; i < n; i++) {
    const stream = await world.caseOf(['delta']);
    await world.refuse((await world.claim())!, { fingerprint });
    streams.push(stream);
  }
  return streams;
}
const order = (fingerprint: string, canary: number | null = null) =>
  orderRetry(world.db, { agency: 'a', fingerprint, canary, author: 'lan' });
const waits = async (streams: string[]): Promise<Record<string, number>> => {
  const count: Record<string, number> = {};
  for (const stream of streams) {
    const { wait } = await world.lane(stream);
    count[wait ?? 'none'] = (count[wait ?? 'none'] ?? 0) + 1;
  }
  return count;
};

describe('the retry of a group', () => {
  it('opens as many as the canary says, then stops, and says how they fared', async () => {
    const streams = await parked(5, 'f1');
    await parked(2, 'f2');
    expect(await order('f1', 2)).toBeDefined();
    expect(await carryOn(world.db, world.worker, 500)).toEqual({ agency: 'a', opened: 2 });
    expect(await carryOn(world.db, world.worker, 500)).toBeUndefined();
    expect(await waits(streams)).toEqual({ turn: 2, person: 3 });
    const { claimed } = await world.claims();
    expect(claimed.map((lane) => lane.attempts)).toEqual([1, 1]);
    await world.settle(claimed[0]!, 'acknowledged');
    await world.refuse(claimed[1]!, { fingerprint: 'f1' });
    expect(await readOperations(world.db, 10)).toMatchObject([
      { state: 'done', total: 2, done: 2, acknowledged: 1, failedAgain: 1, author: 'lan', fingerprint: 'f1' },
    ]);
    const { rows } = await world.db.pool.query(
      `select asked_by, operation_id is not null as ordered from attempts order by id desc limit 2`,
    );
    expect(rows).toEqual([
      { asked_by: 'operator', ordered: true },
      { asked_by: 'operator', ordered: true },
    ]);
    expect((await parkedGroups(world.db, 'a', 10)).map((g) => [g.fingerprint, g.deliveries, g.failedAgain])).toEqual([
      ['f1', 4, 1],
      ['f2', 2, 0],
    ]);
  });

  it('goes on where it was when its process dies, and opens none twice', async () => {
    const streams = await parked(5, 'f1');
    await order('f1');
    expect((await carryOn(world.db, world.worker, 2))?.opened).toBe(2);
    // What is refused again is behind the cursor: no operation chases its own failures.
    for (const lane of (await world.claims()).claimed) await world.refuse(lane, { fingerprint: 'f1' });
    await world.dies();
    expect(await carryOn(world.db, world.worker, 2)).toBeUndefined();
    const successor = await enlist(world.db, 'other');
    await reapDead(world.db, successor);
    expect((await carryOn(world.db, successor, 2))?.opened).toBe(2);
    expect((await carryOn(world.db, successor, 2))?.opened).toBe(1);
    expect(await carryOn(world.db, successor, 2)).toBeUndefined();
    expect(await waits(streams)).toEqual({ person: 2, turn: 3 });
    expect(await readOperations(world.db, 1)).toMatchObject([{ state: 'done', done: 5, failedAgain: 2 }]);
  });

  it('is carried on by one of two at a time, and stops when it is cancelled', async () => {
    const streams = await parked(6, 'f1');
    const id = await order('f1');
    const other = await enlist(world.db, 'other');
    const steps = await Promise.all([carryOn(world.db, world.worker, 2), carryOn(world.db, other, 2)]);
    const opened = steps.reduce((sum, step) => sum + (step?.opened ?? 0), 0);
    expect(await waits(streams)).toEqual({ turn: opened, person: 6 - opened });
    expect(await cancelOperation(world.db, id!)).toBe(true);
    expect(await cancelOperation(world.db, id!)).toBe(false);
    expect(await carryOn(world.db, world.worker, 2)).toBeUndefined();
  });

  it('waits with a lane in doubt until no copy can be out', async () => {
    const stream = await world.caseOf(['delta']);
    await world.settle((await world.claim())!, 'parked', {
      inDoubt: true,
      owner: 'theirs',
      reason: 'r',
      fingerprint: 'f1',
    });
    await order('f1');
    await carryOn(world.db, world.worker, 10);
    expect((await world.lane(stream)).wait).toBe('timer');
  });

  it('is not ordered for a group that is not there', async () => {
    await parked(1, 'f1');
    expect(await order('f9')).toBeUndefined();
  });
});
