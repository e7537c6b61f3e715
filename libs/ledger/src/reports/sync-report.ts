import type { ReportPeriod } from '#domain';
import type { ServiceIndexVersion } from '#wire';
import type { Database } from '../database.js';
import { boundsFor, paged, type CaseBehind } from './case-report.js';
import { boundsOf } from './counted-cases.js';
import { portalsOf, type JudgedAsk } from './judged-report.js';
import { portalBooks, type SyncBy } from './portal-books.statements.js';

/** Of our cases, by what is counted; then of the portal's own lines. */
const ours = {
  received: 'true',
  online: `channel = 'online'`,
  synced: 'synced',
  notSynced: 'not synced',
  compared: 'compared',
  lostThere: 'lost',
} as const;
const theirs = { onlyThere: 'only_there', doubledThere: 'not only_there' } as const;
type OurColumn = keyof typeof ours;
type TheirColumn = keyof typeof theirs;
/** `atPortal`: synced, and what only the portal has or has more often. */
export type SyncColumn = OurColumn | TheirColumn | 'atPortal';
const ourColumns = Object.keys(ours) as OurColumn[];
const theirColumns = Object.keys(theirs) as TheirColumn[];
export const syncColumns: readonly SyncColumn[] = [...ourColumns, ...theirColumns, 'atPortal'];

export type SyncCounts = Record<SyncColumn, number>;
/** null isn't 0: there is nothing to divide. */
export interface SyncRates {
  denominator: number;
  syncRate: number | null;
  onlineRate: number | null;
  /** What the index makes of the online rate: multiplied by the sync rate. */
  onlineRateCounted: number | null;
}
export interface SyncRow extends SyncCounts, SyncRates {
  /** Empty: cases that name none, and what only the portal has, of which nobody here knows it. */
  row: string;
  name: string | null;
}

/** Where the portal's number comes from. `acknowledged`: no day of the period was compared, so it is our own count of what it took. */
export type CountedAtPortal = 'told' | 'compared' | 'partly-compared' | 'acknowledged';

export interface SyncReport extends Omit<SyncCounts, 'atPortal'>, SyncRates {
  period: ReportPeriod;
  by: SyncBy;
  at: Date;
  portals: string[];
  /** What the national reporting system counts for the same period, where somebody has told it; our own count stands in. */
  reported: number | null;
  atPortal: { count: number; by: CountedAtPortal; /** What the lines say, whatever was told. */ counted: number };
  /** Days of the period that have come, and those whose books were compared. */
  days: { compared: number; of: number };
  rows: SyncRow[];
}

export interface SyncAsk extends Omit<JudgedAsk, 'by'> {
  by: SyncBy;
}

/** Where the rules in force say nothing of it. */
export const usualSync: NonNullable<ServiceIndexVersion['sync']> = {
  notThere: ['missing-there', 'two-under-one'],
  onlyThere: ['missing-here', 'two-under-one'],
  doubledThere: ['doubled-there'],
};

