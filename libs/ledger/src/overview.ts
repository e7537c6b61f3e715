import { normalisedReason } from '#domain';
import type { Database } from './database.js';

/** What a page for operators shows. Every query is bounded and goes by an index; none reads a body or a partner's words. */
export interface AgencyState {
  id: string;
  name: { vi: string; en: string };
  paused: { since: Date | null; until: Date | null; reason: string | null } | null;
  /** Open: nothing but a probe at a time is sent. Its reason is without what differs between cases. */
  breaker: { since: Date; reason: string | null; probes: number } | null;
  turn: number;
  timer: number;
  sending: number;
  person: number;
  inDoubt: number;
  /** The commonest cause among parked deliveries. */
  cause: { owner: string | null; fingerprint: string | null; deliveries: number } | null;
}

/** Counting stops here: "20,000 or more" says enough, and the page stays cheap during an outage. */
export const MOST_COUNTED = 20_000;

export async function agencyStates(db: Database): Promise<AgencyState[]> {
  const { rows } = await db.query<AgencyState>(
    'overview.agencies',
    `with l as (
       select l.* from agencies a cross join lateral (select agency_id, 'turn' as state, doubt from lanes where agency_id = a.id and wait = 'turn' limit $1) l
       union all select * from (select agency_id, 'timer', doubt from lanes where wait = 'timer' limit $1) t
       union all select l.* from agencies a cross join lateral (select agency_id, 'person', doubt from lanes where agency_id = a.id and wait = 'person' limit $1) l
       union all select * from (select agency_id, 'sending', doubt from lanes where worker is not null limit $1) s),
     n as (
       select agency_id, count(*) filter (where state = 'turn')::int as turn, count(*) filter (where state = 'timer')::int as timer,
         count(*) filter (where state = 'person')::int as person, count(*) filter (where state = 'sending')::int as sending,
         count(*) filter (where doubt)::int as "inDoubt"
       from l group by 1)
     select a.id, a.name,
       case when a.paused then json_build_object('since', coalesce(a.paused_at, a.stood_since), 'until', a.paused_until, 'reason', a.paused_reason) end as paused,
       case when b.state = 'open' then json_build_object('since', b.opened_at, 'reason', b.reason, 'probes', b.probes) end as breaker,
       coalesce(n.turn, 0) as turn, coalesce(n.timer, 0) as timer, coalesce(n.sending, 0) as sending,
       coalesce(n.person, 0) as person, coalesce(n."inDoubt", 0) as "inDoubt", c.cause
     from agencies a left join n on n.agency_id = a.id left join breakers b on b.agency_id = a.id
     left join lateral (
       select json_build_object('owner', min(owner), 'fingerprint', fingerprint, 'deliveries', count(*)) as cause
       from (select owner, fingerprint from deliveries where agency_id = a.id and fingerprint is not null and state = 'parked' limit $1) d
       group by fingerprint order by count(*) desc limit 1) c on true
     order by a.id`,
    [MOST_COUNTED],
  );
  return rows.map((row) => ({
    ...row,
    paused: row.paused && { ...row.paused, since: at(row.paused.since), until: at(row.paused.until) },
    breaker: row.breaker && {
      ...row.breaker,
      since: new Date(row.breaker.since),
      reason: row.breaker.reason === null ? null : normalisedReason(row.breaker.reason),
    },
  }));
}

const at = (instant: Date | string | null): Date | null => (instant === null ? null : new Date(instant));

export interface LaneView {
  streamId: string;
  agencyId: string;
  done: number;
  last: number;
  wait: 'turn' | 'timer' | 'person' | null;
  sending: boolean;
  inDoubt: boolean;
}

