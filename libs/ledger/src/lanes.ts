import type { EventType } from '#wire';
import type { Database } from './database.js';

/** A lane this worker has claimed, with the delivery it must send and all that mapping needs. */
export interface ClaimedLane {
  agencyId: string;
  streamId: string;
  sequence: number;
  claim: number;
  inDoubt: boolean;
  eventId: string;
  revision: number;
  /** Attempts so far, this one not counted. */
  attempts: number;
  firstAttemptAt: Date | null;
  /** PostgreSQL's clock at the claim. */
  now: Date;
  contractVersion: string | null;
  type: EventType;
  sender: string;
  recordedAt: Date;
  data: unknown;
  /** Status as of this event. */
  status: number;
  caseCode: string;
  procedure: string;
  openedOn: string;
  /** Newest received or supplemented payload at or before this event. */
  application: unknown;
  /** An earlier attempt of this delivery went as an update. */
  asUpdate: boolean;
  /** In doubt only: the status as of the newest event that the partner has acknowledged. */
  acknowledgedStatus: number | null;
}

/**
 * Takes up to $3 waiting lanes, nearest legal deadline first, for a worker that is alive (its row is locked FOR KEY SHARE:
 * no row, no claim). Commits before any request leaves; from then on a copy may be out until out_until.
 */
const CLAIM = `
with me as (select id from workers where id = $1 and lease_until > now() for key share),
pick as (
  select l.agency_id, l.stream_id from lanes l where l.agency_id = $2 and l.wait = 'turn' and exists (select 1 from me)
  order by l.deadline, l.stream_id limit $3 for update skip locked),
up as (
  update lanes l set wait = null, wake_at = null, worker = me.id, claim = l.claim + 1,
    out_until = now() + make_interval(secs => $4),
    sending = (select min(d.sequence) from deliveries d
               where d.agency_id = l.agency_id and d.stream_id = l.stream_id and d.sequence > l.done and d.state = 'open')
  from pick, me where l.agency_id = pick.agency_id and l.stream_id = pick.stream_id
  returning l.agency_id, l.stream_id, l.sending, l.claim, l.doubt)
select up.agency_id as "agencyId", up.stream_id as "streamId", up.sending as sequence, up.claim, up.doubt as "inDoubt",
  d.event_id as "eventId", d.revision, d.attempts, d.first_attempt_at as "firstAttemptAt", now() as now,
  d.contract_version::text as "contractVersion", d.as_update as "asUpdate", e.type, e.sender, e.recorded_at as "recordedAt", e.body as data, e.status,
  a.code as "caseCode", s.procedure, s.opened_on::text as "openedOn",
  case when e.type in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1') then e.body else base.body end as application,
  case when up.doubt then (
    select h.status from deliveries k join events h on h.stream_id = k.stream_id and h.sequence = k.sequence
    where k.agency_id = up.agency_id and k.stream_id = up.stream_id and k.sequence < up.sending and k.state = 'acknowledged'
    order by k.sequence desc limit 1) end as "acknowledgedStatus"
from up
join deliveries d on d.agency_id = up.agency_id and d.stream_id = up.stream_id and d.sequence = up.sending
join events e on e.stream_id = up.stream_id and e.sequence = up.sending
join streams s on s.id = up.stream_id
join aliases a on a.stream_id = up.stream_id and a.namespace = 'case'
left join lateral (
  select b.body from events b where b.stream_id = up.stream_id and b.sequence < up.sending
    and b.type in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1')
  order by b.sequence desc limit 1) base on true`;

export async function claimLanes(
  db: Database,
  ask: { worker: string; agency: string; limit: number; outSeconds: number },
): Promise<ClaimedLane[]> {
  const { rows } = await db.query<ClaimedLane>('lanes.claim', CLAIM, [
    ask.worker,
    ask.agency,
    ask.limit,
    ask.outSeconds,
  ]);
  return rows;
}

