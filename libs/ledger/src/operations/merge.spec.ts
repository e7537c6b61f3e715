import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliveriesOf, findCase } from '../cases.js';
import { enter } from '../enter.js';
import { plan } from '../plan.js';
import { LaneWorld } from '../testing/lane-world.js';
import { codeOf, merged, ordered, reported, reportOf, stepped } from '../testing/merging.js';
import { verifyChains } from '../verify-chains.js';
import { enlist, reapDead } from '../workers.js';
import { followMerges, orderMerge } from './merge.js';
import { cancelOperation, findOperation, orderOperation } from './operation.js';
import { lanesOfPeriod, reenter } from './replay.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(async () => {
  await world.clear();
  await world.db.pool.query(`truncate operations; update workers set lease_until = now() + interval '1 hour'`);
});
afterAll(() => world.end());

const order = (loser: string, into: string) => orderMerge(world.db, { loser, into, author: 'lan', reason: 'r' });
const outcomes = async (loser: string, into: string): Promise<unknown> => {
  const { outcome } = await order(await codeOf(world, loser), await codeOf(world, into));
  return outcome;
};
/** A case that waits for a person. */
const refused = async (): Promise<string> => {
  const stream = await world.caseOf(['delta']);
  await world.refuse((await world.claims()).claimed.find((lane) => lane.streamId === stream)!);
  return stream;
};

describe('a merge that can’t be', () => {
  it('is refused at once, by name', async () => {
    const [one, other, third] = [
      await world.caseOf(['delta']),
      await world.caseOf(['delta']),
      await world.caseOf(['delta']),
    ];
    const code = await codeOf(world, one);
    expect(await order('NO-SUCH', code)).toEqual({ outcome: 'unknown-case', code: 'NO-SUCH' });
    expect(await order(code, 'NO-SUCH')).toEqual({ outcome: 'unknown-case', code: 'NO-SUCH' });
    expect(await outcomes(one, one)).toBe('same-case');
    await world.db.pool.query(`update streams set procedure = 'q' where id = $1`, [third]);
    expect(await order(code, await codeOf(world, third))).toEqual({
      outcome: 'other-procedure',
      loser: 'p',
      survivor: 'q',
    });
    await world.db.pool.query(`update streams set kind = 'petition' where id = $1`, [third]);
    expect(await outcomes(one, third)).toBe('other-kind');
    await merged(world, one, other);
    expect(await outcomes(one, other)).toBe('already-merged');
    expect(await outcomes(one, third)).toBe('already-merged');
    expect(await outcomes(other, one)).toBe('same-case');
  });

  it('says so where it has become so since it was ordered', async () => {
    const [one, other] = [await world.caseOf(['delta']), await world.caseOf(['delta'])];
    const twice = [await ordered(world, one, other), await ordered(world, one, other)];
    expect((await stepped(world, twice[0]!)).step.outcome).toBe('merged');
    expect((await stepped(world, twice[1]!)).step.outcome).toBe('already-merged');
  });
});

