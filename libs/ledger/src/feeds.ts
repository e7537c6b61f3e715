import { isUniqueViolation, type Database } from './database.js';
import { FEW } from './few.js';

/**
 * What the feed doesn't hold yet gets the next positions, in the order given. The counter's row stays locked until the
 * commit: positions commit in order and without a gap, so no reader's cursor passes one that comes later.
 */
const APPEND = `
with given as (select * from unnest($2::uuid[], $3::text[]) with ordinality as g(event_id, body, n)),
held as (
  select e.event_id, e.position, e.body from (select event_id from given ${FEW}) g join feed_entries e on e.event_id = g.event_id and e.agency_id = $1),
fresh as (select event_id, body, row_number() over (order by n) as n, count(*) over () as total from given where event_id not in (select event_id from held)),
counter as (
  insert into feeds as f (agency_id, last) select $1, count(*) from fresh having count(*) > 0
  on conflict (agency_id) do update set last = f.last + excluded.last returning last),
added as (
  insert into feed_entries (agency_id, position, event_id, body)
  select $1, counter.last - fresh.total + fresh.n, event_id, body from fresh cross join counter returning event_id, position)
select coalesce(a.position, h.position)::float8 as position,
  case when h.event_id is null then 'appended' when h.body = g.body then 'held' else 'conflicts' end as outcome
from given g left join added a using (event_id) left join held h using (event_id) order by g.n`;

export interface Appended {
  position: number;
  /** 'held': the same bytes were there before. 'conflicts': other bytes are, and stay. */
  outcome: 'appended' | 'held' | 'conflicts';
}

/** One statement, its own transaction: a process that freezes over it holds nobody else up. Each event once. */
export async function appendToFeed(
  db: Database,
  agency: string,
  events: readonly { id: string; body: string }[],
): Promise<Appended[]> {
  const values = [agency, events.map(({ id }) => id), events.map(({ body }) => body)];
  for (let attempt = 1; ; attempt++) {
    try {
      return (await db.once<Appended>('feeds.append', APPEND, values)).rows;
    } catch (error) {
      // Another worker appended one of them while this one waited for the counter: the next look sees it.
      if (!isUniqueViolation(error) || attempt >= 5) throw error;
    }
  }
}

/** Cut there: a thousand cases of ten megabytes are no page. */
const PAGE_BYTES = 8 * 1_048_576;

/**
 * One snapshot: what it shows of the entries, of the counter and of the acknowledgement belongs together. A row a body (an
 * array of them is slow to read); one row without a body where there is none.
 */
const READ = `
select f.last::float8, f.acknowledged::float8, coalesce($2::bigint, f.acknowledged)::float8 as after, page.body,
  coalesce((select extract(epoch from clock_timestamp() - e.appended_at) from feed_entries e where e.agency_id = $1 and e.position = f.acknowledged + 1), 0)::float8 as behind
from feeds f left join lateral (
  select position, body, sum(octet_length(body)) over (order by position) - octet_length(body) as before
  from (select position, body from feed_entries where agency_id = $1 and position > coalesce($2::bigint, f.acknowledged) order by position limit $3) taken
) page on before < $4
where f.agency_id = $1 order by page.position`;

export interface FeedLag {
  /** Appended and not acknowledged. */
  events: number;
  /** Since the oldest of them was appended. */
  seconds: number;
}

export interface FeedPage {
  /** The position after which these begin, and that of their last. */
  after: number;
  next: number;
  last: number;
  acknowledged: number;
  lag: FeedLag;
  /** CloudEvents, byte for byte. */
  bodies: string[];
}

/** The events after a position, or after the last acknowledged one; undefined: nothing was ever appended. */
export async function readFeed(
  db: Database,
  agency: string,
  after: number | undefined,
  limit: number,
): Promise<FeedPage | undefined> {
  const values = [agency, after ?? null, limit, PAGE_BYTES];
  const { rows } = await db.query<PageRow>('feeds.read', READ, values);
  const [first] = rows;
  if (!first) return undefined;
  const bodies = rows.flatMap(({ body }) => (body === null ? [] : [body]));
  const { last, acknowledged, behind } = first;
  const lag = lagOf(last, acknowledged, behind);
  return { after: first.after, next: first.after + bodies.length, last, acknowledged, lag, bodies };
}

type PageRow = Pick<FeedPage, 'after' | 'last' | 'acknowledged'> & { behind: number; body: string | null };

export const lagOf = (last: number, acknowledged: number, behind: number): FeedLag => ({
  events: last - acknowledged,
  seconds: Math.max(0, Math.round(behind)),
});

export interface FeedAcknowledged {
  acknowledged: number;
  last: number;
}

/** Up to and with this position; never back. 'beyond': the feed hasn't come so far. Undefined: nothing was ever appended. */
export async function acknowledgeFeed(
  db: Database,
  agency: string,
  position: number,
): Promise<FeedAcknowledged | 'beyond' | undefined> {
  const { rows } = await db.once<FeedAcknowledged>(
    'feeds.acknowledge',
    `update feeds set acknowledged = greatest(acknowledged, $2),
       acknowledged_at = case when $2 > acknowledged then now() else acknowledged_at end
     where agency_id = $1 and last >= $2 returning acknowledged::float8, last::float8`,
    [agency, position],
  );
  if (rows[0]) return rows[0];
  const { rowCount } = await db.query('feeds.known', 'select 1 from feeds where agency_id = $1', [agency]);
  return rowCount === 0 ? undefined : 'beyond';
}
