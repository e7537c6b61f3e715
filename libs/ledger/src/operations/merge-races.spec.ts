import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { Database } from '../database.js';
import { enter } from '../enter.js';
import { LaneWorld } from '../testing/lane-world.js';
import { codeOf, merged, ordered, reported, reportOf, stepped } from '../testing/merging.js';
import { verifyChains } from '../verify-chains.js';
import { followMerges } from './merge.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let world: LaneWorld;
let other: Database;
beforeAll(async () => {
  world = await LaneWorld.begin();
  other = new Database(world.url, 'spec-other', quiet, 4);
});
beforeEach(async () => {
  await world.clear();
  await world.db.pool.query(`truncate operations; update workers set lease_until = now() + interval '1 hour'`);
});
afterAll(async () => {
  await other.close();
  await world.end();
});

/** `second` waits for what `holder` has locked; then the holder commits. */
async function meanwhile<T>(hold: (holder: pg.PoolClient) => Promise<unknown>, second: () => Promise<T>): Promise<T> {
  const holder = await other.pool.connect();
  try {
    await holder.query('begin');
    const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
    await hold(holder);
    const begun = second();
    for (let waits = false; !waits;)
      waits =
        (await other.pool.query(`select 1 from pg_stat_activity where $1 = any(pg_blocking_pids(pid))`, [rows[0]!.pid]))
          .rowCount! > 0;
    await holder.query('commit');
    return await begun;
  } finally {
    holder.release();
  }
}

describe('a merge and intake at once', () => {
  it('the event that waited for the merge is the survivor’s, in its sequence', async () => {
    const [loser, survivor] = [await world.caseOf(['full']), await world.caseOf(['full'])];
    const code = await codeOf(world, loser);
    const operation = await ordered(world, loser, survivor);
    // The merge has locked the streams and waits for a lane; intake waits for the loser, by a code that still leads there.
    const holder = await other.pool.connect();
    await holder.query(`begin; select 1 from lanes where stream_id = ${survivor} for update`);
    const merging = stepped(world, operation);
    await waitingFor(1);
    const entering = enter(other, [reportOf(code, 'delta'), reportOf(code, 'delta')], () => true);
    await waitingFor(2);
    await holder.query('commit');
    holder.release();
    expect((await merging).step.outcome).toBe('merged');
    expect(await entering).toMatchObject([
      { outcome: 'accepted', stream: survivor, sequence: 3 },
      { outcome: 'accepted', stream: survivor, sequence: 4 },
    ]);
    expect(await verifyChains(world.db.pool)).toMatchObject({ broken: 0 });
  });

  it('the merge that waited for an event finds the loser unplanned, and takes nothing from it', async () => {
    const [loser, survivor] = [await world.caseOf(['full']), await world.caseOf(['full'])];
    const operation = await ordered(world, loser, survivor);
    const { step } = await meanwhile(
      async (holder) => {
        await holder.query(`select 1 from streams where id = $1 for update`, [loser]);
        await holder.query(`update streams set last = last + 1 where id = $1`, [loser]);
      },
      () => stepped(world, operation),
    );
    expect(step).toEqual({ outcome: 'unplanned', streams: [loser, survivor] });
    await world.db.pool.query(`update streams set last = last - 1 where id = $1`, [loser]);
    expect((await stepped(world, operation)).step.outcome).toBe('merged');
  });

  it('of many at once: none is lost, doubled or left in the loser, and all chains hold', async () => {
    for (let round = 0; round < 8; round++) {
      const [loser, survivor] = [await world.caseOf(['full']), await world.caseOf(['full'])];
      const codes = await Promise.all([loser, survivor].map((stream) => codeOf(world, stream)));
      const operation = await ordered(world, loser, survivor);
      const entering = Array.from({ length: 6 }, (_, i) =>
        enter(
          i % 2 ? other : world.db,
          [reportOf(codes[i % 2]!, 'delta'), reportOf(codes[(i + 1) % 2]!, 'delta')],
          () => true,
        ),
      );
      for (let outcome = ''; outcome !== 'merged';) {
        await world.plan(loser);
        await world.plan(survivor);
        outcome = (await stepped(world, operation)).step.outcome;
      }
      const answers = (await Promise.all(entering)).flat();
      expect(answers.map((answer) => answer.outcome)).toEqual(Array.from({ length: 12 }, () => 'accepted'));
      const { rows } = await world.db.pool.query<{ events: number; last: number; after: number }>(
        `select (select count(*)::int from events where stream_id = any($1)) as events, sum(last)::int as last,
           (select count(*)::int from events e join streams l on l.id = e.stream_id and l.merged_into is not null
            where l.id = any($1) and e.recorded_at > (select recorded_at from events m where m.stream_id = l.merged_into and m.sequence = l.merged_at)) as after
         from streams where id = any($1)`,
        [[loser, survivor]],
      );
      expect(rows).toEqual([{ events: 15, last: 15, after: 0 }]);
    }
    expect(await verifyChains(world.db.pool)).toMatchObject({ broken: 0 });
  });
});

async function waitingFor(sessions: number): Promise<void> {
  for (;;) {
    const { rows } = await other.pool.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
    );
    if (rows[0]!.n >= sessions) return;
  }
}

