import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LaneWorld } from '../testing/lane-world.js';
import { enlist, reapDead } from '../workers.js';
import { closeDelivery, editDelivery } from './change-one.js';
import { showDeliveries } from './show-delivery.js';
import { settleDoubt, type Recorded } from './settle-doubt.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

const named = (stream: string, sequence: number | null = null) => ({
  agency: 'a',
  stream,
  sequence,
  author: 'lan',
  reason: 'theo công văn',
});
const text = '{"ok":true}';
const hash = createHash('sha256').update(text).digest('hex');
const edit = (stream: string, sequence: number | null = null) =>
  editDelivery(world.db, named(stream, sequence), { text, hash });
const close = (stream: string, sequence: number | null = null) =>
  closeDelivery(world.db, named(stream, sequence), null);
const record = (stream: string, recorded: Recorded) => settleDoubt(world.db, named(stream), recorded);

/** Parked by a refusal. */
async function refused(...forms: Parameters<LaneWorld['caseOf']>[0]): Promise<string> {
  const stream = await world.caseOf(forms);
  await world.refuse((await world.claim())!);
  return stream;
}
/** No answer came, and no copy can be out any more. */
async function doubted(...forms: Parameters<LaneWorld['caseOf']>[0]): Promise<string> {
  const stream = await world.caseOf(forms);
  await world.settle((await world.claim())!, 'doubt');
  await world.passes(stream, 3_600);
  return stream;
}

describe('an edit', () => {
  it('replaces the item as a new revision under a new key, in the lane’s own turn', async () => {
    const stream = await refused('delta', 'delta');
    expect(await edit(stream)).toMatchObject({ outcome: 'done', sequence: 1 });
    const lane = (await world.claim())!;
    expect(lane).toMatchObject({ sequence: 1, revision: 2, edited: text });
    expect(lane.operationId).not.toBeNull();
    await world.settle(lane, 'acknowledged');
    expect((await world.claim())!).toMatchObject({ sequence: 2, revision: 1, edited: null });
  });

  it('is refused while anything of the lane is on its way, may be, or is in doubt', async () => {
    const stream = await refused('delta');
    await world.db.pool.query(`update lanes set out_until = now() + interval '1 minute' where stream_id = $1`, [
      stream,
    ]);
    expect(await edit(stream)).toMatchObject({ outcome: 'copy-out', until: expect.any(Date) });
    expect(await close(stream)).toMatchObject({ outcome: 'copy-out' });
    const sending = await world.caseOf(['delta']);
    await world.claim();
    expect(await edit(sending)).toEqual({ outcome: 'under-way' });
    const inDoubt = await doubted('delta');
    expect(await edit(inDoubt)).toEqual({ outcome: 'in-doubt' });
    expect(await close(inDoubt)).toEqual({ outcome: 'in-doubt' });
    expect(await edit('0')).toEqual({ outcome: 'not-there' });
  });

  it('is refused after a reap, also when the partner said “not held”: only the same key may go', async () => {
    const stream = await world.caseOf(['delta']);
    await world.claim();
    const other = await enlist(world.db, 'other');
    await world.dies();
    await reapDead(world.db, other);
    await world.passes(stream, 3_600);
    expect(await record(stream, 'not-held')).toMatchObject({ outcome: 'done' });
    expect(await edit(stream)).toEqual({ outcome: 'tainted' });
    expect(await close(stream)).toEqual({ outcome: 'tainted' });
    expect(await world.claim({ worker: other })).toMatchObject({
      sequence: 1,
      revision: 1,
      inDoubt: false,
      reaped: true,
    });
  });

  it('gives what could never be mapped its first item', async () => {
    const stream = await world.caseOf(['delta']);
    const unmapped = { owner: 'ours', operation: null, itemHash: null, contractVersion: null, attempts: [] };
    await world.refuse((await world.claim())!, unmapped);
    expect(await edit(stream)).toMatchObject({ outcome: 'done', sequence: 1 });
    expect(await world.claim()).toMatchObject({ sequence: 1, revision: 2, edited: text, attempts: 0 });
  });
});

