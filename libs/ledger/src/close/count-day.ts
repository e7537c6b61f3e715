import { DAY_COUNT_NAMES, unexplained, type DayCount } from '#domain';
import type { PoolClient } from 'pg';
import type { Database } from '../database.js';

export interface AgencyDay extends DayCount {
  agencyId: string;
}

/** What a day's deliveries came to isn't what they were: nothing was written. It names numbers, never a case. */
export class DoesNotAddUp extends Error {
  constructor(
    readonly day: string,
    readonly agencies: readonly (AgencyDay & { unexplained: number })[],
  ) {
    super(
      `ngày ${day} không khớp · day ${day} does not add up: ${agencies.map((a) => `${a.agencyId} ${a.unexplained}`).join(', ')}`,
    );
  }
}

const HAS_ENDED = `d.state in ('acknowledged', 'superseded', 'closed')`;

const sameKey = (one: string, other: string): string =>
  `${one}.stream_id = ${other}.stream_id and ${one}.agency_id = ${other}.agency_id and ${one}.sequence = ${other}.sequence`;
/** Rows by their key, whatever the planner thinks of these tables' sizes. */
const byKey = (table: string, keys: string): string =>
  `(select * from ${table} t where ${sameKey('t', keys)} offset 0)`;

const factOf = (fact: string): string =>
  `coalesce((select sum(n) from facts f where f.agency_id = a.id and f.fact = '${fact}'), 0)::int as ${fact}`;

/**
 * What stood open when the day began, was planned on it or reopened on it: nothing else can have ended on it. Each of these
 * either ended (ended_day, or an end that was taken back since) or is carried; the next day begins with those.
 */
const COUNT = `
with c as materialized (
  select d.agency_id, d.stream_id, d.sequence, d.state, d.planned_day, d.ended_day, ${HAS_ENDED} as has_ended, true as was_carried
  from carried_deliveries k cross join lateral ${byKey('deliveries', 'k')} d
  union all
  select d.agency_id, d.stream_id, d.sequence, d.state, d.planned_day, d.ended_day, ${HAS_ENDED}, false from deliveries d where d.planned_day = $1
  union all
  select d.agency_id, d.stream_id, d.sequence, d.state, d.planned_day, d.ended_day, ${HAS_ENDED}, false
  from (select distinct stream_id, agency_id, sequence from (select * from reopened_deliveries where reopened_day = $1 offset 0) r) r
  cross join lateral ${byKey('deliveries', 'r')} d
  where d.planned_day is distinct from $1 and not exists (select from ${byKey('carried_deliveries', 'd')} k)),
stamped as (
  update deliveries d set ended_day = $1 from c
  where c.has_ended and c.ended_day is null and ${sameKey('d', 'c')}),
at_end as materialized (
  select c.*, case when has_ended then coalesce(ended_day, $1) end as ended_on,
    (not has_ended or coalesce(ended_day, $1) > $1) and not exists (
      select from ${byKey('reopened_deliveries', 'c')} r where r.ended_day <= $1 and r.reopened_day > $1) as is_open
  from c),
ended as (
  delete from carried_deliveries k using at_end c
  where c.was_carried and not c.is_open and ${sameKey('k', 'c')}),
carried as (
  insert into carried_deliveries (agency_id, stream_id, sequence)
  select agency_id, stream_id, sequence from at_end where is_open and not was_carried),
facts as (
  select agency_id, 'planned' as fact, count(*) as n from at_end where planned_day = $1 group by 1
  union all select agency_id, state::text, count(*) from at_end where ended_on = $1 group by 1, 2
  union all select agency_id, 'carried', count(*) from at_end where is_open group by 1
  union all select agency_id, 'was carried', count(*) from at_end where was_carried group by 1
  union all select agency_id, 'reopened', count(*) from reopened_deliveries where reopened_day = $1 group by 1
  union all select agency_id, state::text, count(*) from reopened_deliveries where ended_day = $1 group by 1, 2),
-- What the day before wrote down as carried; only the first day finds out by itself.
opened as (
  select agency_id, carried as n from day_counts where day = (select max(day) from ledger_days where day < $1)
  union all
  select agency_id, n from facts where fact = 'was carried' and not exists (select from ledger_days where day < $1))
select a.id as "agencyId", coalesce((select sum(n) from opened o where o.agency_id = a.id), 0)::int as opening,
  ${['planned', 'reopened', 'acknowledged', 'superseded', 'closed', 'carried'].map(factOf).join(', ')}
from (select id from agencies union select agency_id from facts union select agency_id from opened) a order by a.id`;

/** Events of the day, and those of them that nobody has planned until now: no deliveries yet, so they stand in no count. */
const ENTERED = `
select count(*)::int as entered, (count(*) filter (where e.sequence > coalesce(p.planned, 0)))::int as unplanned
from events e left join lateral (select planned from plan_cursor p where p.stream_id = e.stream_id offset 0) p on true
where e.ledger_day = $1`;

const WRITE = `
insert into day_counts (day, agency_id, opening, planned, reopened, acknowledged, superseded, closed, carried)
select $1, * from unnest($2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[])`;

/** The earliest day that is cut and not counted; null: there is none. */
export async function uncountedDay(db: Database): Promise<string | null> {
  const { rows } = await db.query<{ day: string }>(
    'days.uncounted',
    `select day::text as day from ledger_days where closed_at is null and cut_at is not null order by day limit 1`,
  );
  return rows[0]?.day ?? null;
}

/**
 * Counts the earliest day that is cut and writes it down, in one transaction: wholly or not at all, and by one process. Only
 * once every transaction that may write on the day has ended. False: another has counted it.
 */
export function countDay(db: Database, day: string, by: string): Promise<boolean> {
  return db.transaction(async (client) => {
    // Whoever waits here for another's count fails by 40001, begins again and finds it done.
    await client.query('set transaction isolation level repeatable read');
    const locked = await client.query({
      name: 'days.lock',
      text: `select 1 from ledger_days where day = $1 and closed_at is null and cut_at is not null
        and day = (select min(day) from ledger_days where closed_at is null) for update`,
      values: [day],
    });
    if (locked.rowCount !== 1) return false;
    await write(client, day, await countsOf(client, day));
    const { rows } = await client.query<{ entered: number; unplanned: number }>({ text: ENTERED, values: [day] });
    await client.query({
      name: 'days.close',
      text: `update ledger_days set closed_at = clock_timestamp(), closed_by = $2, entered = $3, unplanned = $4 where day = $1`,
      values: [day, by, rows[0]!.entered, rows[0]!.unplanned],
    });
    return true;
  });
}

/** Planned anew each time: what is cheapest depends on the day and on how much is open. */
async function countsOf(client: PoolClient, day: string): Promise<AgencyDay[]> {
  await client.query('set local enable_seqscan = off');
  const { rows } = await client.query<AgencyDay>({ text: COUNT, values: [day] });
  const wrong = rows.map((row) => ({ ...row, unexplained: unexplained(row) })).filter((row) => row.unexplained !== 0);
  if (wrong.length > 0) throw new DoesNotAddUp(day, wrong);
  return rows;
}

async function write(client: PoolClient, day: string, counts: readonly AgencyDay[]): Promise<void> {
  await client.query({
    name: 'days.write',
    text: WRITE,
    values: [day, counts.map((c) => c.agencyId), ...DAY_COUNT_NAMES.map((name) => counts.map((c) => c[name]))],
  });
}
