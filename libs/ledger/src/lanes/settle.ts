import { byteaArray, textArray } from '../binary-array.js';
import type { Database } from '../database.js';
import { settleProbes } from './breakers.js';
import { LOADED, LOADED_FROM, type ClaimedLane } from './claimed-lane.js';
import type { Committed, Outcome } from './outcome.js';

/**
 * Everything that a claim's end changes, in one statement: fenced by worker and claim, lanes locked in order. A lane whose
 * next delivery needs no decision (it is a delta, or the newest full state) stays with its worker under a new claim.
 */
const SETTLE = {
  name: 'lanes.settle',
  text: `
with me as (select id from workers where id = $1 for key share),
t as (select * from unnest($2::text[], $3::bigint[], $4::int[], $5::int[], $6::text[], $7::float8[], $8::boolean[], $9::text[], $10::boolean[],
    $11::boolean[], $12::float8[], $13::bigint[], $14::text[], $15::bytea[], $16::date[], $17::text[], $18::text[], $19::text[], $20::smallint[], $21::boolean[])
  as t(agency_id, stream_id, sequence, claim, kind, wait_s, in_doubt, covers, expired, stands, go_on_s, stood_ms, operation, item_hash, contract_version, owner, reason, fingerprint, tries, as_update)),
l as (
  select l.agency_id, l.stream_id, l.claim, l.done, l.last, l.revoke_at
  from t join lanes l on l.agency_id = t.agency_id and l.stream_id = t.stream_id join me on l.worker = me.id
  where l.claim = t.claim and l.sending = t.sequence order by l.agency_id, l.stream_id for update of l),
m as (
  select t.*, l.done, l.last, l.revoke_at, n.sequence as next
  from t join l using (agency_id, stream_id, claim)
  left join lateral (
    select d.sequence, d.form, d.state, d.taint from deliveries d
    where t.kind = 'acknowledged' and t.go_on_s is not null and l.last > t.sequence and l.revoke_at is null
      and d.agency_id = t.agency_id and d.stream_id = t.stream_id and d.sequence > t.sequence
    order by d.sequence limit 1) n
    on n.state = 'open' and n.taint = 0 and (n.form <> 'full' or n.sequence = l.last)),
dl as (
  update deliveries d set
    state = case m.kind when 'acknowledged' then 'acknowledged'::delivery_state when 'parked' then 'parked' else d.state end,
    ended_at = case when m.kind = 'acknowledged' then now() end,
    taint = case when m.kind = 'acknowledged' or (m.kind = 'parked' and m.owner = 'data' and not m.in_doubt) then 0
      when m.kind = 'doubt' or m.in_doubt then greatest(d.taint, 1) when m.kind = 'not-held' and d.taint = 1 then 0 else d.taint end,
    attempts = d.attempts + m.tries,
    first_attempt_at = case when m.tries > 0 then coalesce(d.first_attempt_at, now()) else d.first_attempt_at end,
    stood_ms = case when m.tries > 0 and m.kind <> 'acknowledged' then coalesce(d.stood_ms, m.stood_ms) else d.stood_ms end,
    operation = coalesce(m.operation, d.operation), item_hash = coalesce(m.item_hash, d.item_hash),
    as_update = d.as_update or m.as_update,
    contract_version = coalesce(d.contract_version, m.contract_version),
    owner = m.owner, reason = m.reason, fingerprint = m.fingerprint
  from m where d.agency_id = m.agency_id and d.stream_id = m.stream_id and d.sequence = m.sequence
  returning d.agency_id, d.stream_id, d.sequence, d.revision, d.attempts, d.contract_version, d.operation_id),
covered as (
  update deliveries d set state = m.covers::delivery_state, ended_at = now(), reason = case m.covers when 'closed' then 'revoked before it was sent' end
  from m where m.kind = 'acknowledged' and m.covers is not null and d.agency_id = m.agency_id and d.stream_id = m.stream_id
    and d.sequence > m.done and d.sequence < m.sequence and d.state in ('open', 'parked')),
tried as (
  insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, item_hash, contract_version, started_at, ended_at, outcome, in_doubt, reply, operation_id)
  select a.agency_id, a.stream_id, dl.sequence, dl.revision, dl.attempts - m.tries + a.nth, case when dl.operation_id is null then 'schedule' else 'operator' end,
    $1, m.claim, a.operation, a.item_hash, dl.contract_version, a.started_at, a.ended_at, a.outcome, a.in_doubt, a.reply, dl.operation_id
  from unnest($22::text[], $23::bigint[], $24::int[], $25::text[], $26::bytea[], $27::timestamptz[], $28::timestamptz[], $29::text[], $30::boolean[], $31::text[])
    as a(agency_id, stream_id, nth, operation, item_hash, started_at, ended_at, outcome, in_doubt, reply)
  join dl using (agency_id, stream_id) join m using (agency_id, stream_id)),
up as (
  update lanes n set
    worker = case when m.next is not null then n.worker end, sending = m.next, claim = n.claim + (m.next is not null)::int,
    probing = false,
    done = case when m.kind = 'acknowledged' then m.sequence else n.done end,
    doubt_at = case m.kind when 'acknowledged' then null when 'not-held' then null when 'doubt' then m.sequence
      when 'parked' then case when m.in_doubt then m.sequence end else n.doubt_at end,
    asked = case m.kind when 'nothing-proved' then true when 'wait' then n.asked when 'turn' then n.asked else false end,
    out_until = case when m.next is not null then now() + make_interval(secs => m.go_on_s)
      when m.kind = 'doubt' or (m.kind = 'parked' and m.in_doubt) then n.out_until end,
    revoke_at = case when m.kind = 'acknowledged' and m.sequence >= n.revoke_at then (
        select min(d.sequence) from deliveries d where d.agency_id = n.agency_id and d.stream_id = n.stream_id
          and d.sequence > m.sequence and d.form = 'revocation' and d.state in ('open', 'parked')) else n.revoke_at end,
    wait = (case m.kind
      when 'acknowledged' then case when n.last > m.sequence and m.next is null then 'turn' end
      when 'parked' then case when n.revoke_at is null or m.sequence >= n.revoke_at then 'person'
        when m.expired then 'timer' when m.in_doubt then 'person' else 'turn' end
      when 'wait' then case when m.stands then 'turn' else 'timer' end
      when 'doubt' then 'timer' else 'turn' end)::lane_wait,
    wake_at = case when m.kind = 'doubt' then greatest(n.out_until, now() + make_interval(secs => m.wait_s))
      when m.kind = 'wait' and not m.stands or m.kind = 'parked' and m.expired and n.revoke_at > m.sequence then now() + make_interval(secs => m.wait_s) end
  from m where n.agency_id = m.agency_id and n.stream_id = m.stream_id
  returning n.agency_id, n.stream_id, n.sending, n.claim, n.doubt_at, n.wait, n.wake_at, m.sequence as settled)
select c.agency_id as "agencyId", c.stream_id as "streamId", c.settled, c.wait, coalesce(dl.attempts, 0) as tries,
  (extract(epoch from c.wake_at - now()) * 1000)::float8 as "wakeInMs", n.*
from up c left join dl on dl.agency_id = c.agency_id and dl.stream_id = c.stream_id
left join lateral (select ${LOADED} ${LOADED_FROM}) n on true`,
};

