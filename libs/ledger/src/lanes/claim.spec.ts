import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pauseAgency, resumeAgency } from './breakers.js';
import { LaneWorld } from '../testing/lane-world.js';
import { enlist, reapDead } from '../workers.js';
import { freeStrays, sweepTimers } from './wake.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

const LATE = -60;
async function lanes(saved: number, late: number): Promise<Set<string>> {
  for (let i = 0; i < saved; i++) await world.caseOf(['delta'], 3_600 + i);
  const streams = new Set<string>();
  for (let i = 0; i < late; i++) streams.add(await world.caseOf(['delta'], LATE - i));
  return streams;
}

describe('the places of a claim', () => {
  it.each([
    // limit, late places, lanes to be saved, late ones: taken of either
    [5, 1, 9, 9, 4, 1],
    [5, 0, 9, 9, 5, 0],
    [5, 1, 9, 0, 5, 0],
    [5, 1, 2, 9, 2, 3],
    [1, 1, 3, 0, 1, 0],
    [1, 1, 3, 3, 0, 1],
    [9, 2, 3, 1, 3, 1],
    [9, 2, 0, 3, 0, 3],
  ])('%d, of which %d late, among %d to be saved and %d late: %d and %d', async (limit, places, s, l, saved, late) => {
    const lateOnes = await lanes(s, l);
    const { claimed, looked } = await world.claims({ limit, late: places });
    expect(looked).toBe(saved + late);
    expect(claimed.filter(({ streamId }) => lateOnes.has(streamId))).toHaveLength(late);
    expect(new Set(claimed.map((c) => c.streamId)).size).toBe(saved + late);
  });

  it('go to the nearest deadlines, and two workers never share a lane', async () => {
    await lanes(12, 0);
    const other = await enlist(world.db, 'other');
    const both = await Promise.all([world.claims({ limit: 6 }), world.claims({ limit: 6, worker: other })]);
    const streams = both.flatMap(({ claimed }) => claimed.map((c) => c.streamId));
    expect(new Set(streams).size).toBe(streams.length);
    const left = await world.claims({ limit: 20 });
    expect(streams.length + left.claimed.length).toBe(12);
  });
});

describe('a claim', () => {
  it('gets nothing of a paused agency, whose lanes keep their turn', async () => {
    const stream = await world.caseOf(['delta']);
    await pauseAgency(world.db, 'a', 'bảo trì', null);
    expect(await world.claims()).toEqual({ claimed: [], looked: 0 });
    expect(await world.lane(stream)).toMatchObject({ wait: 'turn' });
    await resumeAgency(world.db, 'a');
    expect(await world.claim()).toBeDefined();
  });

  it('sends nothing while a copy may be out: the lane waits just so long', async () => {
    const stream = await world.caseOf(['delta']);
    await world.settle((await world.claim({ outSeconds: 50 }))!, 'doubt', { waitMs: 1_000 });
    const { wake_at, out_until } = await world.lane(stream);
    expect(wake_at).toEqual(out_until);
    await world.db.pool.query(`update lanes set wait = 'turn', wake_at = null`);
    expect(await world.claims({ canAsk: true })).toMatchObject({ claimed: [], looked: 1 });
    expect(await world.lane(stream)).toMatchObject({ wait: 'timer', wake_at: out_until, worker: null });
    await world.passes(stream, 60);
    await sweepTimers(world.db, 0, 10);
    expect(await world.claim({ canAsk: true })).toMatchObject({ purpose: 'ask' });
  });

  it('asks once, and where nothing was proved sends the same key; a refusal of that leaves the doubt', async () => {
    const stream = await world.caseOf(['delta', 'delta']);
    await world.settle((await world.claim({ outSeconds: 0 }))!, 'doubt');
    await sweepTimers(world.db, -1, 10);
    await world.settle((await world.claim({ canAsk: true }))!, 'nothing-proved');
    const again = (await world.claim({ canAsk: true }))!;
    expect(again).toMatchObject({ purpose: 'send', sequence: 1, inDoubt: true, revision: 1 });
    await world.refuse(again, { inDoubt: true });
    expect(await world.lane(stream)).toMatchObject({ wait: 'person', doubt_at: 1, done: 0 });
    expect(await world.states(stream)).toEqual(['parked 1', 'open']);
  });

  it('asks anew after each new doubt, and a busy partner changes nothing of it', async () => {
    const stream = await world.caseOf(['delta']);
    await world.settle((await world.claim({ outSeconds: 0 }))!, 'doubt');
    await sweepTimers(world.db, -1, 10);
    await world.settle((await world.claim({ canAsk: true }))!, 'nothing-proved');
    await world.settle((await world.claim({ canAsk: true }))!, 'wait', { inDoubt: true });
    expect(await world.lane(stream)).toMatchObject({ asked: true, doubt_at: 1, wait: 'timer' });
    await sweepTimers(world.db, -1, 10);
    await world.settle((await world.claim({ canAsk: true, outSeconds: 0 }))!, 'doubt');
    await sweepTimers(world.db, -1, 10);
    expect(await world.claim({ canAsk: true })).toMatchObject({ purpose: 'ask' });
  });

  it('finishes no lane in the moment in which more is planned for it', async () => {
    const stream = await world.caseOf(['delta']);
    await world.refuse((await world.claim())!);
    // A person closed the only one, and gave the lane its turn.
    await world.db.pool.query(`update deliveries set state = 'closed'`);
    await world.db.pool.query(`update lanes set wait = 'turn'`);
    await world.enters(stream, 'delta');
    const { claimed } = await world.beginsBefore(
      () => world.claims(),
      () => world.plan(stream),
    );
    expect(claimed[0] ?? (await world.claim())).toMatchObject({ sequence: 2 });
  });

  it('of a worker that died is in doubt: its key only, whatever a look-up says, until the partner answers it', async () => {
    const stream = await world.caseOf(['full']);
    const first = (await world.claim({ outSeconds: 30, withCase: true }))!;
    await world.dies();
    world.worker = await enlist(world.db, 'other');
    await reapDead(world.db, world.worker);
    expect(await world.lane(stream)).toMatchObject({ doubt_at: 1, wait: 'timer', worker: null, sending: 1 });
    expect(await world.states(stream)).toEqual(['open 2']);
    await world.grows(stream, 'full');
    await world.passes(stream, 40);
    await sweepTimers(world.db, 0, 10);
    await world.settle((await world.claim({ canAsk: true }))!, 'not-held');
    const again = (await world.claim({ canAsk: true }))!;
    expect(again).toMatchObject({ sequence: 1, eventId: first.eventId, revision: first.revision, attempts: 2 });
    await world.refuse(again);
    expect(await world.states(stream)).toEqual(['parked', 'open']);
  });

  it('never counts against the window what the agency stood still, also after its worker died', async () => {
    await world.caseOf(['delta']);
    await world.claim({ outSeconds: 0 });
    await world.dies();
    world.worker = await enlist(world.db, 'other');
    await reapDead(world.db, world.worker);
    await pauseAgency(world.db, 'a', 'bảo trì', null);
    await world.standsFor(7_200);
    await resumeAgency(world.db, 'a');
    await sweepTimers(world.db, -1, 10);
    const held = (await world.claim())!;
    expect(held.stoodMs).toBeGreaterThan(7_100_000);
    expect(held.stoodAtFirstMs).toBeLessThan(100_000);
  });
});

