import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Form } from '#domain';
import { LaneWorld } from '../testing/lane-world.js';
import { reapDead, enlist } from '../workers.js';
import { sweepTimers } from './wake.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

/** What is sent of a lane, one after the other, while the partner accepts everything. */
async function sent(): Promise<number[]> {
  const sequences: number[] = [];
  for (let held = await world.claim(); held; held = await world.claim()) {
    sequences.push(held.sequence);
    await world.settle(held, 'acknowledged');
  }
  return sequences;
}

describe('full states that wait', () => {
  it('are replaced by the newest; the commit that acknowledges it ends the older', async () => {
    const stream = await world.caseOf(['full', 'full', 'full']);
    const held = await world.claim();
    expect(held).toMatchObject({ sequence: 3, covers: 'superseded' });
    expect(await world.states(stream)).toEqual(['open', 'open', 'open']);
    await world.settle(held!, 'acknowledged');
    expect(await world.states(stream)).toEqual(['superseded', 'superseded', 'acknowledged']);
    expect(await world.lane(stream)).toMatchObject({ done: 3, wait: null, worker: null });
  });

  it.each<[Form[], number[]]>([
    [
      ['full', 'full', 'delta', 'full', 'full'],
      [2, 3, 5],
    ],
    [
      ['full', 'barrier', 'full'],
      [1, 2, 3],
    ],
    [
      ['full', 'full', 'result', 'full', 'full'],
      [2, 3, 5],
    ],
    [
      ['delta', 'full', 'full', 'delta'],
      [1, 3, 4],
    ],
    [Array.from({ length: 150 }, (): Form => 'full'), [64, 128, 150]],
  ])('of %j are sent as far as nothing else stands between', async (forms, expected) => {
    const stream = await world.caseOf(forms);
    expect(await sent()).toEqual(expected);
    const states = await world.states(stream);
    expect(states.flatMap((state, i) => (state === 'acknowledged' ? [i + 1] : []))).toEqual(expected);
    expect(new Set(states)).toEqual(new Set(forms.length > 0 ? ['acknowledged', ...leftover(forms, expected)] : []));
    expect(await world.lane(stream)).toMatchObject({ done: forms.length, wait: null });
  });

  it('stay open when the newest is refused, and go with the one after it', async () => {
    const stream = await world.caseOf(['full', 'full']);
    await world.refuse((await world.claim())!);
    expect(await world.states(stream)).toEqual(['open', 'parked']);
    expect(await world.lane(stream)).toMatchObject({ wait: 'person', done: 0 });
    await world.grows(stream, 'delta');
    expect(await world.lane(stream)).toMatchObject({ wait: 'person' });
    expect(await world.claim()).toBeUndefined();
  });

  it('wake a lane that a refusal parked, and make the refused one needless', async () => {
    const stream = await world.caseOf(['full', 'full']);
    await world.refuse((await world.claim())!);
    await world.grows(stream, 'full');
    expect(await sent()).toEqual([3]);
    expect(await world.states(stream)).toEqual(['superseded', 'superseded', 'acknowledged']);
  });

  it('do not pass a parked delta: the lane is looked at and waits for its person again', async () => {
    const stream = await world.caseOf(['delta']);
    await world.refuse((await world.claim())!);
    await world.grows(stream, 'full');
    expect(await world.claim()).toBeUndefined();
    expect(await world.lane(stream)).toMatchObject({ wait: 'person' });
  });

  it('do not wake a lane that a person must settle a doubt of', async () => {
    const stream = await world.caseOf(['full']);
    await world.refuse((await world.claim())!, { inDoubt: true });
    await world.grows(stream, 'full');
    expect(await world.lane(stream)).toMatchObject({ wait: 'person', doubt_at: 1 });
    expect(await world.claim()).toBeUndefined();
  });

  it('never replace one in doubt, nor one whose worker died over it: its key is answered first', async () => {
    const stream = await world.caseOf(['full', 'full']);
    const held = (await world.claim({ outSeconds: 0 }))!;
    await world.dies();
    world.worker = await enlist(world.db, 'other');
    await reapDead(world.db, world.worker);
    await world.grows(stream, 'full');
    await world.passes(stream, 10);
    await sweepTimers(world.db, 0, 10);
    const asked = (await world.claim({ canAsk: true }))!;
    expect(asked).toMatchObject({ sequence: held.sequence, purpose: 'ask', inDoubt: true });
    await world.settle(asked, 'not-held');
    expect(await world.states(stream)).toEqual(['open', 'open 2', 'open']);
    const again = (await world.claim())!;
    expect(again).toMatchObject({ sequence: 2, purpose: 'send', covers: 'superseded' });
    await world.settle(again, 'acknowledged');
    expect(await sent()).toEqual([3]);
    expect(await world.states(stream)).toEqual(['superseded', 'acknowledged', 'acknowledged']);
  });

  it('that no worker died over are free after “not held”', async () => {
    const stream = await world.caseOf(['full']);
    await world.settle((await world.claim({ outSeconds: 0 }))!, 'doubt');
    expect(await world.states(stream)).toEqual(['open 1']);
    await world.grows(stream, 'full');
    await world.passes(stream, 10);
    await sweepTimers(world.db, 0, 10);
    await world.settle((await world.claim({ canAsk: true }))!, 'not-held');
    expect(await world.states(stream)).toEqual(['open', 'open']);
    expect(await sent()).toEqual([2]);
  });
});

const leftover = (forms: readonly Form[], sentOnes: readonly number[]): string[] =>
  sentOnes.length < forms.length ? ['superseded'] : [];
