import type { DeliveryState, Form, LaneDelivery, Reopened, Taint } from '#domain';
import type { PoolClient } from 'pg';
import { OPEN_DAY } from '../close/open-day.js';
import type { Database } from '../database.js';
import { LOADED, LOADED_FROM, type ClaimedLane } from '../lanes/claimed-lane.js';
import type { Operation } from './operation.js';

/** A lane that a replay looks at, as it stood then: `claim` tells whether anything has moved since. */
export interface ReplayLane {
  streamId: string;
  claim: number;
  /** Held, in doubt, or a copy may be out: its own deliveries come first. */
  busy: boolean;
  /** Merged into another case and through: what comes after it has gone on there. */
  sealed: boolean;
  /** A worker holds it: it may end any moment. */
  held: boolean;
  deliveries: ReplayDelivery[];
}

export interface ReplayDelivery extends LaneDelivery {
  /** Planned within the period. */
  inPeriod: boolean;
  /** ISO, in Asia/Ho_Chi_Minh, on which it was planned. */
  day: string;
  type: string;
}

const TAINTS: readonly Taint[] = ['none', 'doubted', 'reaped'];

/** The next cases of the period, whole: a case of which something was planned for the agency in it is repaired as a whole. */
export async function lanesOfPeriod(db: Database, operation: Operation, limit: number): Promise<ReplayLane[]> {
  const { rows } = await db.query<{
    streamId: string;
    claim: number;
    busy: boolean;
    sealed: boolean;
    held: boolean;
    deliveries: [number, Form, DeliveryState, number, boolean, string, string][];
  }>(
    'replay.lanes',
    `with p as (
       select distinct stream_id from deliveries where agency_id = $1 and stream_id > $2 and planned_at >= $3 and planned_at < $4 order by stream_id limit $5)
     select l.stream_id as "streamId", l.claim, (l.worker is not null or l.doubt_at is not null or coalesce(l.out_until > now(), false)) as busy,
       l.worker is not null as held, l.done = l.last and exists (select from streams s where s.id = l.stream_id and s.merged_into is not null) as sealed,
       (select json_agg(json_build_array(d.sequence, d.form, d.state, d.taint, d.planned_at >= $3 and d.planned_at < $4,
          to_char(d.planned_at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD'), v.type) order by d.sequence)
        from deliveries d join events v on v.stream_id = d.stream_id and v.sequence = d.sequence where d.agency_id = l.agency_id and d.stream_id = l.stream_id) as deliveries
     from p join lanes l on l.agency_id = $1 and l.stream_id = p.stream_id order by l.stream_id`,
    [operation.agencyId, operation.cursor, operation.selection.from, operation.selection.to, limit],
  );
  return rows.map(({ deliveries, ...lane }) => ({
    ...lane,
    deliveries: deliveries.map(([sequence, form, state, taint, inPeriod, day, type]) => ({
      ...{ sequence, form, state, taint: TAINTS[taint]! },
      ...{ inPeriod, day, type },
    })),
  }));
}

/** An end without a day, of what was open since there are days, is of the day that finds it. */
const ENDED_DAY = `coalesce(d.ended_day, case when d.planned_day is not null or exists (
  select from carried_deliveries k where k.stream_id = d.stream_id and k.agency_id = d.agency_id and k.sequence = d.sequence) then ${OPEN_DAY} end)`;

/** How many cases that are. */
export async function countPeriod(db: Database, { agencyId, selection }: Operation): Promise<number> {
  const { rows } = await db.query<{ lanes: number }>(
    'replay.count',
    `select count(distinct stream_id)::int as lanes from deliveries where agency_id = $1 and planned_at >= $2 and planned_at < $3`,
    [agencyId, selection.from, selection.to],
  );
  return rows[0]!.lanes;
}

/** Of what an operation has put on its way, how much hasn't ended. */
export async function openOf(db: Database, operation: string): Promise<number> {
  const { rows } = await db.query<{ open: number }>(
    'replay.open',
    `select count(*)::int as open from deliveries where operation_id = $1 and state = 'open'`,
    [operation],
  );
  return rows[0]!.open;
}