describe('a close', () => {
  it('ends that delivery only: the next one follows, and `done` moves when it has ended', async () => {
    const stream = await refused('delta', 'delta');
    expect(await close(stream)).toMatchObject({ outcome: 'done', sequence: 1 });
    expect(await world.lane(stream)).toMatchObject({ done: 0, wait: 'turn' });
    const next = (await world.claim())!;
    expect(next.sequence).toBe(2);
    await world.settle(next, 'acknowledged');
    expect(await world.states(stream)).toEqual(['closed', 'acknowledged']);
    expect(await world.lane(stream)).toMatchObject({ done: 2, wait: null });
  });

  it('of a newer state leaves the older, which it would have made needless, to be sent after all', async () => {
    const stream = await refused('full', 'full');
    expect(await world.states(stream)).toEqual(['open', 'parked']);
    expect(await close(stream, 2)).toMatchObject({ outcome: 'done' });
    expect(await world.claim()).toMatchObject({ sequence: 1 });
  });

  it('never ends a revocation', async () => {
    const stream = await world.caseOf(['delta', 'result']);
    await world.settle((await world.claim())!, 'acknowledged');
    await world.settle((await world.claim())!, 'acknowledged');
    await world.grows(stream, 'revocation');
    await world.refuse((await world.claim())!);
    expect(await close(stream)).toEqual({ outcome: 'revocation' });
  });
});

describe('what a person records about a doubt', () => {
  it('counts from when no copy can be out any more, and only where there is one', async () => {
    const stream = await world.caseOf(['delta']);
    expect(await record(stream, 'held')).toEqual({ outcome: 'no-doubt' });
    await world.settle((await world.claim())!, 'doubt');
    expect(await record(stream, 'held')).toMatchObject({ outcome: 'copy-out', until: expect.any(Date) });
    await world.passes(stream, 3_600);
    expect(await record(stream, 'held')).toMatchObject({ outcome: 'done', sequence: 1 });
    expect(await world.states(stream)).toEqual(['acknowledged']);
    expect(await world.lane(stream)).toMatchObject({ done: 1, wait: null, doubt_at: null });
  });

  it('held: what it made needless ends with it, and the lane goes on', async () => {
    const stream = await doubted('full', 'full', 'delta');
    expect(await record(stream, 'held')).toMatchObject({ outcome: 'done', sequence: 2 });
    expect(await world.states(stream)).toEqual(['superseded', 'acknowledged', 'open']);
    expect(await world.lane(stream)).toMatchObject({ done: 2, wait: 'turn' });
    expect(await world.claim()).toMatchObject({ sequence: 3 });
  });

  it('not held: the delivery is open again, untainted, and may be edited or closed', async () => {
    const stream = await doubted('delta');
    expect(await record(stream, 'not-held')).toMatchObject({ outcome: 'done' });
    expect(await world.states(stream)).toEqual(['open']);
    expect(await close(stream)).toMatchObject({ outcome: 'done' });
  });

  it('closed in doubt: it ends, its taint stays to be reconciled; refused where an older state would follow', async () => {
    const stream = await doubted('delta', 'delta');
    expect(await record(stream, 'closed-in-doubt')).toMatchObject({ outcome: 'done' });
    expect(await world.states(stream)).toEqual(['closed 1', 'open']);
    const [shown] = await showDeliveries(world.db, { stream, agency: 'a', sequence: 1, withBody: false });
    expect(shown!.reason).toContain('theo công văn');
    expect(shown!.attempts.map((a) => [a.outcome, a.askedBy])).toEqual([
      ['doubt', 'schedule'],
      ['recorded: closed-in-doubt', 'operator'],
    ]);
    await world.settle((await world.claim())!, 'acknowledged');
    const covering = await doubted('full', 'full');
    expect(await record(covering, 'closed-in-doubt')).toEqual({ outcome: 'covers-older' });
  });

  it('of a result that is then revoked: the revocation is still told', async () => {
    const stream = await world.caseOf(['delta']);
    await world.settle((await world.claim())!, 'acknowledged');
    await world.grows(stream, 'result');
    await world.settle((await world.claim())!, 'doubt');
    await world.grows(stream, 'revocation');
    await world.passes(stream, 3_600);
    expect(await record(stream, 'closed-in-doubt')).toMatchObject({ outcome: 'done' });
    expect(await world.claim()).toMatchObject({ sequence: 3 });
  });
});

describe('showing a delivery', () => {
  it('gives what was sent only where it is asked for', async () => {
    const stream = await refused('delta');
    await edit(stream);
    const show = (withBody: boolean) => showDeliveries(world.db, { stream, agency: null, sequence: null, withBody });
    expect((await show(false))[0]).not.toHaveProperty('body');
    expect((await show(true))[0]).toMatchObject({ body: text, revision: 2, edited: true });
  });
});
