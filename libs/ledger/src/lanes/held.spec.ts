import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { followMerges } from '../operations/merge.js';
import { LaneWorld } from '../testing/lane-world.js';
import { merged, reported } from '../testing/merging.js';
import { reapDead } from '../workers.js';
import { retryParked } from './retry-parked.js';
import { settleAll } from './settle.js';
import { outcomeFor } from '../testing/outcome-for.js';
import { agenciesWithTurns, sweepTimers } from './wake.js';
import type { ClaimedLane } from './claimed-lane.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(async () => {
  await world.clear();
  await world.db.pool.query(`truncate operations; update workers set lease_until = now() + interval '1 hour'`);
});
afterAll(() => world.end());

const goOn = { outSeconds: 60, withCase: true };
const claimOf = async (stream: string): Promise<ClaimedLane | undefined> =>
  (await world.claims()).claimed.find((lane) => lane.streamId === stream);
/** Everything that may leave, in the order in which it does; each is acknowledged. */
async function sent(): Promise<[string, number][]> {
  const left: [string, number][] = [];
  for (let moved = true; moved;) {
    const released = await followMerges(world.db);
    const { claimed, looked } = await world.claims();
    for (const lane of claimed) {
      left.push([lane.streamId, lane.sequence]);
      await world.settle(lane, 'acknowledged');
    }
    moved = looked > 0 || released.size > 0;
  }
  return left;
}
const places = new Map([['a', { lanes: 1, outSeconds: 60, withCase: true }]]);

describe('what comes by the loser’s code after the merge leaves only after what came before it', () => {
  it('where that is parked, until a person has it sent', async () => {
    const loser = await world.caseOf(['delta', 'delta']);
    await world.refuse((await world.claim())!);
    const survivor = await world.caseOf(['delta']);
    await merged(world, loser, survivor);
    await reported(world, loser, 'delta');
    await world.plan(survivor);
    expect(await sent()).toEqual([]);
    expect(await agenciesWithTurns(world.db, ['a'])).toEqual([]);
    await retryParked(world.db, 'a', loser);
    expect(await sent()).toEqual([
      [loser, 1],
      [loser, 2],
      [survivor, 1],
      [survivor, 2],
      [survivor, 3],
    ]);
  });

  it('where that is in doubt, until it is settled', async () => {
    const loser = await world.caseOf(['delta']);
    await world.settle((await world.claim({ outSeconds: 0 }))!, 'doubt');
    const survivor = await world.caseOf(['delta']);
    await merged(world, loser, survivor);
    expect(await sent()).toEqual([]);
    await sweepTimers(world.db, -1, 10);
    const asked = (await world.claim({ canAsk: true }))!;
    expect(asked).toMatchObject({ streamId: loser, purpose: 'ask' });
    expect(await world.claim()).toBeUndefined();
    await world.settle(asked, 'not-held');
    expect((await sent())[0]).toEqual([loser, 1]);
  });

  it('where that is under way, until its outcome', async () => {
    const loser = await world.caseOf(['delta']);
    const held = (await world.claim())!;
    const survivor = await world.caseOf(['delta']);
    await merged(world, loser, survivor);
    expect(await sent()).toEqual([]);
    await world.settle(held, 'acknowledged');
    expect(await sent()).toEqual([[survivor, 1]]);
  });

  it('also where the survivor’s lane is idle and a place is free at once', async () => {
    const survivor = await world.caseOf(['delta']);
    await world.settle((await world.claim())!, 'acknowledged');
    const loser = await world.caseOf(['delta']);
    const held = (await world.claim())!;
    await merged(world, loser, survivor);
    await reported(world, loser, 'delta');
    expect((await world.plan(survivor, places)).claimed).toEqual([]);
    expect(await world.lane(survivor)).toMatchObject({ wait: 'turn', worker: null, held: true });
    expect(await world.claim()).toBeUndefined();
    await world.settle(held, 'acknowledged');
    expect(await sent()).toEqual([
      [survivor, 2],
      [survivor, 3],
    ]);
  });

  it.each([
    ['a plain outcome', (lane: ClaimedLane) => world.settle(lane, 'acknowledged', { goOn })],
    [
      'any outcome',
      async (lane: ClaimedLane) =>
        (await settleAll(world.db, world.worker, [outcomeFor(lane, 'acknowledged', { goOn })]))[0]!,
    ],
  ])('also where the survivor’s lane is under way at the merge, and would go on after %s', async (_, settle) => {
    const loser = await world.caseOf(['delta']);
    await world.refuse((await world.claim())!);
    const survivor = await world.caseOf(['delta', 'delta']);
    const held = (await claimOf(survivor))!;
    await merged(world, loser, survivor);
    expect(await settle(held)).toMatchObject({ next: null, wait: 'turn' });
    expect(await world.lane(survivor)).toMatchObject({ worker: null, sending: null, done: 1, claim: held.claim });
    expect(await sent()).toEqual([]);
  });

  it('also where the merge commits in the moment of that outcome', async () => {
    for (const plain of [true, false]) {
      await world.clear();
      const loser = await world.caseOf(['delta']);
      await world.refuse((await world.claim())!);
      const survivor = await world.caseOf(['delta', 'delta']);
      const held = (await claimOf(survivor))!;
      const settling = (): Promise<unknown> =>
        plain
          ? world.settle(held, 'acknowledged', { goOn })
          : settleAll(world.db, world.worker, [outcomeFor(held, 'acknowledged', { goOn })]);
      // The worker that merges is another: this one's row is what the outcome waits for.
      await world.db.pool.query(
        `insert into workers (instance, lease_until) values ('other', now() + interval '1 hour')`,
      );
      const other = (await world.db.pool.query<{ id: string }>(`select max(id) as id from workers`)).rows[0]!.id;
      await world.beginsBefore(settling, () => merged(world, loser, survivor, other));
      expect(await world.lane(survivor)).toMatchObject({ worker: null, done: 1, held: true, wait: 'turn' });
    }
  });
});