/** Where each agency stands in these streams. */
export async function lanesOf(db: Database, streams: readonly string[]): Promise<LaneView[]> {
  const { rows } = await db.query<LaneView>(
    'overview.lanes',
    `select l.stream_id as "streamId", l.agency_id as "agencyId", l.done, l.last, l.wait, l.worker is not null as sending, l.doubt as "inDoubt"
     from agencies a cross join unnest($1::bigint[]) as s(id) join lanes l on l.agency_id = a.id and l.stream_id = s.id
     order by l.agency_id, l.stream_id`,
    [streams],
  );
  return rows;
}

export interface EventSummary {
  sequence: number;
  id: string;
  type: string;
  sender: string;
  status: number;
  skipped: number[] | null;
  recordedAt: Date;
  hash: string;
}

/** A stream's events without their bodies; at most the first 1,000. */
export async function eventsOf(db: Database, streamId: string): Promise<EventSummary[]> {
  const { rows } = await db.query<EventSummary>(
    'overview.events',
    `select sequence, id, type, sender, status, skipped, recorded_at as "recordedAt", encode(hash, 'hex') as hash
     from events where stream_id = $1 order by sequence limit 1000`,
    [streamId],
  );
  return rows;
}

/** Rows above an id. `settledTo` and `settled` leave out the newest: a lower id than theirs may still be committed. */
export interface Grown {
  settledTo: string;
  settled: number;
  all: number;
}

const UNSETTLED = 5_000;

/** Cases opened after this stream. */
export async function streamsAfter(db: Database, id: string): Promise<Grown> {
  const { rows } = await db.query<Grown>(
    'overview.streams-after',
    `with top as (select greatest($1::bigint, coalesce(max(id), 0) - $2) as settled from streams)
     select top.settled as "settledTo", count(*) filter (where id <= top.settled)::int as settled, count(id)::int as all
     from top left join streams on id > $1 and kind = 'case' group by 1`,
    [id, UNSETTLED],
  );
  return rows[0]!;
}

export interface AttemptsGrown extends Grown {
  agencyId: string;
  lastAcknowledged: Date | null;
}

/** Acknowledgements among the attempts after this one, by agency. */
export async function acknowledgedAfter(db: Database, id: string): Promise<AttemptsGrown[]> {
  const { rows } = await db.query<AttemptsGrown>(
    'overview.acknowledged-after',
    `with top as (select greatest($1::bigint, coalesce(max(id), 0) - $2) as settled from attempts)
     select top.settled as "settledTo", t.agency_id as "agencyId", count(*) filter (where t.id <= top.settled)::int as settled, count(*)::int as all,
       max(t.ended_at) as "lastAcknowledged"
     from top cross join attempts t where t.id > $1 and t.outcome in ('acknowledged', 'look-up: held') group by 1, 2`,
    [id, UNSETTLED],
  );
  return rows;
}

/** The last stream before an instant, by its first event; ids grow with time but for milliseconds. */
export function lastStreamBefore(db: Database, instant: Date): Promise<string> {
  return lastBefore(
    db,
    `select s.id, (select recorded_at from events e where e.stream_id = s.id and e.sequence = 1) < $2 as before from streams s where s.id >= $1 order by s.id limit 1`,
    `select max(id) as id from streams`,
    instant,
  );
}

export function lastAttemptBefore(db: Database, instant: Date): Promise<string> {
  return lastBefore(
    db,
    `select id, started_at < $2 as before from attempts where id >= $1 order by id limit 1`,
    `select max(id) as id from attempts`,
    instant,
  );
}

/** Some twenty probes of a primary key instead of an index on time, which every insert would pay for. */
async function lastBefore(db: Database, probe: string, highest: string, instant: Date): Promise<string> {
  let low = 0n;
  let high = BigInt((await db.pool.query<{ id: string | null }>(highest)).rows[0]?.id ?? 0);
  while (low < high) {
    const middle = low + (high - low + 1n) / 2n;
    const { rows } = await db.pool.query<{ id: string; before: boolean | null }>(probe, [middle, instant]);
    if (rows[0]?.before) low = BigInt(rows[0].id);
    else high = middle - 1n;
  }
  return String(low);
}