describe('two codes that are one case', () => {
  it('both lead to the survivor, whose chain says what became part of it; each keeps its own events', async () => {
    const [loser, survivor] = [await world.caseOf(['full', 'delta']), await world.caseOf(['full'])];
    const code = await codeOf(world, loser);
    const { headHash } = (await findCase(world.db, code))!;
    await merged(world, loser, survivor);
    expect(await reported(world, loser, 'delta')).toMatchObject([
      { outcome: 'accepted', stream: survivor, sequence: 3 },
    ]);
    expect(await reported(world, survivor, 'delta')).toMatchObject([
      { outcome: 'accepted', stream: survivor, sequence: 4 },
    ]);
    const { rows } = await world.db.pool.query(`select type, sender, body from events where stream_id = $1 offset 1`, [
      survivor,
    ]);
    expect(rows[0]).toEqual({
      type: 'vn.lienthong.case.merged.v1',
      sender: 'lienthong.hub',
      body: { code, sequence: 2, headHash },
    });
    expect(await findCase(world.db, code)).toMatchObject({
      streamId: loser,
      last: 2,
      mergedInto: await codeOf(world, survivor),
      merged: [],
    });
    expect(await findCase(world.db, await codeOf(world, survivor))).toMatchObject({
      mergedInto: null,
      merged: [{ code, enteredBy: 'm', since: 2 }],
    });
    expect(await verifyChains(world.db.pool)).toMatchObject({ broken: 0 });
  });

  it('are proved by it: another head than the survivor’s chain names is found', async () => {
    const [loser, survivor] = [await world.caseOf(['full']), await world.caseOf(['full'])];
    await merged(world, loser, survivor);
    await world.db.pool.query(`update streams set merged_at = 1 where id = $1`, [loser]);
    expect((await verifyChains(world.db.pool)).first).toEqual([{ code: await codeOf(world, loser), sequence: null }]);
    await world.db.pool.query(`update streams set merged_at = 2 where id = $1`, [loser]);
  });

  it('share one batch without a sequence twice; a repeat by either code is a repeat', async () => {
    const [loser, survivor] = [await world.caseOf(['full']), await world.caseOf(['full'])];
    await merged(world, loser, survivor);
    const codes = [await codeOf(world, loser), await codeOf(world, survivor)];
    const items = [0, 1, 0, 1].map((i) => reportOf(codes[i]!, 'delta'));
    const sequences = (await enter(world.db, items, () => true)).map((e) => (e as { sequence: number }).sequence);
    expect(sequences).toEqual([3, 4, 5, 6]);
    expect(new Set((await enter(world.db, items, () => true)).map((e) => e.outcome))).toEqual(new Set(['repeated']));
    expect(await verifyChains(world.db.pool)).toMatchObject({ broken: 0 });
  });

  it('keep who may report by which code, the first event of each, and what each sender said last', async () => {
    const [loser, survivor] = [await world.caseOf(['full']), await world.caseOf(['full'])];
    await world.db.pool.query(`update streams set entered_by = 'one' where id = $1`, [loser]);
    const [code, other] = [await codeOf(world, loser), await codeOf(world, survivor)];
    const state = (by: string, says: string) =>
      reportOf(by, 'delta', { sender: 'lltp', key: null, state: says, data: { says } });
    await enter(world.db, [state(code, '4'), state(other, '5')], () => true);
    await world.plan(loser);
    await world.plan(survivor);
    await merged(world, loser, survivor);
    // Asked by two codes, the partner says two things, and each again: nothing new.
    const said = await enter(world.db, [state(code, '4'), state(other, '5'), state(code, '9')], () => true);
    expect(said.map((e) => e.outcome)).toEqual(['unchanged', 'unchanged', 'accepted']);
    const entered = ({ sender }: { sender: string }, stream: { enteredBy: string }) => stream.enteredBy === sender;
    const by = (sender: string, at: string) => reportOf(at, 'delta', { sender });
    const may = await enter(world.db, [by('one', code), by('m', code), by('one', other), by('m', other)], entered);
    expect(may.map((e) => e.outcome)).toEqual(['accepted', 'not-your-case', 'not-your-case', 'accepted']);
    const opens = { procedure: 'p', openedOn: '2021-01-01', dueAt: null };
    const type = 'vn.lienthong.case.received.v1' as const;
    const again = (body: object) =>
      reportOf(code, 'full', { sender: 'one', key: `another ${code}`, type, opens, data: { ...body } });
    expect(await enter(world.db, [again({ code })], entered)).toMatchObject([
      { outcome: 'repeated', stream: loser, sequence: 1 },
    ]);
    expect(await enter(world.db, [again({ code: other })], entered)).toMatchObject([{ outcome: 'conflict' }]);
  });

  it('follow a chain of merges to its end, whichever link is named', async () => {
    const [a, b, c, d] = [
      await world.caseOf(['full']),
      await world.caseOf(['full']),
      await world.caseOf(['full']),
      await world.caseOf(['full']),
    ];
    await merged(world, a, b);
    await world.plan(b);
    await reported(world, a, 'delta');
    await world.plan(b);
    await merged(world, b, c);
    await world.plan(c);
    // Into a case that isn't one any more: into what that has become.
    await merged(world, d, a);
    const [answer] = [await reported(world, a, 'delta'), await reported(world, d, 'delta')].flat();
    expect(answer).toMatchObject({ stream: c, sequence: 4 });
    expect(await findCase(world.db, await codeOf(world, a))).toMatchObject({ mergedInto: await codeOf(world, c) });
    expect((await findCase(world.db, await codeOf(world, c)))!.merged.map((one) => one.since)).toEqual([2, 2, 3]);
    expect(await verifyChains(world.db.pool)).toMatchObject({ broken: 0 });
  });
});