export type OutcomeKind = 'acknowledged' | 'parked' | 'wait' | 'doubt' | 'turn';

/** One request as it went, for the append-only record. */
export interface AttemptRecord {
  operation: string;
  itemHash: string | null;
  startedAt: Date;
  endedAt: Date;
  /** What the reply was taken for. */
  outcome: string;
  inDoubt: boolean;
  /** Partner's own words where a person needs them; at most 500 characters. */
  reply: string | null;
}

/** How a claim ends. Written only where worker and claim still match. */
export interface Outcome {
  agencyId: string;
  streamId: string;
  sequence: number;
  claim: number;
  revision: number;
  kind: OutcomeKind;
  /** Milliseconds until the timer, for `wait` and `doubt` (there at least until no copy can be out). */
  waitMs: number;
  inDoubt: boolean;
  operation: string | null;
  asUpdate: boolean;
  itemHash: string | null;
  contractVersion: string | null;
  owner: string | null;
  reason: string | null;
  fingerprint: string | null;
  attempts: AttemptRecord[];
}

/** What stands after the commit. An outcome that isn't among these was fenced: a late answer. */
export interface Committed {
  agencyId: string;
  streamId: string;
  wait: 'turn' | 'timer' | 'person' | null;
  /** Milliseconds until the lane's timer. */
  wakeInMs: number | null;
  attempts: number;
  sequence: number;
}

const OUTCOME = `
with me as (select id from workers where id = $1 for key share),
t as (
  select * from unnest($2::text[], $3::bigint[], $4::int[], $5::int[], $6::text[], $7::float8[], $8::boolean[], $9::text[], $10::bytea[], $11::date[], $12::text[], $13::text[], $14::text[], $15::int[], $26::boolean[])
    as t(agency_id, stream_id, sequence, claim, kind, wait_s, in_doubt, operation, item_hash, contract_version, owner, reason, fingerprint, tries, as_update)),
l as (
  select l.agency_id, l.stream_id, l.claim from lanes l join t using (agency_id, stream_id) join me on l.worker = me.id
  where l.claim = t.claim and l.sending = t.sequence order by l.agency_id, l.stream_id for update of l),
m as (select t.* from t join l using (agency_id, stream_id, claim)),
dl as (
  update deliveries d set
    state = case m.kind when 'acknowledged' then 'acknowledged'::delivery_state when 'parked' then 'parked' else d.state end,
    ended_at = case when m.kind = 'acknowledged' then now() end,
    attempts = d.attempts + m.tries,
    first_attempt_at = case when m.tries > 0 then coalesce(d.first_attempt_at, now()) else d.first_attempt_at end,
    operation = coalesce(m.operation, d.operation), item_hash = coalesce(m.item_hash, d.item_hash),
    as_update = d.as_update or m.as_update,
    contract_version = coalesce(d.contract_version, m.contract_version),
    owner = m.owner, reason = m.reason, fingerprint = m.fingerprint
  from m where d.agency_id = m.agency_id and d.stream_id = m.stream_id and d.sequence = m.sequence
  returning d.agency_id, d.stream_id, d.sequence, d.revision, d.attempts, d.contract_version),
tried as (
  insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, item_hash, contract_version, started_at, ended_at, outcome, in_doubt, reply)
  select a.agency_id, a.stream_id, dl.sequence, dl.revision, dl.attempts - m.tries + a.nth, 'schedule', $1, m.claim, a.operation, a.item_hash, dl.contract_version, a.started_at, a.ended_at, a.outcome, a.in_doubt, a.reply
  from unnest($16::text[], $17::bigint[], $18::int[], $19::text[], $20::bytea[], $21::timestamptz[], $22::timestamptz[], $23::text[], $24::boolean[], $25::text[])
    as a(agency_id, stream_id, nth, operation, item_hash, started_at, ended_at, outcome, in_doubt, reply)
  join dl using (agency_id, stream_id) join m using (agency_id, stream_id)),
up as (
  update lanes n set
    worker = null, sending = null,
    done = case when m.kind = 'acknowledged' then m.sequence else n.done end,
    doubt = case when m.kind = 'doubt' then true when m.kind = 'acknowledged' then false else m.in_doubt end,
    out_until = case when m.kind = 'doubt' or (m.kind = 'parked' and m.in_doubt) then n.out_until end,
    wait = (case m.kind when 'acknowledged' then case when n.last > m.sequence then 'turn' end
      when 'parked' then 'person' when 'turn' then 'turn' else 'timer' end)::lane_wait,
    wake_at = case m.kind when 'wait' then now() + make_interval(secs => m.wait_s) when 'doubt' then greatest(n.out_until, now() + make_interval(secs => m.wait_s)) end
  from m where n.agency_id = m.agency_id and n.stream_id = m.stream_id
  returning n.agency_id, n.stream_id, n.wait, n.wake_at, m.sequence)
select up.agency_id as "agencyId", up.stream_id as "streamId", up.wait, up.sequence,
  (extract(epoch from up.wake_at - now()) * 1000)::float8 as "wakeInMs", coalesce(dl.attempts, 0) as attempts
from up left join dl using (agency_id, stream_id)`;

