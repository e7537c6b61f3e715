import type { Database } from './database.js';
import type { UnderWay } from './reconcile.js';

/** One procedure's year, or the sum of all. Case systems' own counting: dates of end and due are compared. */
export interface YearFigures {
  /** Entered in the year, and before it but not resolved before it. */
  received: number;
  carriedOver: number;
  resolved: number;
  /** Resolved on a day before, on, or after the day on which it was due. Without a due day: on time. */
  early: number;
  onTime: number;
  overdue: number;
}

export interface YearReport extends YearFigures {
  year: number;
  unresolved: number;
  procedures: (YearFigures & { procedure: string })[];
}

/**
 * What the ledger's events say of a year, by the days of Asia/Ho_Chi_Minh. The end is the one that status 9 names, else
 * 10's. $2: who entered the cases, null for everybody.
 */
const YEAR = `
with bounds as (select make_date($1, 1, 1) as first, make_date($1, 12, 31) as last),
finished as (
  select distinct on (stream_id) stream_id, ((body->>'finishedAt')::timestamptz at time zone 'Asia/Ho_Chi_Minh')::date as on_day
  from events where type = 'vn.lienthong.case.status-changed.v1' and status in (9, 10) and body->>'finishedAt' is not null
  order by stream_id, status, sequence),
cases as (
  select s.procedure, s.opened_on < b.first as carried, f.on_day <= b.last as resolved, f.on_day as finished_on,
    (s.due_at at time zone 'Asia/Ho_Chi_Minh')::date as due_on
  from streams s cross join bounds b left join finished f on f.stream_id = s.id
  where s.kind = 'case' and s.opened_on <= b.last and (s.opened_on >= b.first or f.on_day is null or f.on_day >= b.first)
    and ($2::text is null or s.entered_by = $2))
select procedure, count(*)::int as received, count(*) filter (where carried)::int as "carriedOver",
  count(*) filter (where resolved)::int as resolved,
  count(*) filter (where resolved and finished_on < due_on)::int as early,
  count(*) filter (where resolved and (due_on is null or finished_on = due_on))::int as "onTime",
  count(*) filter (where resolved and finished_on > due_on)::int as overdue
from cases group by procedure order by procedure`;

export async function yearReport(db: Database, year: number, enteredBy: string | null = null): Promise<YearReport> {
  const { rows: procedures } = await db.query<YearFigures & { procedure: string }>('figures.year', YEAR, [
    year,
    enteredBy,
  ]);
  const sum = (name: keyof YearFigures): number => procedures.reduce((all, each) => all + each[name], 0);
  const [received, resolved] = [sum('received'), sum('resolved')];
  return {
    year,
    received,
    carriedOver: sum('carriedOver'),
    resolved,
    early: sum('early'),
    onTime: sum('onTime'),
    overdue: sum('overdue'),
    unresolved: received - resolved,
    procedures,
  };
}

export interface Standing extends UnderWay {
  /** Cases whose agency has them and hasn't given its final answer: they are asked about again. */
  asked: number;
}

/**
 * Everything that still moves by itself, in one snapshot: what leaves one count is in the next already. All but `parked`
 * at 0: at rest, until somebody reports something.
 */
export async function standing(db: Database): Promise<Standing> {
  const { rows } = await db.query<Standing>(
    'figures.standing',
    `select (select count(*) from outbox)::int as unpublished,
       (select count(*) from plan_cursor p join streams s on s.id = p.stream_id where p.planned < s.last)::int as unplanned,
       ((select count(*) from lanes where wait = 'turn') + (select count(*) from lanes where wait = 'timer')
         + (select count(*) from lanes where worker is not null))::int as waiting,
       (select count(*) from lanes where wait = 'person')::int as parked,
       (select count(*) from collections c join lanes l on l.agency_id = c.agency_id and l.stream_id = c.stream_id and l.done > 0
         where not c.ended)::int as asked`,
  );
  return rows[0]!;
}
