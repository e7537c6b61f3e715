import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { leafHash, MerkleRoot, nextDay, type ChainHead } from '#domain';
import { dice, type Dice } from '../testing/busy-ledger.js';
import { closesDay } from '../testing/closed-day.js';
import { LaneWorld } from '../testing/lane-world.js';
import { merged } from '../testing/merging.js';
import { chainHeads, type Heads } from './chain-heads.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
afterAll(() => world.end());
beforeEach(async () => {
  await world.db.pool.query(
    `truncate streams, aliases, event_ids, events, outbox, plan_cursor, day_counts, ledger_days, operations cascade;
     insert into ledger_days (day) values ('2026-11-01')`,
  );
  await world.clear();
  await world.db.pool.query(`update workers set lease_until = 'infinity'`);
});

/** As docs/statement.md says it: every delivery and every event is looked at, nothing is left to how they came about. */
const AS_SAID = `
select a.code, e.sequence, encode(e.hash, 'hex') as head
from streams s join aliases a on coalesce(a.moved_from, a.stream_id) = s.id and a.namespace = 'case',
  lateral (select sequence, hash from events where stream_id = s.id and (ledger_day is null or ledger_day <= $2) order by sequence desc limit 1) e
where exists (select from deliveries d where d.agency_id = $1 and d.stream_id = s.id and (d.planned_day is null or d.planned_day <= $2))`;

async function asSaid(agency: string, day: string): Promise<Heads> {
  const { rows } = await world.db.pool.query<ChainHead>(AS_SAID, [agency, day]);
  const root = new MerkleRoot();
  for (const head of rows.sort((a, b) => Buffer.compare(Buffer.from(a.code), Buffer.from(b.code)))) root.add(leafHash(head)); // prettier-ignore
  return { streams: root.size, merkleRoot: root.root().toString('hex') };
}

/** Before the first day there were cases, too: they have none. */
const BEFORE_DAYS = `
alter table events disable trigger events_append_only; update events set ledger_day = null; alter table events enable trigger events_append_only;
update deliveries set planned_day = null`;
/** What a merge leaves until its event is planned. */
const LANE_OF_A_MERGE = `insert into lanes (agency_id, stream_id, last, deadline) values ('a', $1, 0, now())`;

/** Cases entered, planned, going on, merged, and days closed in between, in any order. The closed days. */
async function lives(random: Dice): Promise<string[]> {
  const planned: string[] = [];
  const waiting: string[] = [];
  const days: string[] = [];
  const one = (): string | undefined => planned[random(planned.length)];
  for (let n = 0; n < 3; n++) planned.push(await world.caseOf(['full']));
  await world.db.pool.query(BEFORE_DAYS);
  const acts = [
    async () => void planned.push(await world.caseOf(['full', 'delta'])),
    async () => void waiting.push(await world.entered(['full'])),
    // Perhaps on a later day than it was entered on.
    async () => {
      const stream = waiting.shift();
      if (stream) await world.plan(stream);
      if (stream) planned.push(stream);
    },
    async () => void (await world.db.pool.query(LANE_OF_A_MERGE, [await world.entered(['full'])])),
    async () => {
      const stream = one();
      if (stream) await world.grows(stream, 'delta');
    },
    async () => {
      const loser = planned.splice(random(planned.length), 1)[0];
      const into = one();
      if (loser && into) await merged(world, loser, into);
      if (into) await world.plan(into);
    },
    async () => {
      const day = days.length === 0 ? '2026-11-01' : nextDay(days.at(-1)!);
      await closesDay(world.db, day, nextDay(day), 'a', [0, 0, 0, 0]);
      days.push(day);
    },
  ];
  for (let n = 0; n < 40; n++) await acts[random(acts.length)]!();
  await acts.at(-1)!();
  return days;
}

describe('chain heads of any ledger and any closed day', () => {
  it.each([1, 2, 3, 4])('are those that every delivery and event say (seed %i)', async (seed) => {
    const days = await lives(dice(seed * 7_919));
    const sizes = new Set<number>();
    for (const day of days) {
      const heads = await chainHeads(world.db, 'a', day);
      expect({ day, ...heads }).toEqual({ day, ...(await asSaid('a', day)) });
      sizes.add(heads.streams);
    }
    expect(sizes.size).toBeGreaterThan(1);
    expect(await chainHeads(world.db, 'b', days[0]!)).toMatchObject({ streams: 0 });
  });
});
