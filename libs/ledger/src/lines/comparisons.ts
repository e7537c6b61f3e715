import type { PoolClient } from 'pg';
import { isUniqueViolation, type Database } from '../database.js';
import { keepFile } from './comparison-files.js';

export interface ComparisonOrder {
  agency: string;
  /** ISO, Asia/Ho_Chi_Minh: whose books these are. */
  day: string;
  /** A way of the contract: digest, paged-list … */
  source: string;
  author: string;
  /** Days of receipt; absent: as far back as the contract says. */
  from?: string;
  to?: string;
  /** A spreadsheet that a person brought, from its beginning each time. */
  file?: () => AsyncIterable<Buffer>;
  /** A person says that it is right, however unlike ours or old it looks. */
  sure?: boolean;
}

export type ComparisonState = 'ordered' | 'running' | 'done' | 'refused' | 'failed';

export interface Comparison {
  id: string;
  agency: string;
  day: string;
  source: string;
  coverage: 'both' | 'ours only';
  author: string;
  from: string | null;
  to: string | null;
  cutAt: Date | null;
  beganAt: Date;
  endedAt: Date | null;
  progress: ComparisonProgress | null;
  linesOurs: number | null;
  linesTheirs: number | null;
  inTransit: number | null;
  found: number | null;
  ourDigest: string | null;
  theirDigest: string | null;
  exchanged: number | null;
  state: ComparisonState;
  reason: ComparisonReason | null;
  /** A person said that the file is right, however it looks. */
  sure: boolean;
  /** SHA-256 of the file, hex; null where none was read. */
  fileHash: string | null;
}

export interface ComparisonProgress {
  step: 'refresh' | 'digests' | 'lines' | 'compare';
  done: number;
  of: number | null;
}

/** Why it was refused or failed, or what was noticed about books that were taken. */
export interface ComparisonReason {
  rule: string;
  vi: string;
  en: string;
  row?: number;
}

const COLUMNS = `id, agency_id as agency, day::text, source, coverage, author, range_from::text as "from", range_to::text as "to", cut_at as "cutAt",
  began_at as "beganAt", ended_at as "endedAt", progress, lines_ours::float8 as "linesOurs", lines_theirs::float8 as "linesTheirs",
  in_transit::float8 as "inTransit", found::float8, encode(our_digest, 'hex') as "ourDigest", encode(their_digest, 'hex') as "theirDigest",
  exchanged::float8, state, reason, sure, encode(file_hash, 'hex') as "fileHash"`;

/** Carried out by whichever reconciliation process is free. `open`: one of this agency isn't over yet. */
export async function orderComparison(
  db: Database,
  order: ComparisonOrder,
): Promise<{ outcome: 'ordered' | 'open'; comparison: Comparison }> {
  const { agency, day, source, author, from, to, file, sure = false } = order;
  try {
    const comparison = await db.transaction(async (client) => {
      const { rows } = await client.query<Comparison>({
        name: 'comparisons.order',
        text: `insert into comparisons (agency_id, day, source, author, range_from, range_to, sure) values ($1, $2, $3, $4, $5, $6, $7) returning ${COLUMNS}`,
        values: [agency, day, source, author, from ?? null, to ?? null, sure],
      });
      const [ordered] = rows as [Comparison];
      return file ? { ...ordered, fileHash: await keepFile(client, ordered.id, file()) } : ordered;
    });
    return { outcome: 'ordered', comparison };
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const [open] = await listComparisons(db, { agency, limit: 1 });
    if (!open || open.endedAt) return orderComparison(db, order);
    return { outcome: 'open', comparison: open };
  }
}

export async function listComparisons(
  db: Database,
  { agency = null, limit = 50, before = null }: { agency?: string | null; limit?: number; before?: string | null },
): Promise<Comparison[]> {
  const { rows } = await db.query<Comparison>(
    'comparisons.list',
    `select ${COLUMNS} from comparisons where ($1::text is null or agency_id = $1) and ($3::bigint is null or id < $3) order by id desc limit $2`,
    [agency, limit, before],
  );
  return rows;
}

export async function findComparison(db: Database, id: string): Promise<Comparison | undefined> {
  const { rows } = await db.query<Comparison>('comparisons.find', `select ${COLUMNS} from comparisons where id = $1`, [
    id,
  ]);
  return rows[0];
}

/** Held by the connection that carries it out: when that ends, however it ends, the agency's next one may begin. */
export interface TakenComparison {
  client: PoolClient;
  comparison: Comparison;
}

const LOCK = 8_018;

/**
 * The oldest one that waits, of an agency of which no process carries one out. What is found running without its process is
 * marked failed: nothing that it found was kept, so the next one is exact.
 */
export async function takeComparison(db: Database): Promise<TakenComparison | undefined> {
  const { rows } = await db.query<{ id: string; agency: string }>(
    'comparisons.waiting',
    `select id, agency_id as agency from comparisons where ended_at is null order by id`,
  );
  for (const { id, agency } of rows) {
    const taken = await take(db, id, agency);
    if (taken) return taken;
  }
  return undefined;
}