const bytes = (hex: string | null): Buffer | null => (hex === null ? null : Buffer.from(hex, 'hex'));

/** Commits a micro-batch of outcomes, at most one per lane. n+1 of a lane may leave only after this has returned. */
export async function commitOutcomes(db: Database, worker: string, outcomes: readonly Outcome[]): Promise<Committed[]> {
  const o = outcomes;
  const a = o.flatMap((outcome) => outcome.attempts.map((attempt, i) => ({ outcome, attempt, nth: i + 1 })));
  return db.transaction(async (client) => {
    const { rows } = await client.query<Committed>({
      name: 'lanes.outcome',
      text: OUTCOME,
      values: [
        worker,
        o.map((x) => x.agencyId),
        o.map((x) => x.streamId),
        o.map((x) => x.sequence),
        o.map((x) => x.claim),
        o.map((x) => x.kind),
        o.map((x) => x.waitMs / 1000),
        o.map((x) => x.inDoubt),
        o.map((x) => x.operation),
        o.map((x) => bytes(x.itemHash)),
        o.map((x) => x.contractVersion),
        o.map((x) => x.owner),
        o.map((x) => x.reason),
        o.map((x) => x.fingerprint),
        o.map((x) => x.attempts.length),
        a.map((x) => x.outcome.agencyId),
        a.map((x) => x.outcome.streamId),
        a.map((x) => x.nth),
        a.map((x) => x.attempt.operation),
        a.map((x) => bytes(x.attempt.itemHash)),
        a.map((x) => x.attempt.startedAt),
        a.map((x) => x.attempt.endedAt),
        a.map((x) => x.attempt.outcome),
        a.map((x) => x.attempt.inDoubt),
        a.map((x) => x.attempt.reply),
        o.map((x) => x.asUpdate),
      ],
    });
    return rows;
  });
}

/**
 * Gives back lanes that this worker holds by a claim whose answer it never got (its connection broke): nothing left for
 * them. Called only while no claim of this agency is under way; `known` are the streams it is working on.
 */
export async function freeStrays(
  db: Database,
  worker: string,
  agency: string,
  known: readonly string[],
): Promise<number> {
  const { rowCount } = await db.query(
    'lanes.strays',
    `with l as (
       select agency_id, stream_id from lanes where worker = $1 and agency_id = $2 and not stream_id = any($3::bigint[])
       order by agency_id, stream_id for update)
     update lanes n set worker = null, sending = null, wait = 'turn' from l where n.agency_id = l.agency_id and n.stream_id = l.stream_id`,
    [worker, agency, known],
  );
  return rowCount ?? 0;
}

