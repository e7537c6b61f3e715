import type { Database } from './database.js';
import { countCases, sumOf, type FigureCaseRow } from './figures/count-period.js';
import type { UnderWay } from './reconcile.js';
import { refreshFacts } from './reports/refresh-facts.js';

/** One procedure's year, or the sum of all. Case systems' own counting: dates of end and due are compared. */
export interface YearFigures {
  /** Entered in the year, and before it but not resolved before it. */
  received: number;
  carriedOver: number;
  resolved: number;
  /** Resolved on a day before, on, or after the day on which it was due. Withdrawn, or without a due day: as the rules say, on time. */
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
 * A year by procedure, for the main job and whoever asks for one place's year: the same count as the published figures and
 * II.06a, from the same facts by the same rules, so that no two of them can differ. `enteredBy`: whose cases; null: everybody's.
 */
export async function yearReport(db: Database, year: number, enteredBy: string | null = null): Promise<YearReport> {
  await refreshFacts(db);
  const period = { from: `${year}-01-01`, to: `${year}-12-31` };
  const rows = await countCases(db.pool, { period, ...(enteredBy === null ? {} : { enteredBy }) });
  const byProcedure = [...Map.groupBy(rows, ({ procedure }) => procedure)].sort(([a], [b]) => (a < b ? -1 : 1));
  const all = yearFigures(rows);
  return {
    year,
    ...all,
    unresolved: all.received - all.resolved,
    procedures: byProcedure.map(([procedure, some]) => ({ procedure, ...yearFigures(some) })),
  };
}

function yearFigures(rows: readonly FigureCaseRow[]): YearFigures {
  const sum = sumOf(rows);
  return {
    received: sum['cases-received'],
    carriedOver: sum['cases-carried-over'],
    resolved: sum['cases-resolved'],
    early: sum['cases-resolved-early'],
    onTime: sum['cases-resolved-on-time'],
    overdue: sum['cases-resolved-overdue'],
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
         where not c.ended and c.afterwards_since is null)::int as asked`,
  );
  return rows[0]!;
}
