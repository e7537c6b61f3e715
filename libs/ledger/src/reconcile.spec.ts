import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventIdFor } from '#wire';
import { commitOutcomes } from './lanes/settle.js';
import { enter } from './enter.js';
import { carryOn, takeOperations } from './operations/carry-on.js';
import { mergeStreams, orderMerge } from './operations/merge.js';
import { plan } from './plan.js';
import { Reckoning, underWay } from './reconcile.js';
import { CountedWorld, hashOf, itemOf, outcomeOf } from './testing/counted-world.js';

let world: CountedWorld;
beforeAll(async () => {
  world = await CountedWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

const clean = {
  lost: 0,
  doubled: 0,
  doubted: 0,
  repeated: 0,
  outOfOrder: 0,
  unknownAtHub: 0,
  unsettled: 0,
  unexpected: 0,
  waiting: 0,
  parked: 0,
  closed: 0,
  brokenChains: 0,
  retried: 0,
};

describe('a count of the books after a merge', () => {
  it('finds each item by the code it went by, and what who entered the loser is owed since', async () => {
    const [loser, survivor] = [await world.caseOf('L-1'), await world.caseOf('S-1')];
    await world.planned([loser, survivor]);
    await world.deliver();
    await world.db.pool.query(`truncate operations`);
    const ordered = await orderMerge(world.db, { loser: 'L-1', into: 'S-1', author: 'lan', reason: 'r' });
    const { id } = (ordered as { operation: { id: string } }).operation;
    await takeOperations(world.db, world.worker);
    await carryOn(world.db, world.worker, id, async (client, locked) => (await mergeStreams(client, locked)).batch);
    const before = await world.count();
    expect(before).toMatchObject({ lost: 0, doubled: 0, outOfOrder: 0, unknownAtHub: 0, entered: 6, brokenChains: 0 });
    // The portal knew the case by the loser's code only.
    await world.db.pool.query(`update lanes set known_as = 'L-1' where agency_id = 'portal' and stream_id = $1`, [
      survivor,
    ]);
    const type = 'vn.lienthong.case.status-changed.v1' as const;
    const report = { sender: 'records', key: 'L-1/9', type, caseCode: 'L-1', data: { status: 9 }, status: 9 as const };
    expect(await enter(world.db, [report], () => true)).toMatchObject([{ outcome: 'accepted', stream: survivor }]);
    await world.planned([survivor]);
    await world.deliver();
    expect(await world.count()).toMatchObject({
      lost: 0,
      doubled: 0,
      outOfOrder: 0,
      unknownAtHub: 0,
      waiting: 0,
      unexpected: 0,
      brokenChains: 0,
      expected: before.expected + 2,
    });
  });

  it('expects an item once where an agency is owed it by both codes', async () => {
    const [loser, survivor] = [await world.caseOf('L-2'), await world.caseOf('S-2')];
    await world.db.pool.query(`update streams set entered_by = 'portal' where id = $1`, [loser]);
    await world.planned([loser, survivor]);
    await world.deliver();
    const { expected } = await world.count();
    await world.db.pool.query(`update streams set also_entered_by = '{portal}' where id = $1`, [survivor]);
    await world.db.pool.query(`update streams set merged_into = $2, merged_at = 2 where id = $1`, [loser, survivor]);
    expect(await world.count()).toMatchObject({ expected, lost: 0, unexpected: 0, waiting: 0 });
  });
});

describe('a count of the books', () => {
  it('finds everything in order after ten cases', async () => {
    const streams = await Promise.all(Array.from({ length: 10 }, (_, i) => world.caseOf(`C-${i}`)));
    await world.planned(streams);
    await world.deliver();
    // Per case: three events to the portal, one back to the one-stop, one to the records, one to the ministry.
    expect(await world.count()).toMatchObject({
      ...clean,
      entered: 30,
      expected: 60,
      delivered: 50,
      unverified: 10,
      returned: 10,
      discrepancies: [],
    });
    expect(await underWay(world.db)).toEqual({ unpublished: 30, unplanned: 0, waiting: 0, parked: 0 });
  });

  it('takes no state for doubled that an operator’s replay sent once more, and one that came thrice for doubled', async () => {
    const stream = await world.caseOf('C-1');
    await world.planned([stream]);
    await world.deliver();
    await world.db.pool.query(
      `update deliveries set state = 'open', revision = 2 where agency_id = 'portal' and stream_id = $1 and sequence = 3`,
      [stream],
    );
    await world.db.pool.query(
      `update lanes set done = 2, wait = 'turn' where agency_id = 'portal' and stream_id = $1`,
      [stream],
    );
    await world.deliver();
    expect(world.books['portal']).toHaveLength(4);
    expect(await world.count()).toMatchObject({ lost: 0, doubled: 0, outOfOrder: 0, delivered: 5, retried: 1 });
    world.write('portal', 'C-1', world.books['portal']!.at(-1)!.hash);
    expect(await world.count()).toMatchObject({ doubled: 1 });
  });

  it('counts per agency, the sender under entered', async () => {
    await world.planned([await world.caseOf('C-1')]);
    await world.deliver();
    const { byAgency } = await world.count();
    expect(byAgency['one-stop']).toMatchObject({ entered: 2, expected: 1, delivered: 1, returned: 1 });
    expect(byAgency['records']).toMatchObject({ entered: 1, expected: 1, delivered: 1, returned: 0 });
    expect(byAgency['ministry']).toMatchObject({ entered: 0, expected: 1, delivered: 0, unverified: 1 });
  });

  it('takes the contracts of the day on which the case was opened', async () => {
    await world.planned([await world.caseOf('C-1', '2020-12-31')]);
    await world.deliver();
    expect((await world.count()).byAgency['records']).toMatchObject({ expected: 0, delivered: 0, unexpected: 0 });
  });

  it('finds one acknowledged delivery that the partner does not hold', async () => {
    await world.planned([await world.caseOf('C-1'), await world.caseOf('C-2')]);
    await world.deliver();
    world.books['portal'] = world.books['portal']!.filter((line) => line.hash !== hashOf('portal/C-2/2'));
    const result = await world.count();
    expect(result).toMatchObject({ ...clean, lost: 1, delivered: 9 });
    expect(result.discrepancies).toEqual([
      { type: 'acknowledged-not-held', agency: 'portal', code: 'C-2', sequence: 2, line: null },
    ]);
  });

  it('finds a 202 that never became an event', async () => {
    await world.planned([await world.caseOf('C-1')]);
    await world.deliver();
    world.submitted.push({ n: 3, code: 'C-9', eventId: eventIdFor('one-stop', 'C-9') });
    const result = await world.count();
    expect(result).toMatchObject({ ...clean, lost: 1, entered: 4, delivered: 5 });
    expect(result.discrepancies).toEqual([
      { type: 'accepted-not-in-ledger', agency: 'one-stop', code: 'C-9', sequence: null, line: 3 },
    ]);
  });

  it('finds an event that the plan left out, and one that it should have left out', async () => {
    const stream = await world.caseOf('C-1');
    await plan(world.db, [stream], (e) => ({
      recipients: (e.sequence === 1
        ? ['portal', 'records']
        : e.sequence === 2
          ? ['portal', 'one-stop', 'records']
          : ['portal']
      ).map((agency) => ({ agency })),
      collectFrom: [],
    }));
    await world.deliver();
    const result = await world.count();
    expect(result).toMatchObject({ ...clean, lost: 1, unexpected: 1, expected: 6, delivered: 6, unverified: 0 });
    expect(result.discrepancies).toEqual([
      { type: 'not-planned', agency: 'ministry', code: 'C-1', sequence: 1, line: null },
      { type: 'not-entitled', agency: 'records', code: 'C-1', sequence: 2, line: null },
    ]);
  });

  it('finds an open delivery that nothing will wake', async () => {
    await world.planned([await world.caseOf('C-1')]);
    await world.deliver((lane) => (lane.agencyId === 'portal' && lane.sequence === 3 ? 'wait' : 'acknowledged'));
    expect(await world.count()).toMatchObject({ ...clean, waiting: 1 });
    await world.db.pool.query(`update lanes set wait = null where wait = 'timer'`);
    const result = await world.count();
    expect(result).toMatchObject({ ...clean, lost: 1 });
    expect(result.discrepancies).toMatchObject([{ type: 'stuck', agency: 'portal', code: 'C-1', sequence: 3 }]);
  });

  it('counts parked and what waits behind it apart, and neither as lost', async () => {
    await world.planned([await world.caseOf('C-1')]);
    await world.deliver((lane) => (lane.agencyId === 'portal' ? 'parked' : 'acknowledged'));
    expect(await world.count()).toMatchObject({ ...clean, parked: 1, waiting: 2, delivered: 2 });
    expect(await underWay(world.db)).toMatchObject({ waiting: 0, parked: 1 });
  });

  it('counts what nobody has planned yet as waiting', async () => {
    await world.caseOf('C-1');
    expect(await world.count()).toMatchObject({ ...clean, expected: 6, waiting: 6, delivered: 0 });
    expect(await underWay(world.db)).toMatchObject({ unplanned: 1 });
  });

  it('finds a second effect, and says whether a doubt was recorded', async () => {
    await world.planned([await world.caseOf('C-1'), await world.caseOf('C-2')]);
    let doubts = 0;
    await world.deliver((lane) =>
      lane.agencyId === 'portal' && lane.caseCode === 'C-2' && lane.sequence === 1 && doubts++ === 0
        ? 'doubt'
        : 'acknowledged',
    );
    await world.db.pool.query(`update lanes set wait = 'turn', wake_at = null where wait = 'timer'`);
    world.write('portal', 'C-2', hashOf('portal/C-2/1'));
    await world.deliver();
    world.write('records', 'C-1', hashOf('records/C-1/1'));
    const result = await world.count();
    expect(result).toMatchObject({ ...clean, doubled: 2, doubted: 1, retried: 1, delivered: 10 });
    expect(result.discrepancies).toEqual([
      { type: 'doubled', agency: 'records', code: 'C-1', sequence: 1, line: null },
      { type: 'doubled-in-doubt', agency: 'portal', code: 'C-2', sequence: 1, line: null },
    ]);
  });

  it('takes a repeat that the partner recognised for a repeat', async () => {
    await world.planned([await world.caseOf('C-1')]);
    await world.deliver(undefined, 3);
    world.write('portal', 'C-1', hashOf('portal/C-1/1'), 'repeat');
    world.write('portal', 'C-1', hashOf('something'), 'refused');
    await world.db.pool.query(
      `insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, started_at, ended_at, outcome, in_doubt)
       select agency_id, stream_id, sequence, 1, 4, 'schedule', 1, 1, 'op', now(), now(), 'look-up: held', true from deliveries`,
    );
    // Six deliveries of three requests each, and a question that isn't counted.
    expect(await world.count()).toMatchObject({ ...clean, repeated: 1, retried: 12, delivered: 5 });
  });

  it('finds a swapped pair', async () => {
    await world.planned([await world.caseOf('C-1'), await world.caseOf('C-2')]);
    await world.deliver();
    const lines = world.books['portal']!.filter((line) => line.code === 'C-1');
    const [, second, third] = lines;
    [second!.hash, third!.hash] = [third!.hash, second!.hash];
    const result = await world.count();
    expect(result).toMatchObject({ ...clean, outOfOrder: 1, delivered: 10 });
    expect(result.discrepancies).toEqual([
      { type: 'out-of-order', agency: 'portal', code: 'C-1', sequence: 2, line: third!.n },
    ]);
  });

  it('does not take a late repeat of an early item for a swap', async () => {
    await world.planned([await world.caseOf('C-1')]);
    await world.deliver();
    world.write('portal', 'C-1', hashOf('portal/C-1/1'));
    expect(await world.count()).toMatchObject({ outOfOrder: 0, doubled: 1 });
  });

  it('finds what the partner holds and the hub never sent', async () => {
    await world.planned([await world.caseOf('C-1')]);
    await world.deliver();
    world.write('portal', 'C-1', hashOf('alien'));
    world.write('records', 'C-unknown', hashOf('alien'));
    const result = await world.count();
    expect(result).toMatchObject({ ...clean, unknownAtHub: 2, delivered: 5 });
    expect(result.discrepancies.map(({ type, agency, code }) => [type, agency, code])).toEqual([
      ['unknown-at-hub', 'portal', 'C-1'],
      ['unknown-at-hub', 'records', 'C-unknown'],
    ]);
  });

  it('does not take an item for unknown whose request is still under way', async () => {
    await world.planned([await world.caseOf('C-1')]);
    const [lane] = await world.claim('portal', 1, 60);
    world.write('portal', 'C-1', itemOf(lane!));
    expect(await world.count()).toMatchObject({ unknownAtHub: 0, unsettled: 1, waiting: 6, lost: 0 });
  });

  it('knows two events with the same bytes for two', async () => {
    await world.planned([await world.caseOf('C-1')]);
    const same = hashOf('same bytes');
    for (let n = 0; n < 3; n++) {
      const [lane] = await world.claim('portal', 1, 60);
      await commitOutcomes(world.db, world.worker, [outcomeOf(lane!, 'acknowledged', 1, same)]);
    }
    await world.deliver();
    world.write('portal', 'C-1', same);
    world.write('portal', 'C-1', same);
    expect(await world.count()).toMatchObject({ ...clean, delivered: 4, lost: 1 });
    world.write('portal', 'C-1', same, 'repeat');
    expect(await world.count()).toMatchObject({ ...clean, delivered: 5, repeated: 1 });
    world.write('portal', 'C-1', same);
    expect(await world.count()).toMatchObject({ ...clean, delivered: 5, repeated: 1 });
    world.write('portal', 'C-1', same);
    expect(await world.count()).toMatchObject({ ...clean, delivered: 5, repeated: 1, doubled: 1 });
  });

  it('excuses what was acknowledged after the books were cut, and nothing that was acknowledged before', async () => {
    await world.planned([await world.caseOf('C-1')]);
    const reckoning = await Reckoning.begin(world.db);
    for (const id of Object.keys(world.books)) await reckoning.hasBook(id);
    await world.deliver();
    const result = await reckoning.count();
    reckoning.end();
    expect(result).toMatchObject({ lost: 0, waiting: 5, delivered: 0, unverified: 1 });
    world.closeBooks();
    expect(await world.count()).toMatchObject({ lost: 5, waiting: 0, delivered: 0 });
  });
});