/** timer → turn, for the lanes a retry job names. A timer that isn't due (a stale job) is left alone. */
export async function wakeLanes(db: Database, lanes: readonly { agency: string; stream: string }[]): Promise<string[]> {
  const { rows } = await db.query<{ agency_id: string }>(
    'lanes.wake',
    `with l as (
       select agency_id, stream_id from lanes join unnest($1::text[], $2::bigint[]) as t(agency_id, stream_id) using (agency_id, stream_id)
       where wait = 'timer' and wake_at <= now() + interval '20 milliseconds' order by agency_id, stream_id for update of lanes)
     update lanes set wait = 'turn', wake_at = null from l
     where lanes.agency_id = l.agency_id and lanes.stream_id = l.stream_id returning lanes.agency_id`,
    [lanes.map((l) => l.agency), lanes.map((l) => l.stream)],
  );
  return rows.map((r) => r.agency_id);
}

/** What Redis forgot: timers overdue by this much, oldest first. */
export async function sweepTimers(db: Database, overdueSeconds: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ agency_id: string }>(
    'lanes.sweep',
    `with l as (
       select agency_id, stream_id from lanes where wait = 'timer' and wake_at < now() - make_interval(secs => $1)
       order by wake_at limit $2 for update skip locked)
     update lanes set wait = 'turn', wake_at = null from l
     where lanes.agency_id = l.agency_id and lanes.stream_id = l.stream_id returning lanes.agency_id`,
    [overdueSeconds, limit],
  );
  return rows.map((r) => r.agency_id);
}

/** Agencies with a lane that waits its turn: one index probe an agency. */
export async function agenciesWithTurns(db: Database, agencies: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'lanes.turns',
    `select a.id from unnest($1::text[]) as a(id) where exists (select 1 from lanes l where l.agency_id = a.id and l.wait = 'turn')`,
    [agencies],
  );
  return rows.map((r) => r.id);
}

export interface LaneCounts {
  agencyId: string;
  open: number;
  turn: number;
  timer: number;
  person: number;
  sending: number;
  inDoubt: number;
}

/** Counts from the partial indexes where they exist; for a page a person looks at, not for a hot path. */
export async function countLanes(db: Database): Promise<LaneCounts[]> {
  const { rows } = await db.query<LaneCounts>(
    'lanes.count',
    `select a.id as "agencyId",
       count(*) filter (where l.done < l.last)::int as open, count(*) filter (where l.wait = 'turn')::int as turn,
       count(*) filter (where l.wait = 'timer')::int as timer, count(*) filter (where l.wait = 'person')::int as person,
       count(l.worker)::int as sending, count(*) filter (where l.doubt)::int as "inDoubt"
     from agencies a left join lanes l on l.agency_id = a.id and l.done < l.last group by a.id order by a.id`,
  );
  return rows;
}

/** A person's retry of parked lanes (all of an agency's, or one stream's): the delivery is open again; no copy may still be out. */
export async function retryParked(db: Database, agency: string, stream: string | null): Promise<number> {
  return db.transaction(async (client) => {
    const { rowCount } = await client.query({
      name: 'lanes.retry',
      text: `with l as (
          select agency_id, stream_id from lanes where agency_id = $1 and wait = 'person' and ($2::bigint is null or stream_id = $2)
          order by agency_id, stream_id for update),
        d as (update deliveries set state = 'open', first_attempt_at = null from l
          where deliveries.agency_id = l.agency_id and deliveries.stream_id = l.stream_id and deliveries.state = 'parked')
        update lanes set
          wait = (case when doubt and out_until > now() then 'timer' else 'turn' end)::lane_wait,
          wake_at = case when doubt and out_until > now() then out_until end
        from l where lanes.agency_id = l.agency_id and lanes.stream_id = l.stream_id`,
      values: [agency, stream],
    });
    return rowCount ?? 0;
  });
}