describe('the lanes of a merge', () => {
  it('are held where the loser isn’t through, made where the survivor was unknown, and known there by its code', async () => {
    const [loser, survivor] = [await world.entered(['delta']), await world.entered(['delta'])];
    await world.db.pool.query(`update streams set entered_by = 'one' where id = $1`, [loser]);
    await world.db.pool.query(`insert into agencies (id, name) values ('b', '{}'), ('m', '{}'), ('one', '{}')`);
    const to = (stream: string, agencies: string[]) =>
      plan(world.db, [stream], () => ({ recipients: agencies.map((agency) => ({ agency })), collectFrom: [] }));
    await to(loser, ['a', 'b', 'm']);
    await to(survivor, ['a']);
    await world.settle((await world.claims({ agency: 'm' })).claimed[0]!, 'acknowledged');
    expect(await merged(world, loser, survivor)).toMatchObject({ total: 3, done: 1, state: 'running' });
    const { rows } = await world.db.pool.query(
      `select agency_id as agency, last, held, known_as from lanes where stream_id = $1 order by 1`,
      [survivor],
    );
    const code = await codeOf(world, loser);
    expect(rows).toEqual([
      { agency: 'a', last: 1, held: true, known_as: null },
      { agency: 'b', last: 0, held: true, known_as: code },
      // It entered the survivor itself.
      { agency: 'm', last: 0, held: false, known_as: null },
      { agency: 'one', last: 0, held: false, known_as: code },
    ]);
    await reported(world, survivor, 'delta');
    const direct = new Map([['one', { lanes: 1, outSeconds: 60, withCase: true }]]);
    const planned = await plan(
      world.db,
      [survivor],
      ({ enteredBy, alsoEnteredBy }) => ({
        recipients: [enteredBy, ...alsoEnteredBy].map((agency) => ({ agency })),
        collectFrom: [],
      }),
      { worker: world.worker, places: direct },
    );
    expect(planned.claimed).toMatchObject([{ agencyId: 'one', caseCode: code }]);
    expect((await world.claims({ agency: 'm' })).claimed).toMatchObject([{ caseCode: await codeOf(world, survivor) }]);
  });

  it('say what they wait for, and go on when that has drained', async () => {
    const [loser, survivor] = [await refused(), await world.caseOf(['delta'])];
    const { id } = await merged(world, loser, survivor);
    const code = await codeOf(world, loser);
    expect(await deliveriesOf(world.db, survivor)).toMatchObject([{ sequence: 1, wait: 'turn', heldFor: [code] }]);
    expect(await world.claim()).toBeUndefined();
    expect(await followMerges(world.db)).toEqual(new Set());
    await world.db.pool.query(`update lanes set wait = 'turn' where stream_id = $1`, [loser]);
    await world.db.pool.query(`update deliveries set state = 'open' where stream_id = $1`, [loser]);
    await world.settle((await world.claim())!, 'acknowledged');
    expect(await followMerges(world.db)).toEqual(new Set(['a']));
    expect(await findOperation(world.db, id)).toMatchObject({ state: 'done', done: 1, total: 1 });
    expect(await deliveriesOf(world.db, survivor)).toMatchObject([{ heldFor: null }]);
    expect(await world.claim()).toMatchObject({ streamId: survivor });
  });

  it('of a chain wait for its first link, and of two losers for both', async () => {
    const [a, d] = [await refused(), await refused()];
    const [c, link] = [await world.caseOf(['delta']), await world.caseOf(['delta'])];
    await merged(world, a, link);
    await world.plan(link);
    await merged(world, link, c);
    await world.plan(c);
    await merged(world, d, c);
    const closes = async (stream: string): Promise<void> => {
      await world.db.pool.query(`update deliveries set state = 'closed' where stream_id = $1`, [stream]);
      await world.db.pool.query(`update lanes set wait = 'turn' where stream_id = $1`, [stream]);
      await world.claims();
      await followMerges(world.db);
      await followMerges(world.db);
    };
    const held = async (): Promise<boolean[]> =>
      Promise.all([link, c].map(async (stream) => (await world.lane(stream)).held));
    expect(await held()).toEqual([true, true]);
    await closes(a);
    expect(await held()).toEqual([false, true]);
    for (let { claimed } = await world.claims(); claimed.length > 0; { claimed } = await world.claims())
      for (const lane of claimed) await world.settle(lane, 'acknowledged');
    expect(await world.lane(link)).toMatchObject({ done: 2, last: 2 });
    await followMerges(world.db);
    expect(await held()).toEqual([false, true]);
    await closes(d);
    expect(await held()).toEqual([false, false]);
  });
});

