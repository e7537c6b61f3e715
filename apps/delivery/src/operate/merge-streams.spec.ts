import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LaneWorld } from '../../../../libs/ledger/src/testing/lane-world.js';
import { codeOf, ordered, reported } from '../../../../libs/ledger/src/testing/merging.js';
import { findOperation } from '#ledger';
import { createLog } from '#service';
import type { Worker } from '../worker.js';
import { CarryOutOperations } from './carry-out-operations.js';
import { MergeStreams } from './merge-streams.js';

const log = createLog('spec', 'silent');
let world: LaneWorld;
let kicked: string[];
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(async () => {
  await world.clear();
  await world.db.pool.query(`truncate operations; update workers set lease_until = now() + interval '1 hour'`);
  kicked = [];
});
afterAll(() => world.end());

/** The delivery process's round, with what only a merge needs of it. */
function operations(
  plan = async (streams: readonly string[]) => void (await Promise.all(streams.map((s) => world.plan(s)))),
) {
  const worker = { id: world.worker, isAlive: () => true } as unknown as Worker;
  const merge = new MergeStreams({ db: world.db, worker, log, plan });
  const none = undefined as never;
  const kick = (agencies: Iterable<string>): void => void kicked.push(...agencies);
  return new CarryOutOperations({ db: world.db, worker, log, rehearse: none, replay: none, merge, kick });
}

describe('a merge that an operator has ordered', () => {
  it('plans what isn’t planned, merges, and lets each agency go when the loser has drained there', async () => {
    const [loser, survivor] = [await world.entered(['full', 'delta']), await world.entered(['full'])];
    const { id } = await ordered(world, loser, survivor);
    await operations().round();
    expect(await findOperation(world.db, id)).toMatchObject({ state: 'running', total: 1, done: 0 });
    expect(await reported(world, loser, 'delta')).toMatchObject([{ outcome: 'accepted', stream: survivor }]);
    await operations().round();
    expect(kicked).toEqual([]);
    for (let lane = await world.claim(); lane; lane = await world.claim()) {
      expect(lane.streamId).toBe(loser);
      await world.settle(lane, 'acknowledged');
    }
    await operations().round();
    expect(kicked).toEqual(['a']);
    expect(await findOperation(world.db, id)).toMatchObject({
      state: 'done',
      done: 1,
      result: { code: await codeOf(world, loser), into: await codeOf(world, survivor), sequence: 2 },
    });
    expect(await world.claim()).toMatchObject({ streamId: survivor });
  });

  it('fails in words where it can’t be, and waits where its streams can’t be planned now', async () => {
    const [loser, survivor] = [await world.caseOf(['full']), await world.caseOf(['full'])];
    const orders = [await ordered(world, loser, survivor), await ordered(world, loser, survivor)];
    await operations(() => Promise.reject(new Error('a contract that nobody can read'))).round();
    expect(await findOperation(world.db, orders[0]!.id)).toMatchObject({ state: 'running', total: null });
    await operations().round();
    expect(await findOperation(world.db, orders[1]!.id)).toMatchObject({
      state: 'failed',
      result: { failure: `it was merged into ${await codeOf(world, survivor)} before` },
    });
  });
});
