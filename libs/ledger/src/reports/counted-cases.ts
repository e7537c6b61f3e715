import type { CaseReportVersion, EndOf, Verdict } from '#wire';

/** By what the rows of a report are told apart. */
export type ReportBy = 'field' | 'unit' | 'procedure';
export const reportBys = ['field', 'unit', 'procedure'] as const satisfies readonly ReportBy[];

/** Columns (3) to (13) of II.06a/VPCP/KSTT, in their order: what of the counted cases each one counts. */
const columns = {
  received: 'true',
  online: `not carried and channel = 'online'`,
  direct: `not carried and channel is distinct from 'online'`,
  carriedOver: 'carried',
  resolved: 'resolved',
  early: `verdict = 'early'`,
  onTime: `verdict = 'on-time'`,
  overdue: `verdict = 'overdue'`,
  open: 'not resolved',
  openInTime: 'not resolved and in_time',
  openOverdue: 'not resolved and not in_time',
} as const;

export type CaseColumn = keyof typeof columns;
export const caseColumns = Object.keys(columns) as CaseColumn[];
export const isCaseColumn = (name: string): name is CaseColumn => Object.hasOwn(columns, name);
export const countedBy = (column: CaseColumn): string => columns[column];

const ends: Record<EndOf, string> = {
  '9.finishedAt': 'f.nine_finished',
  '10.finishedAt': 'f.ten_finished',
  '9.at': 'f.nine_at',
  '10.at': 'f.ten_at',
};
const pauses = { 5: 'f.in_supplement', 6: 'f.in_payment', 8: 'f.in_pause' } as const;
const text = (verdict: Verdict): string => `'${verdict}'`;

/** The day in Vietnam, which has kept UTC+7 since 1975: arithmetic, so that a million of them cost nothing. */
export const dayOf = (at: string): string => `((${at}) at time zone interval '+07:00')::date`;

/** What was prolonged later doesn't change a period that is over. */
const dueAt = (moment: string): string =>
  `case when f.due_since is null then f.due_at else due_as_of(f.due_since, f.due_was, ${moment}) end`;

/** What of a definition says how cases are counted. */
export type Practice = Pick<CaseReportVersion, 'endedAt' | 'refused' | 'withdrawn' | 'withoutDue' | 'pauses'>;

/** Parameters of every statement over the counted cases. */
export interface Bounds {
  /** Days in Vietnam. */
  first: string;
  last: string;
  /** The day on which what is still open is judged: the period's last, or today while it lasts. */
  asOn: string;
}
export const boundsOf = ({ first, last, asOn }: Bounds): string[] => [first, last, asOn];

/**
 * For `with`: the cases that a period ($1 to $2) counts, one row each: received by its last day, and not over before its
 * first. A definition's words are chosen from tables here; none is taken into the statement.
 */
export function countedCases(version: Practice, by: ReportBy): string {
  const end = `coalesce(${version.endedAt.map((name) => ends[name]).join(', ')})`;
  const refused = version.refused === 'resolved' ? ', f.refused_at' : '';
  const paused =
    version.pauses.map((status) => `coalesce(${pauses[status]} @> p.moment, false)`).join(' or ') || 'false';
  return `
p as not materialized (
  select $1::date as first, $2::date as last, $3::date as as_on, ($1::date)::timestamp at time zone interval '+07:00' as began,
    ($2::date + 1)::timestamp at time zone interval '+07:00' as until,
    ($3::date + 1)::timestamp at time zone interval '+07:00' - interval '1 microsecond' as moment),
f as (
  select f.*, ${end} as finished_at, coalesce(${end}, f.withdrawn_at${refused}) as ended_at, ${dueAt('p.moment')} as due from case_facts f, p
  where f.received_at < p.until ${version.refused === 'excluded' ? 'and f.refused_at is null' : ''}),
c as (
  select f.stream_id, f.code, f.procedure, f.${by} as row, f.channel, f.received_at, f.finished_at, f.ended_at, f.due, f.nine_at, f.ten_at,
    f.supplements_asked, f.in_supplement, f.finished_in, f.finished_by, p.moment, p.until, f.received_at < p.began as carried,
    coalesce(f.ended_at < p.until, false) as resolved,
    case when f.ended_at is null or f.ended_at >= p.until then null
      when f.finished_at is null then ${text(version.withdrawn)}
      when f.due is null then ${text(version.withoutDue)}
      when ${dayOf('f.finished_at')} < ${dayOf('f.due')} then 'early'
      when ${dayOf('f.finished_at')} = ${dayOf('f.due')} then 'on-time' else 'overdue' end as verdict,
    f.due is null or ${dayOf('f.due')} >= p.as_on or ${paused} as in_time
  from f, p where f.received_at >= p.began or f.ended_at is null or f.ended_at >= p.began)`;
}
