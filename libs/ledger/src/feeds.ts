import { isUniqueViolation, type Database } from './database.js';
import { FEW } from './few.js';

/**
 * What the feed doesn't hold yet gets the next positions, in the order given. The counter's row stays locked until the
 * commit: positions commit in order and without a gap, so no reader's cursor passes one that comes later.
 */
const APPEND = `
with given as (select * from unnest($2::uuid[], $3::text[], $4::bigint[]) with ordinality as g(event_id, body, replay, n)),
held as (
  select e.event_id, e.replay, e.position, e.body from (select event_id, replay from given ${FEW}) g
  join feed_entries e on e.event_id = g.event_id and e.agency_id = $1 and e.replay = g.replay),
fresh as (select event_id, body, replay, row_number() over (order by n) as n, count(*) over () as total from given where event_id not in (select event_id from held)),
counter as (
  insert into feeds as f (agency_id, last) select $1, count(*) from fresh having count(*) > 0
  on conflict (agency_id) do update set last = f.last + excluded.last returning last),
added as (
  insert into feed_entries (agency_id, position, event_id, body, replay)
  select $1, counter.last - fresh.total + fresh.n, event_id, body, replay from fresh cross join counter returning event_id, position)
select coalesce(a.position, h.position)::float8 as position,
  case when h.event_id is null then 'appended' when h.body = g.body then 'held' else 'conflicts' end as outcome
from given g left join added a using (event_id) left join held h using (event_id) order by g.n`;

export interface Appended {
  position: number;
  /** 'held': the same bytes were there before. 'conflicts': other bytes are, and stay. */
  outcome: 'appended' | 'held' | 'conflicts';
}

const columnsOf = (events: readonly { id: string; body: string; replay?: string }[]): unknown[][] => [
  events.map(({ id }) => id),
  events.map(({ body }) => body),
  events.map(({ replay }) => replay ?? '0'),
];

/** One statement, its own transaction: a process that freezes over it holds nobody else up. Each event once; again under each replay. */
export async function appendToFeed(
  db: Database,
  agency: string,
  events: readonly { id: string; body: string; replay?: string }[],
): Promise<Appended[]> {
  const values = [agency, ...columnsOf(events)];
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
select f.last::float8, f.acknowledged::float8, f.cleared::float8, coalesce($2::bigint, f.acknowledged)::float8 as after, page.body, page.replay,
  coalesce((select extract(epoch from clock_timestamp() - e.appended_at) from feed_entries e where e.agency_id = $1 and e.position = greatest(f.acknowledged, f.cleared) + 1), 0)::float8 as behind
from feeds f left join lateral (
  select position, body, replay, sum(octet_length(body)) over (order by position) - octet_length(body) as before
  from (select position, body, replay from feed_entries where agency_id = $1 and position > coalesce($2::bigint, f.acknowledged) order by position limit $3) taken
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
  /** Nothing up to and with this position is kept any more. */
  cleared: number;
  /** Which of them a replay put there once more, by position, and which operation that was. */
  replays: { position: number; operation: string }[];
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
  const { last, acknowledged, cleared, behind } = first;
  const replays = rows.flatMap(({ replay }, n) =>
    replay === null || replay === '0' ? [] : [{ position: first.after + n + 1, operation: replay }],
  );
  const lag = lagOf(last, acknowledged, behind);
  return { after: first.after, next: first.after + bodies.length, last, acknowledged, cleared, lag, replays, bodies };
}

type PageRow = Pick<FeedPage, 'after' | 'last' | 'acknowledged' | 'cleared'> & {
  behind: number;
  body: string | null;
  replay: string | null;
};

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

/** Of one transaction: an append waits no longer for it. */
const CLEARED_AT_ONCE = 5_000;

/**
 * Forgets what has stood in the feed for longer than that, read or not; how many. The counter moves first, in the same
 * transaction: no reader ever sees a gap without being told.
 */
export async function clearFeed(db: Database, agency: string, keepMs: number): Promise<number> {
  return db.transaction(async (client) => {
    const { rows } = await client.query<{ cleared: number }>({
      name: 'feeds.clear',
      text: `update feeds f set cleared = old.upto from (
          select max(position) as upto from (
            select position, appended_at from feed_entries where agency_id = $1 order by position limit $3) e
          where appended_at < clock_timestamp() - $2::float8 * interval '1 millisecond') old
        where f.agency_id = $1 and old.upto > f.cleared returning f.cleared::float8`,
      values: [agency, keepMs, CLEARED_AT_ONCE],
    });
    if (!rows[0]) return 0;
    const { rowCount } = await client.query({
      name: 'feeds.forget',
      text: `delete from feed_entries where agency_id = $1 and position <= $2`,
      values: [agency, rows[0].cleared],
    });
    return rowCount ?? 0;
  });
}
