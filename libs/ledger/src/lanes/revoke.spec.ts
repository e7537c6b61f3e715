import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LaneWorld } from '../testing/lane-world.js';
import { parkedGroups } from '../operations/parked.js';
import { sweepTimers } from './wake.js';
import { retryParked } from './retry-parked.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

async function acknowledged(times: number): Promise<void> {
  for (let i = 0; i < times; i++) await world.settle((await world.claim())!, 'acknowledged');
}
async function sent(): Promise<number[]> {
  const sequences: number[] = [];
  for (let { claimed, looked } = await world.claims(); looked > 0; { claimed, looked } = await world.claims())
    for (const held of claimed) {
      sequences.push(held.sequence);
      await world.settle(held, 'acknowledged');
    }
  return sequences;
}

describe('a revocation', () => {
  it('is sent where the result was acknowledged, and what follows it after it', async () => {
    const stream = await world.caseOf(['full', 'result']);
    await acknowledged(2);
    await world.grows(stream, 'revocation', 'delta');
    expect(await sent()).toEqual([3, 4]);
    expect(await world.lane(stream)).toMatchObject({ done: 4, revoke_at: null, wait: null });
  });

  it('ends unsent, and its result with it, where the partner was never told; the rest is sent', async () => {
    const stream = await world.caseOf(['delta', 'result', 'delta', 'revocation', 'delta']);
    expect(await sent()).toEqual([1, 3, 5]);
    expect(await world.states(stream)).toEqual(['acknowledged', 'closed', 'acknowledged', 'closed', 'acknowledged']);
    expect(await world.lane(stream)).toMatchObject({ done: 5, revoke_at: null, wait: null });
  });

  it('of nothing that this agency gets is an event like others', async () => {
    const stream = await world.caseOf(['delta', 'revocation', 'delta']);
    expect(await world.lane(stream)).toMatchObject({ revoke_at: null });
    expect(await sent()).toEqual([1, 2, 3]);
  });

  it('planned while its result is under way waits for its end, and is sent', async () => {
    const stream = await world.caseOf(['result']);
    const held = (await world.claim())!;
    await world.grows(stream, 'revocation');
    expect(await world.claim()).toBeUndefined();
    await world.settle(held, 'acknowledged', { goOn: { outSeconds: 60, withCase: true } });
    expect(await sent()).toEqual([2]);
  });

  it('planned while its result is under way, which is refused: nobody is told anything', async () => {
    const stream = await world.caseOf(['result']);
    const held = (await world.claim())!;
    await world.grows(stream, 'revocation');
    expect((await world.refuse(held)).wait).toBe('turn');
    expect(await sent()).toEqual([]);
    expect(await world.states(stream)).toEqual(['closed', 'closed']);
    expect(await world.lane(stream)).toMatchObject({ done: 2, wait: null });
  });

  it('ends a parked result unsent: nothing of its refusal is left on it', async () => {
    const stream = await world.caseOf(['result']);
    await world.refuse((await world.claim())!);
    await world.grows(stream, 'revocation');
    expect(await sent()).toEqual([]);
    const { rows } = await world.db.pool.query(
      `select state, owner, reason, fingerprint, parked_at from deliveries where stream_id = $1 order by sequence`,
      [stream],
    );
    const ended = { state: 'closed', owner: null, fingerprint: null, parked_at: null };
    expect(rows).toEqual([1, 2].map(() => ({ ...ended, reason: 'revoked before it was sent' })));
    expect(await parkedGroups(world.db, 'a')).toEqual([]);
  });

  it('of a result in doubt is sent, after that doubt is settled either way', async () => {
    for (const [proved, order] of [
      ['acknowledged', [2]],
      ['nothing-proved', [1, 2]],
    ] as const) {
      await world.clear();
      const stream = await world.caseOf(['result']);
      await world.settle((await world.claim({ outSeconds: 0 }))!, 'doubt');
      await world.grows(stream, 'revocation');
      await sweepTimers(world.db, -1, 10);
      await world.settle((await world.claim({ canAsk: true }))!, proved);
      expect(await sent()).toEqual(order);
      expect(await world.states(stream)).toEqual(['acknowledged', 'acknowledged']);
    }
  });

  it('wakes a lane whose head is parked, passes it, and ends it', async () => {
    const stream = await world.caseOf(['result', 'delta']);
    await acknowledged(1);
    await world.refuse((await world.claim())!);
    expect(await world.lane(stream)).toMatchObject({ wait: 'person' });
    await world.grows(stream, 'revocation');
    expect(await world.lane(stream)).toMatchObject({ wait: 'turn', revoke_at: 3 });
    expect(await sent()).toEqual([3]);
    expect(await world.states(stream)).toEqual(['acknowledged', 'closed', 'acknowledged']);
  });

  it('does not wait behind one that is out of its window in doubt: that is tried again', async () => {
    const stream = await world.caseOf(['result']);
    const held = (await world.claim({ outSeconds: 0 }))!;
    await world.grows(stream, 'revocation');
    const step = { owner: 'theirs', reason: 'out', inDoubt: true, expired: true, waitMs: 30_000 };
    const { wait, wakeInMs } = await world.settle(held, 'parked', step);
    expect(wait).toBe('timer');
    expect(wakeInMs).toBeGreaterThan(20_000);
    await sweepTimers(world.db, -60, 10);
    expect(await sent()).toEqual([1, 2]);
  });

  it('waits only where a doubt needs a person', async () => {
    const stream = await world.caseOf(['result']);
    const held = (await world.claim())!;
    await world.grows(stream, 'revocation');
    expect((await world.refuse(held, { inDoubt: true })).wait).toBe('person');
    expect(await world.claim()).toBeUndefined();
    expect(await world.lane(stream)).toMatchObject({ doubt_at: 1, revoke_at: 2 });
  });

  it('that was refused waits for its person, whatever is planned after it', async () => {
    const stream = await world.caseOf(['result']);
    await acknowledged(1);
    await world.grows(stream, 'revocation');
    expect((await world.refuse((await world.claim())!)).wait).toBe('person');
    await world.grows(stream, 'full');
    expect(await world.claim()).toBeUndefined();
    await world.grows(stream, 'revocation');
    expect(await world.claim()).toBeUndefined();
    expect(await world.lane(stream)).toMatchObject({ wait: 'person' });
    await retryParked(world.db, 'a', stream);
    expect((await world.claim())!.sequence).toBe(2);
  });

  it('leaves what is neither it nor its result to be sent before it', async () => {
    const stream = await world.caseOf(['result']);
    await acknowledged(1);
    await world.grows(stream, 'delta', 'full', 'revocation');
    expect(await sent()).toEqual([2, 3, 4]);
    expect(await world.states(stream)).toEqual(Array.from({ length: 4 }, () => 'acknowledged'));
  });

  it('of a result that was issued twice is sent where the partner was told either', async () => {
    const stream = await world.caseOf(['result']);
    await acknowledged(1);
    await world.grows(stream, 'result', 'revocation');
    expect(await sent()).toEqual([3]);
    expect(await world.states(stream)).toEqual(['acknowledged', 'closed', 'acknowledged']);
  });

  it('of a result that was issued twice and never sent ends both', async () => {
    const stream = await world.caseOf(['delta', 'result', 'result', 'revocation']);
    expect(await sent()).toEqual([1]);
    expect(await world.states(stream)).toEqual(['acknowledged', 'closed', 'closed', 'closed']);
  });

  it('is followed by the next one, planned in the moment in which the first is acknowledged', async () => {
    const stream = await world.caseOf(['result']);
    await acknowledged(1);
    await world.grows(stream, 'revocation');
    const held = (await world.claim())!;
    await world.enters(stream, 'result', 'revocation');
    await world.beginsBefore(
      () => world.settle(held, 'acknowledged'),
      () => world.plan(stream),
    );
    expect(await world.lane(stream)).toMatchObject({ done: 2, wait: 'turn' });
    // The second result was never sent, so neither it nor its revocation is.
    expect(await sent()).toEqual([]);
    expect(await world.states(stream)).toEqual(['acknowledged', 'acknowledged', 'closed', 'closed']);
  });
});
