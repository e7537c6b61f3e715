import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimLanes } from './lanes/claim.js';
import { settleAll, commitOutcomes } from './lanes/settle.js';
import { outcomeFor } from './testing/outcome-for.js';
import { LaneWorld } from './testing/lane-world.js';

/** Beyond this PostgreSQL has made its one plan for ever of a prepared statement. */
const CUSTOM_PLANS = 5;
const MANY = 300;

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
  await world.clear();
  // Nobody may come to the planner's help.
  for (const table of ['aliases', 'streams', 'events', 'event_ids', 'plan_cursor', 'lanes', 'deliveries'])
    await world.db.pool.query(`alter table ${table} set (autovacuum_enabled = off)`);
});
afterAll(() => world.end());

const places = (): Map<string, { lanes: number; outSeconds: number; withCase: boolean }> =>
  new Map([['a', { lanes: 1, outSeconds: 60, withCase: true }]]);

/** A case's whole way, twice: taken by the plan, settled plainly and grown; waiting its turn, claimed and settled by the general statement. */
async function oneOfEach(): Promise<void> {
  const stream = await world.entered(['delta']);
  const { claimed } = await world.plan(stream, places());
  await commitOutcomes(world.db, world.worker, claimed.map((lane) => outcomeFor(lane, 'acknowledged', { attempts: [attempt] }))); // prettier-ignore
  await world.enters(stream, 'delta');
  await world.caseOf(['delta']);
  const turn = { worker: world.worker, agency: 'a', limit: 1, late: 0, outSeconds: 60, canAsk: false, withCase: true };
  const { claimed: waiting } = await claimLanes(world.db, turn);
  await settleAll(world.db, world.worker, waiting.map((lane) => outcomeFor(lane, 'acknowledged', { attempts: [attempt] }))); // prettier-ignore
}

const attempt = {
  operation: 'op',
  itemHash: null,
  startedAt: 0,
  endedAt: 1,
  outcome: 'acknowledged',
  inDoubt: false,
  reply: null,
};

/** Rows fetched, needed or not. */
async function rowsRead(): Promise<Record<string, number>> {
  await world.db.pool.query(`select pg_stat_force_next_flush()`);
  const { rows } = await world.db.pool.query<{ name: string; read: number }>(
    `select relname as name, (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_user_tables
     where relname in ('aliases', 'streams', 'events', 'event_ids', 'plan_cursor', 'lanes', 'deliveries')`,
  );
  return Object.fromEntries(rows.map(({ name, read }) => [name, read]));
}

describe('statements that were planned while the ledger was empty', () => {
  it('look every row up by its key when it has grown', async () => {
    for (let n = 0; n <= CUSTOM_PLANS + 1; n++) await oneOfEach();
    for (let n = 0; n < MANY; n++) await world.caseOf(['delta'], 7_200);
    await world.db.pool.query(`update lanes set wait = 'person' where wait = 'turn'`);
    const before = await rowsRead();
    for (let n = 0; n < 10; n++) await oneOfEach();
    const after = await rowsRead();
    for (const table of Object.keys(after))
      expect({ table, isFew: after[table]! - before[table]! < 10 * 40 }).toEqual({ table, isFew: true });
  });
});