/** These deliveries with all that mapping needs, held by nobody. In doubt, so that a look-up sees what was acknowledged. */
export async function loadToAsk(
  db: Database,
  agency: string,
  streams: readonly string[],
  sequences: readonly number[],
): Promise<ClaimedLane[]> {
  const { rows } = await db.query<ClaimedLane>(
    'operations.load',
    `with c as (
       select $1::text as agency_id, t.stream_id, t.sending, 0 as claim, t.sending as doubt_at, l.known_as, true as with_case
       from unnest($2::bigint[], $3::int[]) as t(stream_id, sending) join lanes l on l.agency_id = $1 and l.stream_id = t.stream_id)
     select c.agency_id as "agencyId", c.stream_id as "streamId", n.* from c cross join lateral (select ${LOADED} ${LOADED_FROM}) n`,
    [agency, streams, sequences],
  );
  return rows.map((row) => Object.assign(row, { purpose: 'ask', covers: null, probing: false, probes: 0 } as const));
}

/**
 * Puts deliveries of a lane back into it, in order: `done` moves back before the first, what lies between stays ended, and
 * the next claim begins there. Only where nobody has held the lane since it was looked at. False: it has moved.
 */
export async function reenter(
  client: PoolClient,
  operation: Operation,
  seen: Pick<ReplayLane, 'streamId' | 'claim'>,
  reopen: readonly Reopened[],
): Promise<boolean> {
  const { agencyId, id } = operation;
  const locked = await client.query<{ drained: boolean }>({
    name: 'replay.lock',
    text: `select done = last as drained from lanes where agency_id = $1 and stream_id = $2 and claim = $3 and worker is null and doubt_at is null
        and coalesce(out_until <= now(), true) for update`,
    values: [agencyId, seen.streamId, seen.claim],
  });
  if (locked.rowCount !== 1 || (locked.rows[0]!.drained && (await isMerged(client, seen.streamId)))) return false;
  await client.query({
    name: 'replay.reopen',
    text: `with ended as (
        insert into reopened_deliveries (agency_id, stream_id, sequence, state, ended_day, ended_at, reopened_day, operation_id)
        select d.agency_id, d.stream_id, d.sequence, d.state, ${ENDED_DAY}, d.ended_at, ${OPEN_DAY}, $5
        from deliveries d where d.agency_id = $1 and d.stream_id = $2 and d.sequence = any($3::int[]) and d.state = 'acknowledged')
      update deliveries d set state = 'open', ended_at = null, ended_day = null, first_attempt_at = null, stood_ms = null, parked_at = null, fingerprint = null,
        owner = null, reason = null, operation_id = $5, revision = d.revision + t.fresh::int,
        contract_version = case when t.fresh then null else d.contract_version end
      from unnest($3::int[], $4::boolean[]) as t(sequence, fresh)
      where d.agency_id = $1 and d.stream_id = $2 and d.sequence = t.sequence and d.state in ('acknowledged', 'parked')`,
    values: [agencyId, seen.streamId, reopen.map((r) => r.sequence), reopen.map((r) => r.as === 'new-revision'), id],
  });
  await client.query({
    name: 'replay.reenter',
    text: `update lanes l set done = least(l.done, $3 - 1), wait = 'turn', wake_at = null,
        revoke_at = (select min(v.sequence) from deliveries v where v.agency_id = $1 and v.stream_id = $2 and v.form = 'revocation'
          and v.state in ('open', 'parked') and exists (select 1 from deliveries r where r.agency_id = $1 and r.stream_id = $2
            and r.form = 'result' and r.sequence < v.sequence))
      where agency_id = $1 and stream_id = $2`,
    values: [agencyId, seen.streamId, Math.min(...reopen.map((r) => r.sequence))],
  });
  return true;
}

/** Asked under the lane's lock: a merge takes it, too. */
async function isMerged(client: PoolClient, stream: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'replay.merged',
    text: `select 1 from streams where id = $1 and merged_into is not null`,
    values: [stream],
  });
  return rowCount === 1;
}
