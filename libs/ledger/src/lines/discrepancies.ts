import { isByContract, isForPeople } from '#domain';
import { repairs, type LineDiscrepancy, type Repair, type Side } from '#wire';
import type { PoolClient } from 'pg';
import type { Database, Runner } from '../database.js';

/** A difference between the two sides' books, as it is kept. Values in `detail` that name a person are masked. */
export interface OpenDiscrepancy {
  id: string;
  agency: string;
  type: LineDiscrepancy;
  /** The key of the side that has it; of two under one, theirs. */
  key: string;
  streamId: string | null;
  /** Our code of the case, where it is one. */
  caseCode: string | null;
  receivedOn: string;
  detail: DiscrepancyDetail;
  side: Side;
  firstSeenAt: Date;
  firstComparison: string;
  lastComparison: string;
  seen: number;
  /** Seen by two comparisons. */
  counted: boolean;
  settledAt: Date | null;
  settledAs: string | null;
  settledBy: string | null;
  note: string | null;
  repairOperation: string | null;
}

export interface DiscrepancyDetail {
  /** Of each field that differs: ours, theirs. */
  fields?: Record<string, [ours: string | null, theirs: string | null]>;
  /** Progress rows of ours that they lack, where their books say which they have. */
  rows?: string[];
  /** The one action that settles it. */
  settle: Repair;
  /** Their code of the same case. */
  there?: string;
  /** Our codes that are one there. */
  ours?: string[];
  /** How often they have it. */
  times?: number;
  /** Their line's hash, cut, where it is all that they give. */
  hash?: string;
  /** The other code under which they have it as well. */
  as?: string[];
}

const COLUMNS = `d.id, d.agency_id as agency, d.type, d.key, d.stream_id as "streamId", d.received_on::text as "receivedOn", d.detail, d.side,
  d.first_seen_at as "firstSeenAt", d.first_comparison as "firstComparison", d.last_comparison as "lastComparison", d.seen, d.counted,
  d.settled_at as "settledAt", d.settled_as as "settledAs", d.settled_by as "settledBy", d.note, d.repair_operation as "repairOperation",
  (select a.code from aliases a where coalesce(a.moved_from, a.stream_id) = d.stream_id and a.namespace = 'case') as "caseCode"`;

export interface DiscrepancyFilter {
  agency?: string | null;
  type?: string | null;
  side?: string | null;
  /** Default: open ones. */
  all?: boolean;
  /** Seen twice only. */
  counted?: boolean;
  after?: string | null;
  limit?: number;
}

/** In the order of their first sight. */
export async function listDiscrepancies(db: Database, filter: DiscrepancyFilter = {}): Promise<OpenDiscrepancy[]> {
  const { agency = null, type = null, side = null, all = false, counted = false, after = null, limit = 100 } = filter;
  const { rows } = await db.query<OpenDiscrepancy>(
    'discrepancies.list',
    `select ${COLUMNS} from discrepancies d
     where ($1::text is null or agency_id = $1) and ($2::text is null or type = $2) and ($3::text is null or side = $3)
       and ($4 or settled_at is null) and (not $5 or counted) and ($6::bigint is null or id > $6) order by id limit $7`,
    [agency, type, side, all, counted, after, limit],
  );
  return rows;
}

export interface DiscrepancyRepair {
  at: Date;
  repair: string;
  author: string;
  operationId: string | null;
  outcome: string;
  detail: Record<string, unknown> | null;
}

/** With all that was tried. */
export async function findDiscrepancy(
  db: Database,
  id: string,
): Promise<(OpenDiscrepancy & { repairs: DiscrepancyRepair[] }) | undefined> {
  const { rows } = await db.query<OpenDiscrepancy>(
    'discrepancies.find',
    `select ${COLUMNS} from discrepancies d where id = $1`,
    [id],
  );
  if (!rows[0]) return undefined;
  const repairs = await db.query<DiscrepancyRepair>(
    'discrepancies.repairs',
    `select at, repair, author, operation_id as "operationId", outcome, detail from discrepancy_repairs where discrepancy_id = $1 order by id`,
    [id],
  );
  return { ...rows[0], repairs: repairs.rows };
}

export interface DiscrepancyCount {
  agency: string;
  type: LineDiscrepancy;
  open: number;
  counted: number;
}

