import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { closeBreaker, openBreaker, openBreakers, pauseAgency, resumeAgency, takeProbe } from './breakers.js';
import type { ClaimedLane } from './claimed-lane.js';
import { LaneWorld } from '../testing/lane-world.js';
import { enlist, reapDead, retire } from '../workers.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

const probe = { probes: 0 };
const opened = (): Promise<boolean> => openBreaker(world.db, 'a', 'gone', 0);
const take = (worker = world.worker) => takeProbe(world.db, worker, 'a');
const places = new Map([['a', { lanes: 5, outSeconds: 30, withCase: true }]]);

describe('behind an open breaker', () => {
  it('no lane is claimed, nor taken by a plan; they keep their turn', async () => {
    const stream = await world.caseOf(['delta']);
    expect([await opened(), await opened()]).toEqual([true, false]);
    expect(await world.claims()).toEqual({ claimed: [], looked: 0 });
    const other = await world.entered(['delta']);
    expect((await world.plan(other, places)).claimed).toEqual([]);
    expect(await world.lane(stream)).toMatchObject({ wait: 'turn' });
    expect(await world.lane(other)).toMatchObject({ wait: 'turn', worker: null });
  });

  it('one worker has the one probe, when it is due', async () => {
    const other = await enlist(world.db, 'other');
    await openBreaker(world.db, 'a', 'gone', 60_000);
    expect(await take()).toBeUndefined();
    await world.standsFor(61);
    const both = await Promise.all([take(), take(other)]);
    expect(both.filter(Boolean)).toHaveLength(1);
    await world.caseOf(['delta']);
    const holder = both[0] ? world.worker : other;
    const held = await world.claim({ worker: holder, limit: 1, probe });
    expect(held).toMatchObject({ probing: true });
    expect([await take(), await take(other)]).toEqual([undefined, undefined]);
    expect((await openBreakers(world.db))[0]).toMatchObject({ isProbing: true, probes: 0 });
  });

  it('a failed probe is followed by a later one, a good one closes it and lets the lanes go', async () => {
    await world.caseOf(['delta']);
    await opened();
    await take();
    const held = (await world.claim({ limit: 1, probe }))!;
    await world.settle(held, 'wait', { stands: true, probe: { alive: false, waitMs: 60_000 } });
    expect(await take()).toBeUndefined();
    await world.standsFor(61);
    expect(await take()).toEqual({ probes: 1 });
    const again = (await world.claim({ limit: 1, probe: { probes: 1 } }))!;
    await world.settle(again, 'acknowledged', { probe: { alive: true, waitMs: 0 } });
    expect(await openBreakers(world.db)).toEqual([]);
    await world.caseOf(['delta']);
    expect(await world.claim()).toBeDefined();
  });

  it('the probe is free again when its worker is reaped over it', async () => {
    await world.caseOf(['delta']);
    await opened();
    await take();
    await world.claim({ limit: 1, probe });
    const other = await enlist(world.db, 'other');
    await world.dies();
    await reapDead(world.db, other);
    expect(await take(other)).toEqual({ probes: 0 });
  });

  it('the probe is free again when its worker left in order, having handed its lane back', async () => {
    await world.caseOf(['delta']);
    await opened();
    await take();
    const held = (await world.claim({ limit: 1, probe }))!;
    await world.settle(held, 'turn');
    await retire(world.db, world.worker);
    const other = await enlist(world.db, 'other');
    expect(await take(other)).toEqual({ probes: 0 });
  });

  it('its holder takes it again where its claim found nothing to send, and nobody else does', async () => {
    const other = await enlist(world.db, 'other');
    const stream = await world.caseOf(['delta']);
    await world.settle((await world.claim({ outSeconds: 60 }))!, 'doubt');
    await world.db.pool.query(`update lanes set wait = 'turn', wake_at = null where stream_id = $1`, [stream]);
    await opened();
    await take();
    expect(await world.claims({ limit: 1, probe })).toMatchObject({ claimed: [], looked: 1 });
    expect(await take(other)).toBeUndefined();
    expect(await take()).toEqual({ probes: 0 });
  });

  it('what was under way before counts for nothing: only the probe closes it', async () => {
    await world.caseOf(['delta']);
    const before = (await world.claim())!;
    await opened();
    await world.settle(before, 'acknowledged');
    expect(await openBreakers(world.db)).toHaveLength(1);
  });

  it('a fenced probe closes nothing', async () => {
    await world.caseOf(['delta']);
    await opened();
    await take();
    const held = (await world.claim({ limit: 1, probe }))!;
    await world.dies();
    const other = await enlist(world.db, 'other');
    await reapDead(world.db, other);
    expect(await world.settles(held, 'acknowledged', { probe: { alive: true, waitMs: 0 } })).toEqual([]);
    expect(await openBreakers(world.db)).toHaveLength(1);
  });
});

describe('while an agency stands still', () => {
  const stood = async (): Promise<number> =>
    Number((await world.db.pool.query<{ s: string }>(`select stood_ms as s from agencies`)).rows[0]!.s);

  it('its windows do: breaker and pause, one within the other, are counted once', async () => {
    await opened();
    await world.standsFor(100);
    await pauseAgency(world.db, 'a', 'bảo trì', null);
    await world.standsFor(100);
    await take();
    await closeBreaker(world.db, world.worker, 'a');
    expect(await openBreakers(world.db)).toHaveLength(1);
    await resumeAgency(world.db, 'a');
    expect(await stood()).toBe(0);
    await take();
    await closeBreaker(world.db, world.worker, 'a');
    expect(await stood()).toBeGreaterThanOrEqual(200_000);
    expect(await stood()).toBeLessThan(260_000);
  });

  it('a claim sees how long so far', async () => {
    await world.caseOf(['delta']);
    await opened();
    await world.standsFor(300);
    await take();
    expect((await world.claim({ limit: 1, probe }))!.stoodMs).toBeGreaterThanOrEqual(300_000);
  });

  it('what it stood before a first attempt had ended isn’t counted: the window begins there', async () => {
    const hourPaused = async (): Promise<void> => {
      await pauseAgency(world.db, 'a', 'bảo trì', null);
      await world.standsFor(3_600);
      await resumeAgency(world.db, 'a');
    };
    const countedOf = async (held: ClaimedLane): Promise<number> => {
      await world.settle(held, 'wait', { stands: true });
      const again = (await world.claim())!;
      expect(again).toMatchObject({ sequence: held.sequence, attempts: 1 });
      return again.stoodMs - again.stoodAtFirstMs!;
    };
    await world.caseOf(['delta']);
    const first = await world.claim();
    await hourPaused();
    expect(await countedOf(first!)).toBeLessThan(60_000);
    // The next of a lane that goes on knows of its agency what its predecessor's claim knew.
    await world.caseOf(['delta', 'delta']);
    const before = (await world.claim())!;
    await hourPaused();
    const { next } = await world.settle(before, 'acknowledged', { goOn: { outSeconds: 60, withCase: true } });
    expect(await countedOf(next!)).toBeLessThan(60_000);
  });

  it('paused, nobody probes and no plan takes a lane', async () => {
    await opened();
    await pauseAgency(world.db, 'a', 'bảo trì', null);
    expect(await take()).toBeUndefined();
    await resumeAgency(world.db, 'a');
    await take();
    await closeBreaker(world.db, world.worker, 'a');
    await pauseAgency(world.db, 'a', 'bảo trì', null);
    const stream = await world.entered(['delta']);
    expect((await world.plan(stream, places)).claimed).toEqual([]);
  });
});