describe('a plan that takes lanes straight away', () => {
  const one = new Map([['a', { lanes: 1, outSeconds: 30, withCase: true }]]);

  it('takes so many, held as by a claim; the others wait their turn', async () => {
    const first = await world.entered(['full', 'full', 'delta']);
    const { claimed, woken } = await world.plan(first, one);
    expect([...woken]).toEqual([]);
    expect(claimed).toMatchObject([{ streamId: first, sequence: 2, claim: 1, covers: 'superseded', purpose: 'send' }]);
    expect((await world.lane(first)).out_until!.getTime()).toBeGreaterThan(Date.now() + 20_000);
    expect(await world.claim()).toBeUndefined();
    await world.settle(claimed[0]!, 'acknowledged');
    expect(await world.states(first)).toEqual(['superseded', 'acknowledged', 'open']);
    const second = await world.entered(['delta']);
    expect(await world.plan(second, new Map([['a', { lanes: 0, outSeconds: 30, withCase: true }]]))).toMatchObject({
      claimed: [],
    });
    expect(await world.lane(second)).toMatchObject({ wait: 'turn', claim: 0 });
  });

  it('takes none that is held, waits, or is parked', async () => {
    const held = await world.caseOf(['delta']);
    await world.claim();
    await world.enters(held, 'delta');
    expect((await world.plan(held, one)).claimed).toEqual([]);
    expect(await world.lane(held)).toMatchObject({ sending: 1, claim: 1, last: 2, wait: null });
    for (const kind of ['parked', 'wait', 'turn', 'doubt'] as const) {
      const stream = await world.caseOf(['delta']);
      await world.settle((await world.claim())!, kind, { waitMs: 60_000 });
      await world.enters(stream, 'delta');
      const before = await world.lane(stream);
      expect((await world.plan(stream, one)).claimed).toEqual([]);
      expect(await world.lane(stream)).toMatchObject({ wait: before.wait, claim: before.claim, worker: null });
      await world.db.pool.query(`delete from lanes where stream_id = $1`, [stream]);
    }
  });

  it('takes none for a worker that was reaped, or whose lease has ended', async () => {
    const stream = await world.entered(['delta']);
    await world.dies();
    expect((await world.plan(stream, one)).claimed).toEqual([]);
    expect(await world.lane(stream)).toMatchObject({ wait: 'turn', worker: null });
  });

  it('takes an idle lane again, from what is new', async () => {
    const stream = await world.caseOf(['delta']);
    await world.settle((await world.claim())!, 'acknowledged');
    await world.enters(stream, 'delta', 'delta');
    expect((await world.plan(stream, one)).claimed).toMatchObject([{ sequence: 2, claim: 2, covers: null }]);
  });

  it('gives back what its process never heard of, and the late begin of it is fenced', async () => {
    const stream = await world.entered(['delta']);
    const [lost] = (await world.plan(stream, one)).claimed;
    expect(await freeStrays(world.db, world.worker, 'a', [])).toEqual([{ streamId: stream, claim: 1 }]);
    expect(await world.lane(stream)).toMatchObject({ wait: 'turn', worker: null, out_until: null });
    expect(await world.claim()).toMatchObject({ claim: 2 });
    expect(await world.settles(lost!, 'acknowledged')).toEqual([]);
  });
});
