import type { ReportPeriod } from '#domain';
import type { CaseReportFile, ServiceIndexFile } from '#wire';
import type { Database } from '../database.js';
import { boundsFor, paged } from './case-report.js';
import { boundsOf, type ReportBy } from './counted-cases.js';
import type { DefinitionOn } from './definitions.js';
import { judgedBy, judgedCases, judgedColumns, type JudgedColumn, type JudgementReason } from './judged-cases.js';

export type JudgedCounts = Record<JudgedColumn, number>;
export interface JudgedRow extends JudgedCounts {
  row: string;
  name: string | null;
}

export interface JudgedAsk {
  practice: DefinitionOn<CaseReportFile>;
  index: DefinitionOn<ServiceIndexFile>;
  period: ReportPeriod;
  by: ReportBy;
  today: string;
}

/** A share of the index with what it is made of. null isn't 0: nothing was received. */
export interface Score {
  onTime: number;
  received: number;
  ratio: number | null;
  score: number | null;
  most: number;
}

export interface JudgedReport {
  report: string;
  name: { vi: string; en: string };
  period: ReportPeriod;
  by: ReportBy;
  definitions: { report: string; serial: number; validFrom: string; source: string }[];
  at: Date;
  /** Agencies that are the portal; none: nothing can be late there. */
  portals: string[];
  rows: JudgedRow[];
  total: JudgedCounts;
  reasons: Partial<Record<JudgementReason, number>>;
  /** Denominator: received, not completed. */
  progress: { practice: Score; portal: Score };
}

export async function judgedReport(db: Database, ask: JudgedAsk): Promise<JudgedReport> {
  const { practice, index, period, by } = ask;
  const portals = await portalsOf(db, index.version.portal);
  const counts = judgedColumns.map((name) => `count(*) filter (where ${judgedBy(name)})::int as "${name}"`).join(', ');
  const { rows: counted } = await db.pool.query<
    JudgedRow & { reasons: Partial<Record<JudgementReason, number>>; at: Date }
  >({
    text: `with ${judgedCases(practice.version, index.version, by)},
      counted as (select row, reason, ${counts} from j group by row, reason),
      summed as (select row, ${judgedColumns.map((name) => `sum("${name}")::int as "${name}"`).join(', ')},
        coalesce(json_object_agg(reason, received) filter (where reason is not null), '{}') as reasons from counted group by row)
      select coalesce(k.row, '') as row, n.name, now() as at, k.reasons, ${judgedColumns.map((name) => `k."${name}"`).join(', ')}
      from summed k left join report_names n on n.kind = '${by}' and n.code = k.row order by k.row nulls last`,
    values: parametersOf(ask, portals),
  });
  const total = Object.fromEntries(
    judgedColumns.map((column) => [column, counted.reduce((all, each) => all + each[column], 0)]),
  ) as JudgedCounts;
  const reasons: Partial<Record<JudgementReason, number>> = {};
  for (const row of counted)
    for (const [reason, n] of Object.entries(row.reasons) as [JudgementReason, number][])
      reasons[reason] = (reasons[reason] ?? 0) + n;
  const scored = (onTime: number): Score => scoreOf(onTime, total.received, index.version.progress);
  return {
    report: index.report,
    name: index.name,
    period,
    by,
    definitions: [practice, index].map(({ report, serial, version: { validFrom, source } }) => ({
      report,
      serial,
      validFrom,
      source,
    })),
    at: counted[0]?.at ?? new Date(),
    portals,
    rows: counted.map(({ reasons: _, at: __, ...row }) => row),
    total,
    reasons,
    progress: { practice: scored(total.practiceOnTime), portal: scored(total.portalOnTime) },
  };
}

/** 144,625 of 184,513 is 78.38 %, and 15.68 of 20. */
export function scoreOf(onTime: number, received: number, { most, digits }: { most: number; digits: number }): Score {
  const ratio = received === 0 ? null : onTime / received;
  return { onTime, received, ratio, score: ratio === null ? null : Number((ratio * most).toFixed(digits)), most };
}