describe('a held lane', () => {
  it('settles its own doubt: that was before the merge; then it waits', async () => {
    const loser = await world.caseOf(['delta']);
    await world.refuse((await world.claim())!);
    const survivor = await world.caseOf(['delta', 'delta']);
    await world.settle((await world.claim({ outSeconds: 0 }))!, 'doubt');
    await merged(world, loser, survivor);
    await sweepTimers(world.db, -1, 10);
    const asked = (await world.claim({ canAsk: true }))!;
    expect(asked).toMatchObject({ streamId: survivor, sequence: 1, purpose: 'ask' });
    await world.settle(asked, 'acknowledged', { goOn });
    expect(await world.claim()).toBeUndefined();
    expect(await world.lane(survivor)).toMatchObject({ done: 1, wait: 'turn', held: true });
  });

  it('whose worker died waits after its doubt, too', async () => {
    const loser = await world.caseOf(['delta']);
    await world.refuse((await world.claim())!);
    const survivor = await world.caseOf(['delta', 'delta']);
    await world.claim({ outSeconds: 0 });
    await merged(world, loser, survivor);
    await world.dies();
    world.worker = (
      await world.db.pool.query<{ id: string }>(
        `insert into workers (instance, lease_until) values ('other', now() + interval '1 hour') returning id`,
      )
    ).rows[0]!.id;
    await reapDead(world.db, world.worker);
    await sweepTimers(world.db, -1, 10);
    const again = (await world.claim())!;
    expect(again).toMatchObject({ streamId: survivor, sequence: 1, inDoubt: true });
    await world.settle(again, 'acknowledged', { goOn });
    expect(await sent()).toEqual([]);
  });
});

describe('a revocation in the survivor', () => {
  it('of a result that the loser’s lane sent is sent after it, as an event like others', async () => {
    const loser = await world.caseOf(['delta', 'result']);
    const survivor = await world.caseOf(['delta']);
    await merged(world, loser, survivor);
    await reported(world, loser, 'revocation', 'delta');
    await world.plan(survivor);
    const left = await sent();
    expect(left.filter(([stream]) => stream === survivor).map(([, n]) => n)).toEqual([1, 2, 3, 4]);
    expect(left.findIndex(([stream, n]) => stream === loser && n === 2)).toBeLessThan(
      left.findIndex(([stream, n]) => stream === survivor && n === 3),
    );
  });

  it('is not ended unsent with a result of the survivor’s own that was never sent', async () => {
    const loser = await world.caseOf(['result']);
    await world.settle((await world.claim())!, 'acknowledged');
    const survivor = await world.caseOf(['delta', 'result']);
    await merged(world, loser, survivor);
    await reported(world, survivor, 'revocation');
    await world.plan(survivor);
    expect((await sent()).map(([, n]) => n)).toEqual([1, 4]);
    expect(await world.states(survivor)).toEqual(['acknowledged', 'closed', 'closed', 'acknowledged']);
  });

  it('is ended unsent where the loser’s result had been taken back', async () => {
    const loser = await world.caseOf(['result']);
    await world.settle((await world.claim())!, 'acknowledged');
    await world.grows(loser, 'revocation');
    await world.settle((await world.claim())!, 'acknowledged');
    const survivor = await world.caseOf(['delta', 'result']);
    await merged(world, loser, survivor);
    await reported(world, survivor, 'revocation');
    await world.plan(survivor);
    await sent();
    expect(await world.states(survivor)).toEqual(['acknowledged', 'closed', 'acknowledged', 'closed']);
  });
});
