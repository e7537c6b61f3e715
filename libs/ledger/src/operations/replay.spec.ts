import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { replayOf } from '#domain';
import { LaneWorld } from '../testing/lane-world.js';
import { carryOn, takeOperations } from './carry-on.js';
import { orderOperation, type Operation } from './operation.js';
import { lanesOfPeriod, loadToAsk, reenter } from './replay.js';

let world: LaneWorld;
let operation: Operation;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(async () => {
  await world.clear();
  const selection = { from: '2000-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z' };
  operation = await orderOperation(world.db, { kind: 'replay', agency: 'a', author: 'lan', selection });
  await takeOperations(world.db, world.worker);
});
afterAll(() => world.end());

/** A case whose events the partner has all acknowledged. */
async function delivered(...forms: Parameters<LaneWorld['caseOf']>[0]): Promise<string> {
  const stream = await world.caseOf(forms.slice(0, 1));
  await world.settle((await world.claim())!, 'acknowledged');
  for (const form of forms.slice(1)) {
    await world.grows(stream, form);
    await world.settle((await world.claim())!, 'acknowledged');
  }
  return stream;
}
/** Replays one lane as it is now; what the partner lacks is named. */
async function replay(stream: string, missing: number[] = [], meanwhile?: () => Promise<unknown>): Promise<boolean> {
  const lane = (await lanesOfPeriod(world.db, operation, 100)).find((l) => l.streamId === stream)!;
  const heard = new Map(
    lane.deliveries.map((d) => [d.sequence, missing.includes(d.sequence) ? 'missing' : 'held'] as const),
  );
  const step = replayOf(lane.deliveries, heard, true);
  if (step.kind !== 'decided' || step.reopen.length === 0) throw new Error('nothing to send again');
  await meanwhile?.();
  let entered = false;
  await carryOn(world.db, world.worker, operation.id, async (client, locked) => {
    entered = await reenter(client, locked, lane, step.reopen);
    return { cursor: '0', done: 1, failed: 0, ended: false };
  });
  return entered;
}

describe('a replay', () => {
  it('sends the current full state once more under a new key; what it replaced stays ended', async () => {
    const stream = await delivered('full', 'full', 'full');
    expect(await replay(stream)).toBe(true);
    expect(await world.states(stream)).toEqual(['acknowledged', 'acknowledged', 'open']);
    expect(await world.lane(stream)).toMatchObject({ done: 2, wait: 'turn' });
    const lane = (await world.claim())!;
    expect(lane).toMatchObject({
      sequence: 3,
      revision: 2,
      contractVersion: null,
      covers: null,
      operationId: operation.id,
    });
    await world.settle(lane, 'acknowledged');
    expect(await world.lane(stream)).toMatchObject({ done: 3, wait: null });
  });

  it('sends what is missing in order under its own keys, and what comes meanwhile after it', async () => {
    const stream = await delivered('delta', 'delta', 'delta');
    expect(await replay(stream, [2, 3])).toBe(true);
    await world.grows(stream, 'delta');
    const sent: [number, number][] = [];
    for (let lane = await world.claim(); lane; lane = await world.claim()) {
      sent.push([lane.sequence, lane.revision]);
      await world.settle(lane, 'acknowledged');
    }
    expect(sent).toEqual([
      [2, 1],
      [3, 1],
      [4, 1],
    ]);
    expect(await world.lane(stream)).toMatchObject({ done: 4, wait: null });
  });

  it('ends a lane whose last sent one isn’t its last: what followed had ended', async () => {
    const stream = await delivered('full', 'delta');
    await world.db.pool.query(`update deliveries set state = 'closed' where stream_id = $1 and sequence = 2`, [stream]);
    expect(await replay(stream)).toBe(true);
    await world.settle((await world.claim())!, 'acknowledged');
    expect(await world.claim()).toBeUndefined();
    expect(await world.lane(stream)).toMatchObject({ done: 2, wait: null });
  });

  it('leaves a lane alone that somebody has held since it was looked at', async () => {
    const stream = await delivered('full');
    const moved = async (): Promise<void> => {
      await world.grows(stream, 'full');
      await world.settle((await world.claim())!, 'acknowledged');
    };
    expect(await replay(stream, [], moved)).toBe(false);
    expect(await world.states(stream)).toEqual(['acknowledged', 'acknowledged']);
  });

  it('takes a lane that waits for a person from its full state on, and tells a revocation again after its result', async () => {
    const parked = await delivered('full');
    await world.grows(parked, 'delta');
    await world.refuse((await world.claim())!);
    expect(await replay(parked)).toBe(true);
    expect(await world.claim()).toMatchObject({ sequence: 1, revision: 2 });
    const revoked = await delivered('delta', 'result', 'revocation');
    expect(await replay(revoked, [3])).toBe(true);
    expect(await world.lane(revoked)).toMatchObject({ revoke_at: 3, done: 2 });
    expect(await world.claim()).toMatchObject({ sequence: 3, revision: 1 });
  });

  it('looks only at the agency’s cases of the period, and says which are busy', async () => {
    const idle = await delivered('delta');
    const sending = await world.caseOf(['delta']);
    await world.claim();
    const lanes = await lanesOfPeriod(world.db, operation, 100);
    expect(lanes.map((l) => [l.streamId, l.busy])).toEqual([
      [idle, false],
      [sending, true],
    ]);
    const before = { ...operation, selection: { from: '2000-01-01T00:00:00Z', to: '2000-01-02T00:00:00Z' } };
    expect(await lanesOfPeriod(world.db, before, 100)).toEqual([]);
    expect(await loadToAsk(world.db, 'a', [idle], [1])).toMatchObject([{ streamId: idle, sequence: 1, inDoubt: true }]);
  });
});