const KEEP = `insert into bodies (hash, body) select * from unnest($1::bytea[], $2::text[]) as t(hash, body) order by 1 on conflict do nothing`;

const bytes = (hex: string | null): Buffer | null => (hex === null ? null : Buffer.from(hex, 'hex'));

interface Row extends ClaimedLane {
  settled: number;
  wait: Committed['wait'];
  wakeInMs: number | null;
  tries: number;
}

/** Commits a micro-batch of outcomes, at most one per lane. n+1 of a lane may leave only after this has returned. */
export async function commitOutcomes(db: Database, worker: string, outcomes: readonly Outcome[]): Promise<Committed[]> {
  const values = valuesOf(worker, outcomes);
  if (outcomes.every((o) => o.probe === null && o.body === null))
    return (await db.once<Row>(SETTLE.name, SETTLE.text, values)).rows.map(committed);
  return db.transaction(async (client) => {
    const kept = outcomes.filter((o) => o.body !== null && o.itemHash !== null);
    if (kept.length > 0)
      await client.query({
        name: 'bodies.keep',
        text: KEEP,
        values: [byteaArray(kept.map((o) => bytes(o.itemHash))), textArray(kept.map((o) => o.body))],
      });
    const settled = (await client.query<Row>({ ...SETTLE, values })).rows.map(committed);
    await settleProbes(client, worker, outcomes, settled);
    return settled;
  });
}

function valuesOf(worker: string, o: readonly Outcome[]): unknown[] {
  const a = o.flatMap((outcome) => outcome.attempts.map((attempt, i) => ({ outcome, attempt, nth: i + 1 })));
  return [
    worker,
    o.map((x) => x.agencyId),
    o.map((x) => x.streamId),
    o.map((x) => x.sequence),
    o.map((x) => x.claim),
    o.map((x) => x.kind),
    o.map((x) => x.waitMs / 1000),
    o.map((x) => x.inDoubt),
    o.map((x) => x.covers),
    o.map((x) => x.expired),
    o.map((x) => x.stands),
    o.map((x) => x.goOnSeconds),
    o.map((x) => Math.round(x.stoodMs)),
    o.map((x) => x.operation),
    byteaArray(o.map((x) => bytes(x.itemHash))),
    o.map((x) => x.contractVersion),
    o.map((x) => x.owner),
    textArray(o.map((x) => x.reason)),
    o.map((x) => x.fingerprint),
    o.map((x) => x.attempts.length),
    o.map((x) => x.asUpdate),
    a.map((x) => x.outcome.agencyId),
    a.map((x) => x.outcome.streamId),
    a.map((x) => x.nth),
    a.map((x) => x.attempt.operation),
    byteaArray(a.map((x) => bytes(x.attempt.itemHash))),
    a.map((x) => x.attempt.startedAt),
    a.map((x) => x.attempt.endedAt),
    a.map((x) => x.attempt.outcome),
    a.map((x) => x.attempt.inDoubt),
    textArray(a.map((x) => x.attempt.reply)),
  ];
}

function committed(row: Row): Committed {
  const { settled, wait, wakeInMs, tries, ...next } = row;
  const holds = next.sequence !== null && next.eventId !== null;
  if (holds) Object.assign(next, { purpose: 'send', covers: null, probing: false, probes: 0 });
  return {
    agencyId: row.agencyId,
    streamId: row.streamId,
    sequence: settled,
    wait,
    wakeInMs,
    attempts: tries,
    next: holds ? next : null,
  };
}
