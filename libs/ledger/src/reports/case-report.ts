import type { ReportPeriod } from '#domain';
import type { CaseReportFile } from '#wire';
import type { Database } from '../database.js';
import {
  boundsOf,
  caseColumns,
  countedBy,
  countedCases,
  type Bounds,
  type CaseColumn,
  type ReportBy,
} from './counted-cases.js';
import type { DefinitionOn } from './definitions.js';

export type CaseCounts = Record<CaseColumn, number>;
export interface CaseRow extends CaseCounts {
  /** Code of the field, unit or procedure; empty where the cases name none. */
  row: string;
  name: string | null;
}

export interface CaseReport {
  report: string;
  name: { vi: string; en: string };
  period: ReportPeriod;
  by: ReportBy;
  definition: { serial: number; validFrom: string; source: string };
  asOn: string;
  at: Date;
  rows: CaseRow[];
  total: CaseCounts;
  /** Cases that no period can count: received, and nobody says when (`report faults` lists them). */
  withoutReceipt: number;
}

/**
 * Alike cases are counted first, so that what tells them apart is worked out once a case and by all workers. In one number:
 * of six keys the planner expects a million groups, and sorts.
 */
const ALIKE = `
kinds as (
  select row, carried::int + 2 * resolved::int + 4 * in_time::int + 8 * (coalesce(channel, '') = 'online')::int
    + 16 * case verdict when 'early' then 1 when 'on-time' then 2 when 'overdue' then 3 else 0 end as kind from c),
counts as (select row, kind, count(*) as n from kinds group by row, kind),
alike as (
  select row, n, kind & 1 > 0 as carried, kind & 2 > 0 as resolved, kind & 4 > 0 as in_time, case when kind & 8 > 0 then 'online' end as channel,
    (array['early', 'on-time', 'overdue'])[kind / 16] as verdict from counts)`;

export interface ReportAsk {
  definition: DefinitionOn<CaseReportFile>;
  period: ReportPeriod;
  by: ReportBy;
  /** The day in Vietnam; what lies after it hasn't come yet. */
  today: string;
}

export const boundsFor = ({
  period: { first, last },
  today,
}: {
  period: Pick<ReportPeriod, 'first' | 'last'>;
  today: string;
}): Bounds => ({
  first,
  last,
  asOn: today < last ? today : last,
});

/** The figures, from facts that the caller has refreshed. */
export async function caseReport(db: Database, ask: ReportAsk): Promise<CaseReport> {
  const { definition, period, by } = ask;
  const bounds = boundsFor(ask);
  const counts = caseColumns
    .map((name) => `coalesce(sum(n) filter (where ${countedBy(name)}), 0)::int as "${name}"`)
    .join(', ');
  const { rows } = await db.pool.query<CaseRow>({
    text: `with ${countedCases(definition.version, by)}, ${ALIKE},
      counted as (select row, ${counts} from alike group by row)
      select coalesce(k.row, '') as row, n.name, ${caseColumns.map((name) => `k."${name}"`).join(', ')}
      from counted k left join report_names n on n.kind = '${by}' and n.code = k.row order by k.row nulls last`,
    values: boundsOf(bounds),
  });
  const { rows: rest } = await db.query<{ at: Date; n: number }>(
    'reports.without-receipt',
    `select now() as at, count(*)::int as n from case_facts where received_at is null and status not in (1, 3, 7)`,
  );
  const sum = (name: CaseColumn): number => rows.reduce((all, each) => all + each[name], 0);
  const { version, serial, report, name } = definition;
  return {
    report,
    name,
    period,
    by,
    definition: { serial, validFrom: version.validFrom, source: version.source },
    asOn: bounds.asOn,
    at: rest[0]!.at,
    rows,
    total: Object.fromEntries(caseColumns.map((column) => [column, sum(column)])) as CaseCounts,
    withoutReceipt: rest[0]!.n,
  };
}

/** One case behind a figure. */
export interface CaseBehind {
  code: string;
  procedure: string;
  row: string;
  receivedAt: Date;
  dueAt: Date | null;
  endedAt: Date | null;
  verdict: string | null;
}

/** `row` undefined: every row's, as the total counts. Cases in the order of their ids, page by page: memory doesn't grow with them. */
export async function* casesBehind(
  db: Database,
  ask: ReportAsk & { column: CaseColumn; row?: string },
  pageSize = 5_000,
): AsyncGenerator<CaseBehind> {
  const { definition, by, column, row } = ask;
  const text = `with ${countedCases(definition.version, by)}
    select stream_id as id, code, procedure, coalesce(row, '') as row, received_at as "receivedAt", due as "dueAt", ended_at as "endedAt", verdict
    from c where ${countedBy(column)} and ($4::text is null or coalesce(row, '') = $4) order by stream_id`;
  for await (const { id: _, ...one } of paged<CaseBehind & { id: string }>(
    db,
    text,
    [...boundsOf(boundsFor(ask)), row ?? null],
    pageSize,
  ))
    yield one;
}

/** Rows of one snapshot through a cursor, its connection given back whether or not they were read to their end. */
export async function* paged<R extends object>(
  db: Database,
  text: string,
  values: unknown[],
  pageSize: number,
): AsyncGenerator<R> {
  const client = await db.pool.connect();
  let broken: Error | undefined;
  const cut = (error: Error): void => void (broken = error);
  client.on('error', cut);
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`declare behind no scroll cursor for ${text}`, values);
    const fetch = (): Promise<{ rows: R[] }> => {
      const page = client.query<R>(`fetch ${pageSize} from behind`);
      // Whoever stops reading doesn't wait for it.
      page.catch(() => undefined);
      return page;
    };
    // The next page is on its way while this one is read.
    let next = fetch();
    for (let { rows } = await next; rows.length > 0; { rows } = await next) {
      next = fetch();
      yield* rows;
    }
  } finally {
    await client.query('rollback').catch((error: Error) => (broken = error));
    client.off('error', cut);
    client.release(broken);
  }
}