describe('a merge and the engine at once', () => {
  it('a lane that is being claimed is waited for, and then held', async () => {
    const loser = await world.caseOf(['delta']);
    await world.refuse((await world.claim())!);
    const survivor = await world.caseOf(['delta', 'delta']);
    const operation = await ordered(world, loser, survivor);
    await meanwhile(
      (holder) =>
        holder.query(
          `update lanes set worker = $2, claim = claim + 1, sending = 1, wait = null, out_until = now() + interval '1 minute' where stream_id = $1`,
          [survivor, world.worker],
        ),
      () => stepped(world, operation),
    );
    expect(await world.lane(survivor)).toMatchObject({ held: true, sending: 1, worker: world.worker });
  });

  it('a claim that meets a merge takes nothing of what is held', async () => {
    const loser = await world.caseOf(['delta']);
    await world.refuse((await world.claim())!);
    const survivor = await world.caseOf(['delta']);
    for (let round = 0; round < 5; round++) {
      const operation = round === 0 ? await ordered(world, loser, survivor) : undefined;
      const [claims] = await Promise.all([world.claims(), operation && stepped(world, operation)]);
      for (const lane of claims.claimed) await world.settle(lane, 'acknowledged');
      await reported(world, loser, 'delta');
      await world.plan(survivor, new Map([['a', { lanes: 1, outSeconds: 60, withCase: true }]]));
      const { rows } = await world.db.pool.query(
        `select sequence from deliveries where stream_id = $1 and state <> 'open' and sequence > 1`,
        [survivor],
      );
      expect(rows).toEqual([]);
    }
  });

  it('a plan that waits for a merge takes no lane that this has held', async () => {
    const survivor = await world.caseOf(['delta']);
    await world.settle((await world.claim())!, 'acknowledged');
    const loser = await world.caseOf(['delta']);
    await world.claim();
    await merged(world, loser, survivor);
    await world.plan(survivor);
    await world.db.pool.query(`update lanes set held = false, done = last, wait = null where stream_id = $1`, [
      survivor,
    ]);
    await reported(world, survivor, 'delta');
    const places = new Map([['a', { lanes: 1, outSeconds: 60, withCase: true }]]);
    const planned = await meanwhile(
      (holder) => holder.query(`update lanes set held = true where stream_id = $1`, [survivor]),
      () => world.plan(survivor, places),
    );
    expect(planned.claimed).toEqual([]);
    expect(await world.lane(survivor)).toMatchObject({ worker: null, wait: 'turn' });
  });

  it('two losers that drain at once let their survivor go, whoever counts first', async () => {
    for (let round = 0; round < 5; round++) {
      const losers = [await world.caseOf(['delta']), await world.caseOf(['delta'])];
      const held = (await world.claims()).claimed;
      const survivor = await world.caseOf(['delta']);
      for (const loser of losers) {
        await merged(world, loser, survivor);
        await world.plan(survivor);
      }
      await Promise.all([
        ...held.map((lane) => world.settle(lane, 'acknowledged').then(() => followMerges(world.db))),
        followMerges(other),
      ]);
      await Promise.all([followMerges(world.db), followMerges(other)]);
      expect(await world.lane(survivor)).toMatchObject({ held: false, wait: 'turn' });
      for (const lane of (await world.claims()).claimed) await world.settle(lane, 'acknowledged');
      await world.db.pool.query(`update lanes set wait = null, done = last`);
    }
    const { rows } = await world.db.pool.query(`select 1 from operations where state = 'running'`);
    expect(rows).toEqual([]);
  });

  it('a lane that could be let go stays held for a merge that commits in that moment', async () => {
    const [first, second] = [await world.caseOf(['delta']), await world.caseOf(['delta'])];
    const held = (await world.claims()).claimed.find((lane) => lane.streamId === first)!;
    const survivor = await world.caseOf(['delta']);
    await merged(world, first, survivor);
    await world.settle(held, 'acknowledged');
    await meanwhile(
      async (holder) => {
        await holder.query(`select 1 from lanes where stream_id = $1 for update`, [survivor]);
        await holder.query(`update streams set merged_into = $2, merged_at = 3 where id = $1`, [second, survivor]);
        await holder.query(`update lanes set held = true where stream_id = $1`, [survivor]);
      },
      () => followMerges(world.db),
    );
    expect(await world.lane(survivor)).toMatchObject({ held: true });
    await world.db.pool.query(`update streams set merged_into = null, merged_at = null where id = $1`, [second]);
  });

  it('two merges that cross, one into the other’s loser, end as a chain', async () => {
    const streams = [await world.caseOf(['delta']), await world.caseOf(['delta']), await world.caseOf(['delta'])];
    const [a, b, c] = streams as [string, string, string];
    const orders = [await ordered(world, a, b), await ordered(world, b, c)];
    for (let left = [...orders]; left.length > 0;) {
      for (const stream of streams) await world.plan(stream);
      const outcomes = await Promise.all(left.map((order) => stepped(world, order)));
      left = left.filter((_, i) => outcomes[i]!.step.outcome !== 'merged');
    }
    expect((await reported(world, a, 'delta'))[0]).toMatchObject({ stream: c });
    expect(await verifyChains(world.db.pool)).toMatchObject({ broken: 0 });
  });
});
