import { normalisedReason } from '#domain';
import type { Database, Runner } from '../database.js';
import { isOwnCode } from '../own-code.js';

/** What is parked for one cause at one agency. Counts are of deliveries. */
export interface ParkedGroup {
  agencyId: string;
  fingerprint: string;
  owner: 'ours' | 'theirs' | 'data' | null;
  /** Without what differs between cases. */
  reason: string;
  count: number;
  inDoubt: number;
  oldest: Date;
  newest: Date;
  /** A case code. */
  example: string;
  lastRetry: Date | null;
  /** Parked since that retry began. `again`: it had been sent again by a person, and failed once more. */
  sinceRetry: number;
  again: number;
}

export async function parkedGroups(db: Database, agency: string | null): Promise<ParkedGroup[]> {
  const { rows } = await db.query<ParkedGroup>(
    'parked.groups',
    `with r as (
       select agency_id, selection->>'fingerprint' as fingerprint, max(created_at) as at from operations where kind = 'retry' group by 1, 2),
     g as (
       select d.agency_id, d.fingerprint, min(d.owner) as owner, min(d.reason) as reason, count(*)::int as count,
         count(*) filter (where l.doubt_at = d.sequence)::int as in_doubt, min(d.parked_at) as oldest, max(d.parked_at) as newest,
         min(d.stream_id) as example, max(r.at) as last_retry, count(*) filter (where d.parked_at > r.at)::int as since_retry,
         count(*) filter (where d.operation_id is not null)::int as again
       from deliveries d join lanes l on l.agency_id = d.agency_id and l.stream_id = d.stream_id
       left join r on r.agency_id = d.agency_id and r.fingerprint = d.fingerprint
       where d.fingerprint is not null and d.state = 'parked' and ($1::text is null or d.agency_id = $1) group by 1, 2)
     select g.agency_id as "agencyId", g.fingerprint, g.owner, coalesce(g.reason, '') as reason, g.count, g.in_doubt as "inDoubt", g.oldest, g.newest,
       a.code as example, g.last_retry as "lastRetry", g.since_retry as "sinceRetry", g.again
     from g join aliases a on ${isOwnCode('a', 'g.example')} order by g.agency_id, g.count desc, g.fingerprint limit 200`,
    [agency],
  );
  return rows.map((row) => ({ ...row, reason: normalisedReason(row.reason) }));
}

/** Closed until a day that has come. */
export interface DueAgain {
  agencyId: string;
  code: string;
  sequence: number;
  until: string;
  reason: string | null;
  author: string;
  operation: string;
}

export async function closedUntilNow(db: Database, agency: string | null): Promise<DueAgain[]> {
  const { rows } = await db.query<DueAgain>(
    'parked.due-again',
    `select d.agency_id as "agencyId", a.code, d.sequence, o.selection->>'until' as until, o.reason, o.author, o.id as operation
     from operations o join deliveries d on d.operation_id = o.id and d.state = 'closed' join aliases a on ${isOwnCode('a', 'd.stream_id')}
     where o.kind = 'close' and (o.selection->>'until')::date < (now() at time zone 'Asia/Ho_Chi_Minh')::date and ($1::text is null or o.agency_id = $1)
     order by 4, 1, 2 limit 200`,
    [agency],
  );
  return rows;
}

/** An agency to which nothing, or one probe at a time, is sent. */
export interface StandingAgency {
  agencyId: string;
  paused: { since: Date | null; until: Date | null; reason: string | null; by: string | null } | null;
  breaker: { since: Date; reason: string | null; probes: number; nextProbe: Date | null } | null;
  /** Lanes that wait for it. Counting stops at 20,000. */
  waiting: number;
}

export const standingAgencies = (db: Database): Promise<StandingAgency[]> => readStanding(db.pool);

export async function readStanding(runner: Runner): Promise<StandingAgency[]> {
  const { rows } = await runner.query<StandingAgency>({
    name: 'parked.standing',
    text: `select a.id as "agencyId",
       case when a.paused then json_build_object('since', coalesce(a.paused_at, a.stood_since), 'until', a.paused_until, 'reason', a.paused_reason, 'by', a.paused_by) end as paused,
       case when b.state = 'open' then json_build_object('since', b.opened_at, 'reason', b.reason, 'probes', b.probes, 'nextProbe', b.wake_at) end as breaker,
       (select count(*) from (select 1 from lanes l where l.agency_id = a.id and l.wait = 'turn' limit 20000) t)::int as waiting
     from agencies a left join breakers b on b.agency_id = a.id where a.paused or b.state = 'open' order by a.id`,
  });
  return rows.map((row) => ({ ...row, paused: dated(row.paused), breaker: breakerOf(row.breaker) }));
}

const at = (instant: Date | string | null): Date | null => (instant === null ? null : new Date(instant));

const dated = (paused: StandingAgency['paused']): StandingAgency['paused'] =>
  paused && { ...paused, since: at(paused.since), until: at(paused.until) };

const breakerOf = (breaker: StandingAgency['breaker']): StandingAgency['breaker'] =>
  breaker && {
    ...breaker,
    since: new Date(breaker.since),
    nextProbe: at(breaker.nextProbe),
    reason: breaker.reason === null ? null : normalisedReason(breaker.reason),
  };