export async function countDiscrepancies(db: Database, agency: string | null): Promise<DiscrepancyCount[]> {
  const { rows } = await db.query<DiscrepancyCount>(
    'discrepancies.count',
    `select agency_id as agency, type, count(*)::int as open, count(*) filter (where counted)::int as counted from discrepancies
     where settled_at is null and ($1::text is null or agency_id = $1) group by 1, 2 order by 1, 2`,
    [agency],
  );
  return rows;
}

/** A person takes it as it is: it comes back only when it says something else. How many that were. */
export async function takeAsItIs(
  db: Database,
  ids: readonly string[],
  author: string,
  note: string,
): Promise<OpenDiscrepancy['id'][]> {
  const { rows } = await db.query<{ id: string }>(
    'discrepancies.as-it-is',
    `update discrepancies set settled_at = clock_timestamp(), settled_as = 'as-it-is', settled_by = $2, note = $3
     where id = any($1::bigint[]) and settled_at is null returning id`,
    [ids, author, note],
  );
  return rows.map(({ id }) => id);
}

export interface Tried {
  discrepancy: string;
  repair: string;
  author: string;
  operation: string | null;
  /** `ordered`: on its way; `noted`: done outside. The next comparison says whether it helped. */
  outcome: 'ordered' | 'noted' | 'not-possible';
  detail?: Record<string, unknown>;
}

export async function noteRepairs(runner: Runner, tried: readonly Tried[]): Promise<void> {
  if (tried.length === 0) return;
  await runner.query({
    name: 'discrepancies.note-repairs',
    text: `with t as (
        select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::jsonb[]) as t(id, repair, author, operation, outcome, detail)),
      kept as (insert into discrepancy_repairs (discrepancy_id, repair, author, operation_id, outcome, detail) select * from t)
      update discrepancies d set repair_operation = t.operation from t where d.id = t.id and t.outcome = 'ordered'`,
    values: [
      ...[tried.map((t) => t.discrepancy), tried.map((t) => t.repair), tried.map((t) => t.author)],
      ...[tried.map((t) => t.operation), tried.map((t) => t.outcome)],
      tried.map((t) => (t.detail === undefined ? null : JSON.stringify(t.detail))),
    ],
  });
}

/** What was ordered so often without helping waits for a person. */
const MOST_ORDERED = 3;

/**
 * Open, counted ones of a type that nothing was tried about for most of a day and that the hub can settle; those that were tried
 * least come first, so that what is refused each time keeps nothing from its turn. Locked until the transaction ends.
 */
export async function toRepair(
  client: PoolClient,
  agency: string,
  type: string,
  repair: Repair,
  limit: number,
): Promise<OpenDiscrepancy[]> {
  const { rows } = await client.query<OpenDiscrepancy>({
    name: 'discrepancies.to-repair',
    text: `select ${COLUMNS} from discrepancies d
      cross join lateral (select count(*) as times, count(*) filter (where outcome = 'ordered' and author = 'reconciliation') as ordered, max(at) as last
        from discrepancy_repairs r where r.discrepancy_id = d.id) tried
      where agency_id = $1 and type = $2 and settled_at is null and counted and tried.ordered < ${MOST_ORDERED}
        and (tried.last is null or tried.last <= now() - interval '20 hours') and not d.detail ->> 'settle' = any($4::text[])
        and (d.detail ->> 'settle' = $5 or not ($5 = any($6::text[]) or d.detail ->> 'settle' = any($6::text[])))
      order by tried.times, d.id limit $3 for update of d skip locked`,
    values: [agency, type, limit, repairs.filter(isForPeople), repair, repairs.filter(isByContract)],
  });
  return rows;
}

/** What the policy has done today (Asia/Ho_Chi_Minh) at this agency for this type. */
export async function repairedToday(client: PoolClient, agency: string, type: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>({
    name: 'discrepancies.repaired-today',
    text: `select count(*)::int as n from discrepancy_repairs r join discrepancies d on d.id = r.discrepancy_id
      where d.agency_id = $1 and d.type = $2 and r.author = 'reconciliation' and r.outcome = 'ordered'
        and r.at >= date_trunc('day', now() at time zone 'Asia/Ho_Chi_Minh') at time zone 'Asia/Ho_Chi_Minh'`,
    values: [agency, type],
  });
  return rows[0]!.n;
}
