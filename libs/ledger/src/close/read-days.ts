import type { DayCount } from '#domain';
import type { Database } from '../database.js';
import type { AgencyDay } from './count-day.js';

export interface LedgerDay {
  /** ISO, in Asia/Ho_Chi_Minh. */
  day: string;
  openedAt: Date;
  /** Null: it is the open one. */
  cutAt: Date | null;
  /** Null: not counted yet. */
  closedAt: Date | null;
  closedBy: string | null;
  /** Its events; `unplanned` of them were planned by nobody when it was counted: they are planned on a later day. */
  entered: number | null;
  unplanned: number | null;
}

export type LedgerDayWhole = LedgerDay & { agencies: AgencyDay[] };

const COLUMNS = `day::text as day, opened_at as "openedAt", cut_at as "cutAt", closed_at as "closedAt", closed_by as "closedBy", entered, unplanned`;
const COUNTS = `opening, planned, reopened, acknowledged, superseded, closed, carried`;

/** The newest first, before the given day. */
export async function listDays(
  db: Database,
  { before, limit }: { before: string | null; limit: number },
): Promise<(LedgerDay & { total: DayCount })[]> {
  const { rows } = await db.query<LedgerDay & { total: DayCount }>(
    'days.list',
    `select ${COLUMNS}, (
       select json_build_object(${COUNTS.split(', ').map((name) => `'${name}', coalesce(sum(${name}), 0)`).join(', ')})
       from day_counts c where c.day = d.day) as total
     from ledger_days d where $1::date is null or day < $1 order by day desc limit $2`, // prettier-ignore
    [before, limit],
  );
  return rows;
}

/** Undefined: before the first day, or not begun. */
export async function showDay(db: Database, day: string): Promise<LedgerDayWhole | undefined> {
  const { rows } = await db.query<LedgerDayWhole>(
    'days.show',
    `select ${COLUMNS}, coalesce((
       select json_agg(json_build_object('agencyId', agency_id, ${COUNTS.split(', ').map((name) => `'${name}', ${name}`).join(', ')}) order by agency_id)
       from day_counts c where c.day = d.day), '[]') as agencies
     from ledger_days d where day = $1`, // prettier-ignore
    [day],
  );
  return rows[0];
}

export interface DaysBehind {
  /** The open day. */
  open: string;
  /** Cut, and not counted: how many, the first of them and for how long. */
  uncounted: number;
  first: string | null;
  seconds: number;
}

/** How far the close is behind. */
export async function daysBehind(db: Database): Promise<DaysBehind> {
  const { rows } = await db.query<DaysBehind>(
    'days.behind',
    `select (select day::text from ledger_days where cut_at is null) as open, count(*)::int as uncounted, min(day)::text as first,
       coalesce(extract(epoch from clock_timestamp() - min(cut_at)), 0)::float8 as seconds
     from ledger_days where cut_at is not null and closed_at is null`,
  );
  return rows[0]!;
}

/**
 * A closed day counted once more from the deliveries themselves, all of them read: by flows up to and with the day, where the
 * close went by what stood open. Both must come to the same.
 */
export async function recountDay(db: Database, day: string): Promise<AgencyDay[]> {
  const { rows } = await db.query<AgencyDay>(
    'days.recount',
    `with first as (select min(day) as day from ledger_days),
     opens as (
       select agency_id, planned_day as day, 'planned' as fact from deliveries where planned_day is not null
       union all select agency_id, reopened_day, 'reopened' from reopened_deliveries
       union all select d.agency_id, null, 'before' from deliveries d where planned_day is null and coalesce(
         (select r.ended_day is not null from reopened_deliveries r
           where r.stream_id = d.stream_id and r.agency_id = d.agency_id and r.sequence = d.sequence order by r.id limit 1),
         state in ('open', 'parked') or ended_day is not null)),
     ends as (
       select agency_id, ended_day as day, state::text as fact from deliveries where ended_day is not null
       union all select agency_id, ended_day, state::text from reopened_deliveries where ended_day is not null),
     moves as (select *, 1 as n from opens union all select *, -1 from ends)
     select a.id as "agencyId", coalesce(sum(n) filter (where m.day is null or m.day < $1), 0)::int as opening,
       ${['planned', 'reopened', 'acknowledged', 'superseded', 'closed'].map((fact) => `count(*) filter (where m.day = $1 and m.fact = '${fact}')::int as ${fact}`).join(', ')},
       coalesce(sum(n) filter (where m.day is null or m.day <= $1), 0)::int as carried
     from (select id from agencies union select agency_id from moves) a left join moves m on m.agency_id = a.id
     where exists (select from first where first.day <= $1) group by a.id order by a.id`, // prettier-ignore
    [day],
  );
  return rows;
}