export async function syncReport(
  db: Database,
  ask: SyncAsk,
  told: { reported: number | null; atPortal: number | null },
): Promise<SyncReport> {
  const portals = await portalsOf(db, ask.index.version.portal);
  const books = `with ${portalBooks(ask.practice.version, ask.by)}`;
  const values = parametersOf(ask, portals);
  const kind = ask.by === 'month' ? null : ask.by;
  const { rows: counted } = await db.pool.query<Omit<SyncRow, keyof SyncRates>>({
    text: `${books}, counted as (
        select row, ${ourColumns.map((name) => `count(*) filter (where ${ours[name]}) as "${name}"`).join(', ')}, 0 as "onlyThere", 0 as "doubledThere" from y group by row
        union all select row, 0, 0, 0, 0, 0, 0, sum(lines) filter (where only_there), sum(lines) filter (where not only_there) from surplus group by row),
      summed as (select row, ${[...ourColumns, ...theirColumns].map((name) => `coalesce(sum("${name}"), 0)::int as "${name}"`).join(', ')} from counted group by row)
      select k.*, coalesce(k.row, '') as row, n.name, k.synced + k."onlyThere" + k."doubledThere" as "atPortal"
      from summed k left join report_names n on n.kind = $8 and n.code = k.row order by k.row nulls last`,
    values: [...values, kind],
  });
  const { rows: covered } = await db.pool.query<{ at: Date; compared: number; of: number }>({
    text: `${books} select now() as at, count(distinct day)::int as compared, greatest($3::date - $1::date + 1, 0) as of from days`,
    values,
  });
  const { at, ...days } = covered[0]!;
  const total = Object.fromEntries(
    syncColumns.map((column) => [column, counted.reduce((all, each) => all + each[column], 0)]),
  ) as SyncCounts;
  const { atPortal, ...counts } = total;
  return {
    ...{ period: ask.period, by: ask.by, at, portals, days, ...counts },
    reported: told.reported,
    atPortal: { count: told.atPortal ?? atPortal, by: countedBy(told.atPortal, days), counted: atPortal },
    ...ratesOf(total, told),
    rows: counted.map((row) => ({ ...row, ...ratesOf(row, { reported: null, atPortal: null }) })),
  };
}

function countedBy(told: number | null, { compared, of }: SyncReport['days']): CountedAtPortal {
  if (told !== null) return 'told';
  if (compared === 0) return 'acknowledged';
  return compared < of ? 'partly-compared' : 'compared';
}

function ratesOf(
  { received, online, synced, atPortal }: SyncCounts,
  told: { reported: number | null; atPortal: number | null },
): SyncRates {
  const denominator = Math.max(told.reported ?? received, told.atPortal ?? atPortal);
  const syncRate = denominator === 0 ? null : synced / denominator;
  const onlineRate = received === 0 ? null : online / received;
  const onlineRateCounted = syncRate === null || onlineRate === null ? null : onlineRate * syncRate;
  return { denominator, syncRate, onlineRate, onlineRateCounted };
}

/** What only the portal has is told by its key alone: of it nobody here knows more. */
export async function* syncBehind(
  db: Database,
  ask: SyncAsk & { column: SyncColumn; row?: string },
  pageSize = 5_000,
): AsyncGenerator<CaseBehind> {
  const { column, row } = ask;
  const portals = await portalsOf(db, ask.index.version.portal);
  const ourCases = (where: string): string => `
    select stream_id as id, code, procedure, coalesce(row, '') as row, received_at as "receivedAt", due as "dueAt", ended_at as "endedAt", verdict
    from y where ${where} and ($8::text is null or coalesce(row, '') = $8)`;
  const theirLines = (where: string): string => `
    select id, key, '', coalesce(row, ''), received_on::timestamp at time zone interval '+07:00', null::timestamptz, null::timestamptz, null
    from surplus, generate_series(1, lines) where ${where} and ($8::text is null or coalesce(row, '') = $8)`;
  const named = `select null::bigint as id, '' as code, '' as procedure, '' as row, now() as "receivedAt", null::timestamptz as "dueAt", null::timestamptz as "endedAt", null as verdict where false union all`;
  const lines =
    column === 'atPortal'
      ? `${ourCases(ours.synced)} union all ${theirLines('true')}`
      : column === 'onlyThere' || column === 'doubledThere'
        ? `${named} ${theirLines(theirs[column])}`
        : ourCases(ours[column]);
  const text = `with ${portalBooks(ask.practice.version, ask.by)}, behind as (${lines})
    select code, procedure, row, "receivedAt", "dueAt", "endedAt", verdict from behind order by id, code`;
  yield* paged<CaseBehind>(db, text, [...parametersOf(ask, portals), row ?? null], pageSize);
}

function parametersOf(ask: SyncAsk, portals: readonly string[]): unknown[] {
  const { notThere, onlyThere, doubledThere } = ask.index.version.sync ?? usualSync;
  return [...boundsOf(boundsFor(ask)), portals, notThere, onlyThere, doubledThere];
}