describe('a lane with nothing of its own left', () => {
  it('but held for an earlier merge, holds the next link all the same', async () => {
    const link = await world.caseOf(['delta']);
    await world.settle((await world.claim())!, 'acknowledged');
    const [a, c] = [await refused(), await world.caseOf(['delta'])];
    await merged(world, a, link);
    await plan(world.db, [link], () => ({ recipients: [], collectFrom: [] }));
    expect(await world.lane(link)).toMatchObject({ done: 1, last: 1, held: true });
    expect(await merged(world, link, c)).toMatchObject({ done: 0, total: 1 });
    expect(await world.lane(c)).toMatchObject({ held: true });
    // Counted as if it had moved, so that the release is looked at.
    await world.db.pool.query(`update operations set done = -1`);
    await followMerges(world.db);
    expect(await world.lane(c)).toMatchObject({ held: true });
  });

  it('isn’t opened again by a replay: the survivor may have gone on', async () => {
    const [loser, survivor] = [await world.caseOf(['full']), await world.caseOf(['full'])];
    for (const lane of (await world.claims()).claimed) await world.settle(lane, 'acknowledged');
    const period = { from: '2000-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z' };
    const order = { kind: 'replay', agency: 'a', author: 'lan', selection: period } as const;
    const operation = await orderOperation(world.db, order);
    const [seen] = await lanesOfPeriod(world.db, operation, 10);
    expect(seen).toMatchObject({ streamId: loser, sealed: false });
    await merged(world, loser, survivor);
    expect(await lanesOfPeriod(world.db, operation, 10)).toMatchObject([{ sealed: true }, { sealed: false }]);
    const reopen = [{ sequence: 1, as: 'new-revision' as const }];
    const db = world.db;
    expect(await db.transaction((client) => reenter(client, operation, seen!, reopen))).toBe(false);
    expect(await world.lane(loser)).toMatchObject({ done: 1, wait: null });
  });
});

describe('the operation', () => {
  it('waits until both streams are planned, judged by the ledger', async () => {
    const [loser, survivor] = [await world.entered(['delta']), await world.caseOf(['delta'])];
    const operation = await ordered(world, loser, survivor);
    expect((await stepped(world, operation)).step).toEqual({ outcome: 'unplanned', streams: [loser, survivor] });
    expect(await findOperation(world.db, operation.id)).toMatchObject({ state: 'running', total: null });
    expect(await reported(world, loser, 'delta')).toMatchObject([{ stream: loser, sequence: 2 }]);
    await world.plan(loser);
    await reported(world, survivor, 'delta');
    expect((await stepped(world, operation)).step.outcome).toBe('unplanned');
    await world.plan(survivor);
    expect((await stepped(world, operation)).step.outcome).toBe('merged');
  });

  it('is carried on after a crash, before the merge by who takes it, after it by anybody', async () => {
    const [loser, survivor] = [await refused(), await world.caseOf(['delta'])];
    const operation = await ordered(world, loser, survivor);
    const other = await enlist(world.db, 'other');
    await world.dies();
    await reapDead(world.db, other);
    expect((await stepped(world, operation, other)).step.outcome).toBe('merged');
    await world.dies(other);
    await reapDead(world.db, await enlist(world.db, 'third'));
    await world.db.pool.query(`update deliveries set state = 'closed' where stream_id = $1`, [loser]);
    await world.db.pool.query(`update lanes set done = last, wait = null where stream_id = $1`, [loser]);
    await Promise.all([followMerges(world.db), followMerges(world.db)]);
    expect(await findOperation(world.db, operation.id)).toMatchObject({ state: 'done', done: 1 });
    expect(await world.lane(survivor)).toMatchObject({ held: false });
  });

  it('can be cancelled before the merge, not after: what is held would stay so', async () => {
    const [one, other] = [await refused(), await world.caseOf(['delta'])];
    expect(await cancelOperation(world.db, (await ordered(world, one, other)).id)).toBe(true);
    const { id } = await merged(world, one, other);
    expect(await cancelOperation(world.db, id)).toBe(false);
    expect(await findOperation(world.db, id)).toMatchObject({ state: 'running' });
  });

  it('that waits keeps no other from its turn', async () => {
    const survivor = await world.caseOf(['delta']);
    for (let i = 0; i < 20; i++) {
      await merged(world, await refused(), survivor);
      await world.plan(survivor);
    }
    const [loser, into] = [await world.caseOf(['delta']), await world.caseOf(['delta'])];
    expect(await merged(world, loser, into)).toMatchObject({ total: 1 });
  });
});