export interface JudgedCase {
  code: string;
  procedure: string;
  row: string;
  receivedAt: Date;
  dueAt: Date | null;
  /** The due time that the portal's rule goes by: the procedure's maximum term where the case has none. */
  portalDueAt: Date | null;
  endedAt: Date | null;
  portalEndedAt: Date | null;
  practice: string;
  portal: string;
  reason: JudgementReason | null;
  acknowledgedAt: Date | null;
}

const columns = `code, procedure, coalesce(row, '') as row, received_at as "receivedAt", due as "dueAt", portal_due as "portalDueAt", ended_at as "endedAt",
  portal_end as "portalEndedAt", practice, portal, reason, acknowledged_at as "acknowledgedAt"`;

export async function* judgedBehind(
  db: Database,
  ask: JudgedAsk & { column: JudgedColumn; row?: string },
  pageSize = 5_000,
): AsyncGenerator<JudgedCase> {
  const { practice, index, by, column, row } = ask;
  const portals = await portalsOf(db, index.version.portal);
  const text = `with ${judgedCases(practice.version, index.version, by)}
    select ${columns} from j where ${judgedBy(column)} and ($7::text is null or coalesce(row, '') = $7) order by stream_id`;
  yield* paged<JudgedCase>(db, text, [...parametersOf(ask, portals), row ?? null], pageSize);
}

/** What the portal shows overdue although it was in time here, with what proves it. */
export interface Appeal extends JudgedCase {
  /** Whole days from the due day to the one on which the portal had it, or to today. */
  daysLate: number;
  /** Days from the end here to the acknowledgement. */
  daysUnderWay: number | null;
  /** Sendings of the finishing event, and the first one. */
  attempts: number;
  firstAttemptAt: Date | null;
  /** What the portal answered, and how often: `busy 12, accepted 1`. */
  answers: string | null;
  /** sha-256 of the finishing event within its chain: what this line stands on can be proved. */
  eventHash: string;
}

export async function* appeals(db: Database, ask: JudgedAsk, pageSize = 1_000): AsyncGenerator<Appeal> {
  const portals = await portalsOf(db, ask.index.version.portal);
  const text = `with ${judgedCases(ask.practice.version, ask.index.version, ask.by)}
    select ${columns}, (coalesce(acknowledged_at at time zone interval '+07:00', $6::date)::date - (due at time zone interval '+07:00')::date) as "daysLate",
      (acknowledged_at at time zone interval '+07:00')::date - (ended_at at time zone interval '+07:00')::date as "daysUnderWay",
      a.attempts, a.first as "firstAttemptAt", a.answers, encode(e.hash, 'hex') as "eventHash"
    from j join events e on e.stream_id = j.finished_in and e.sequence = j.finished_by,
      lateral (select coalesce(sum(n), 0)::int as attempts, min(first) as first, string_agg(outcome || ' ' || n, ', ' order by outcome) as answers
        from (select outcome, count(*) as n, min(started_at) as first from attempts t
          where t.stream_id = j.finished_in and t.agency_id = any($5::text[]) and t.sequence >= j.finished_by group by outcome) x) a
    where reason in ('late-sync', 'not-synced') order by j.stream_id`;
  yield* paged<Appeal>(db, text, parametersOf(ask, portals), pageSize);
}

export async function portalsOf(db: Database, protocol: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'reports.portals',
    `select distinct agency_id as id from contracts where document ->> 'protocol' = $1 order by 1`,
    [protocol],
  );
  return rows.map(({ id }) => id);
}

const parametersOf = (ask: JudgedAsk, portals: readonly string[]): unknown[] => [
  ...boundsOf(boundsFor(ask)),
  JSON.stringify(ask.index.version.termUnits),
  portals,
  ask.today,
];