async function take(db: Database, id: string, agency: string): Promise<TakenComparison | undefined> {
  const client = await db.pool.connect();
  // Lost while the partner is being asked: the next statement rejects, the process goes on.
  client.on('error', () => undefined);
  try {
    const locked = await client.query<{ got: boolean }>(`select pg_try_advisory_lock(${LOCK}, hashtext($1)) as got`, [
      agency,
    ]);
    if (locked.rows[0]!.got) {
      const orphaned = await client.query(
        `with gone as (delete from comparison_files where comparison_id = $1 and exists (select from comparisons where id = $1 and state = 'running'))
         update comparisons set state = 'failed', ended_at = clock_timestamp(), reason = $2 where id = $1 and state = 'running'`,
        [
          id,
          {
            rule: 'stopped',
            vi: 'Tiến trình dừng giữa chừng; chạy lại là đủ',
            en: 'its process stopped halfway; run it again',
          },
        ],
      );
      const { rows } = await client.query<Comparison>(
        `update comparisons set state = 'running', began_at = clock_timestamp() where id = $1 and state = 'ordered' returning ${COLUMNS}`,
        [id],
      );
      if (rows[0] && orphaned.rowCount === 0) return { client, comparison: rows[0] };
    }
  } catch (error) {
    client.release(true);
    throw error;
  }
  await endTaken(client);
  return undefined;
}

/** The agency's next one may begin at once; what was loaded goes with the connection. */
export async function endTaken(client: PoolClient): Promise<void> {
  await client.query('select pg_advisory_unlock_all()').catch(() => undefined);
  client.release(true);
}

export async function showProgress(db: Database, id: string, progress: ComparisonProgress): Promise<void> {
  await db.query('comparisons.progress', `update comparisons set progress = $2 where id = $1 and state = 'running'`, [
    id,
    progress,
  ]);
}

/** This process's clock isn't asked: times of one comparison are PostgreSQL's. `day`: books can't tell of what came after it. */
export async function cutNow(
  client: PoolClient,
  id: string,
  from: string,
  to: string,
  day: string | null,
): Promise<Date> {
  const { rows } = await client.query<{ cut_at: Date }>(
    `update comparisons set range_from = $2, range_to = $3, cut_at = date_trunc('milliseconds',
       least(clock_timestamp(), ($4::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh')) where id = $1 returning cut_at`,
    [id, from, to, day],
  );
  return rows[0]!.cut_at;
}

export type EndedComparison = Pick<
  Comparison,
  'coverage' | 'linesOurs' | 'linesTheirs' | 'inTransit' | 'found' | 'exchanged' | 'reason'
> & { ourDigest: Buffer; theirDigest: Buffer | null };

export async function endComparison(client: PoolClient, id: string, ended: EndedComparison): Promise<void> {
  await client.query(
    `with gone as (delete from comparison_files where comparison_id = $1)
     update comparisons set state = 'done', ended_at = clock_timestamp(), progress = null, coverage = $2, lines_ours = $3, lines_theirs = $4,
       in_transit = $5, found = $6, our_digest = $7, their_digest = $8, exchanged = $9, reason = $10 where id = $1 and state = 'running'`,
    [
      ...[id, ended.coverage, ended.linesOurs, ended.linesTheirs, ended.inTransit, ended.found],
      ...[ended.ourDigest, ended.theirDigest, ended.exchanged, ended.reason],
    ],
  );
}

/** Books that can't be taken, or something of ours that broke: nothing of them counts. */
export async function giveUpComparison(
  db: Database,
  id: string,
  state: 'refused' | 'failed',
  reason: ComparisonReason,
  exchanged: number | null,
): Promise<void> {
  await db.query(
    'comparisons.give-up',
    `with gone as (delete from comparison_files where comparison_id = $1)
     update comparisons set state = $2, ended_at = clock_timestamp(), progress = null, reason = $3, exchanged = $4
     where id = $1 and state = 'running'`,
    [id, state, reason, exchanged],
  );
}

/** Whether one was ordered by the clock since an instant; an agency that wasn't there yet had nothing to compare. */
export async function comparedSince(db: Database, agency: string, since: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    'comparisons.since',
    `select from comparisons where agency_id = $1 and author = 'schedule' and began_at >= $2
     union all select from agencies where id = $1 and created_at >= $2 limit 1`,
    [agency, since],
  );
  return rowCount === 1;
}

/** A case is fetched by those who collect, in their own time. */
const FETCH_TAKES = '1 minute';

/** What reached the discrepancy's agency of its case after a question, or with what was corrected here. */
const reached = (from: '>' | '>='): string => `(select max(x.ended_at) from deliveries x
  where x.agency_id = d.agency_id and x.stream_id = (o.selection ->> 'stream')::bigint and x.sequence ${from} (o.selection ->> 'sequence')::int
    and x.state in ('acknowledged', 'superseded'))`;

/**
 * Days of discrepancies about which all was done that was ordered, and that weren't compared since. A question to a counter is
 * over when something of the case has reached the agency after it.
 */
export async function toCompareAgain(db: Database): Promise<{ agency: string; from: string; to: string }[]> {
  const { rows } = await db.query<{ agency: string; from: string; to: string }>(
    'comparisons.again',
    `with r as (
       select d.agency_id as agency, d.received_on, o.id, case o.kind when 'ask-counter' then ${reached('>')}
           when 'correct-here' then greatest(o.ended_at, ${reached('>=')})
           else greatest(o.ended_at, (select max(x.ended_at) from deliveries x where x.operation_id = o.id)) end as ended
       from discrepancies d join operations o on o.id = d.repair_operation
       where d.settled_at is null and o.state = 'done' and not exists (select from deliveries x where x.operation_id = o.id and x.state = 'open')
         and not (o.kind = 'correct-here' and exists (
           select from streams s join plan_cursor p on p.stream_id = s.id where s.id = (o.selection ->> 'stream')::bigint and p.planned < s.last))
         and (o.kind <> 'fetch' or o.ended_at < now() - interval '${FETCH_TAKES}'))
     select agency, min(received_on)::text as "from", max(received_on)::text as "to" from r
     where ended is not null and not exists (select from comparisons c where c.agency_id = r.agency and c.began_at >= r.ended) group by agency`,
  );
  return rows;
}
