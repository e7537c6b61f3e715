import { byteaArray, plainArray, textArray } from '../binary-array.js';
import { OPEN_DAY } from '../close/open-day.js';
import type { Database } from '../database.js';
import { FEW } from '../few.js';
import { settleProbes } from './breakers.js';
import { isPlain, settlePlain } from './settle-plain.js';
import { LOADED, LOADED_FROM, type ClaimedLane } from './claimed-lane.js';
import type { AttemptRecord, Committed, Outcome } from './outcome.js';

/** Attempts beyond a claim's first: a session that expired, a request that was halved. */
const MORE = `,
more as (
  insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, item_hash, contract_version, started_at, ended_at, outcome, in_doubt, reply, operation_id)
  select m.agency_id, m.stream_id, m.sequence, m.revision, m.tried + a.nth, m.asked_by, $1, m.claim, a.operation, m.item_hash, m.bound,
    to_timestamp(a.started_at / 1000), to_timestamp(a.ended_at / 1000), a.outcome, a.in_doubt, a.reply, m.operation_id
  from unnest($28::int[], $29::int[], $30::text[], $31::float8[], $32::float8[], $33::text[], $34::boolean[], $35::text[])
    as a(i, nth, operation, started_at, ended_at, outcome, in_doubt, reply) join m using (i))`;

/** Of the locked lane: what it was held for since the snapshot comes first. */
const GOES_ON = '(m.next is not null and not n.held)';

/** A newer full state was planned while this one was under way: as if it came later, it wakes what would now be parked. */
const NEXT_IS_FULL = `(
  select x.form = 'full' from deliveries x
  where x.agency_id = m.agency_id and x.stream_id = m.stream_id and x.sequence > m.sequence and x.state in ('open', 'parked')
  order by x.sequence limit 1)`;

/**
 * Everything that a claim's end changes, in one statement: fenced by worker and claim, lanes locked in order. A lane whose
 * next delivery needs no decision (it is a delta, or the newest full state) stays with its worker under a new claim.
 * A plan committed since the snapshot shows in the locked lane, not yet in its deliveries: the next claim looks for its revocation.
 *
 * Lanes are found by their key, whatever index the planner would like for the worker; nothing joins two lists of a batch.
 */
const settle = (more: string): string => `
with me as (select id from workers where id = $1 for key share),
m as materialized (
  select t.*, l.done, l.last, l.revoke_at, d.form, d.attempts as tried, d.revision, d.operation_id,
    coalesce(d.contract_version, t.contract_version) as bound, case when d.operation_id is null then 'schedule'
      when exists (select from operations o where o.id = d.operation_id and o.author = 'reconciliation') then 'reconciliation' else 'operator' end as asked_by,
    n.sequence as next
  from (select * from unnest($2::text[], $3::bigint[], $4::int[], $5::int[], $6::text[], $7::float8[], $8::boolean[], $9::text[], $10::boolean[], $11::boolean[],
    $12::float8[], $13::boolean[], $14::text[], $15::bytea[], $16::date[], $17::text[], $18::text[], $19::text[], $20::smallint[], $21::boolean[],
    $22::float8[], $23::float8[], $24::text[], $25::boolean[], $26::text[], $27::int[])
    as t(agency_id, stream_id, sequence, claim, kind, wait_s, in_doubt, covers, expired, stands, go_on_s, with_case, operation, item_hash,
      contract_version, owner, reason, fingerprint, tries, as_update, started_at, ended_at, outcome, was_in_doubt, reply, i) ${FEW}) t
  cross join me
  join lanes l on l.agency_id = t.agency_id and l.stream_id = t.stream_id
  join deliveries d on d.agency_id = t.agency_id and d.stream_id = t.stream_id and d.sequence = t.sequence
  left join lateral (
    select x.sequence, x.form, x.state, x.taint from deliveries x
    where t.kind = 'acknowledged' and t.go_on_s is not null and l.last > t.sequence and l.revoke_at is null
      and not exists (select 1 from agencies a where a.id = t.agency_id and a.stood_since is not null)
      and x.agency_id = t.agency_id and x.stream_id = t.stream_id and x.sequence > t.sequence
    order by x.sequence limit 1) n
    on n.state = 'open' and n.taint = 0 and (n.form <> 'full' or n.sequence = l.last)
  where l.claim = t.claim and l.sending = t.sequence and l.worker is not distinct from me.id
  order by l.agency_id, l.stream_id for update of l),
dl as (
  update deliveries d set
    state = case m.kind when 'acknowledged' then 'acknowledged'::delivery_state when 'parked' then 'parked' else d.state end,
    ended_at = case when m.kind = 'acknowledged' then now() end, ended_day = case when m.kind = 'acknowledged' then ${OPEN_DAY} end,
    parked_at = case when m.kind = 'parked' then now() end,
    taint = case when m.kind = 'acknowledged' or (m.kind = 'parked' and m.owner = 'data' and not m.in_doubt) then 0
      when m.kind = 'doubt' or m.in_doubt then greatest(d.taint, 1) when m.kind = 'not-held' and d.taint = 1 then 0 else d.taint end,
    attempts = m.tried + m.tries,
    first_attempt_at = case when m.tries > 0 then coalesce(d.first_attempt_at, now()) else d.first_attempt_at end,
    stood_ms = case when m.tries > 0 and m.kind <> 'acknowledged' then coalesce(d.stood_ms, (
      select stood_ms + coalesce(extract(epoch from now() - stood_since) * 1000, 0)::bigint from agencies where id = d.agency_id)) else d.stood_ms end,
    operation = coalesce(m.operation, d.operation), item_hash = coalesce(m.item_hash, d.item_hash),
    as_update = d.as_update or m.as_update, contract_version = m.bound,
    owner = m.owner, reason = m.reason, fingerprint = m.fingerprint
  from m where d.agency_id = m.agency_id and d.stream_id = m.stream_id and d.sequence = m.sequence),
covered as (
  update deliveries d set state = m.covers::delivery_state, ended_at = now(), ended_day = ${OPEN_DAY}, reason = case m.covers when 'closed' then 'revoked before it was sent' end,
    fingerprint = null
  from m where m.kind = 'acknowledged' and m.covers is not null and d.agency_id = m.agency_id and d.stream_id = m.stream_id
    and d.sequence > m.done and d.sequence < m.sequence and d.state in ('open', 'parked')),
tried as (
  insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, item_hash, contract_version, started_at, ended_at, outcome, in_doubt, reply, operation_id)
  select agency_id, stream_id, sequence, revision, tried + 1, asked_by, $1, claim, operation, item_hash, bound,
    to_timestamp(started_at / 1000), to_timestamp(ended_at / 1000), outcome, was_in_doubt, reply, operation_id
  from m where outcome is not null)${more},
c as (
  update lanes n set
    worker = case when ${GOES_ON} then n.worker end, sending = case when ${GOES_ON} then m.next end, claim = n.claim + ${GOES_ON}::int,
    probing = false,
    done = case when m.kind = 'acknowledged' then m.sequence else n.done end,
    doubt_at = case m.kind when 'acknowledged' then null when 'not-held' then null when 'doubt' then m.sequence
      when 'parked' then case when m.in_doubt then m.sequence end else n.doubt_at end,
    asked = case m.kind when 'nothing-proved' then true when 'wait' then n.asked when 'turn' then n.asked else false end,
    out_until = case when ${GOES_ON} then now() + make_interval(secs => m.go_on_s)
      when m.kind = 'doubt' or (m.kind = 'parked' and m.in_doubt) then n.out_until end,
    revoke_at = case when m.kind = 'acknowledged' and m.sequence >= n.revoke_at and n.last = (
        select max(d.sequence) from deliveries d where d.agency_id = n.agency_id and d.stream_id = n.stream_id) then (
        select min(d.sequence) from deliveries d where d.agency_id = n.agency_id and d.stream_id = n.stream_id
          and d.sequence > m.sequence and d.form = 'revocation' and d.state in ('open', 'parked')) else n.revoke_at end,
    wait = (case m.kind
      when 'acknowledged' then case when n.last > m.sequence and not ${GOES_ON} then 'turn' end
      when 'parked' then case when n.revoke_at is null or m.sequence >= n.revoke_at then
          case when not m.in_doubt and m.form = 'full' and n.last > m.sequence and ${NEXT_IS_FULL} then 'turn' else 'person' end
        when m.expired then 'timer' when m.in_doubt then 'person' else 'turn' end
      when 'wait' then case when m.stands then 'turn' else 'timer' end
      when 'doubt' then 'timer' else 'turn' end)::lane_wait,
    wake_at = case when m.kind = 'doubt' then greatest(n.out_until, now() + make_interval(secs => m.wait_s))
      when m.kind = 'wait' and not m.stands or m.kind = 'parked' and m.expired and n.revoke_at > m.sequence then now() + make_interval(secs => m.wait_s) end
  from m where n.agency_id = m.agency_id and n.stream_id = m.stream_id
  returning n.agency_id, n.stream_id, n.sending, n.claim, n.doubt_at, n.known_as, n.wait, n.wake_at, m.sequence as settled, m.claim as settled_claim, m.with_case, m.tried + m.tries as tries)
select c.agency_id as "agencyId", c.stream_id as "streamId", c.settled, c.settled_claim as "settledClaim", c.wait, c.tries,
  (extract(epoch from c.wake_at - now()) * 1000)::float8 as "wakeInMs", n.*
from c left join lateral (select ${LOADED} ${LOADED_FROM}) n on true`;

const SETTLE = { name: 'lanes.settle', text: settle('') };
const SETTLE_MORE = { name: 'lanes.settle-more', text: settle(MORE) };

const KEEP = `insert into bodies (hash, body) select * from unnest($1::bytea[], $2::text[]) as t(hash, body) order by 1 on conflict do nothing`;

interface Row extends ClaimedLane {
  settled: number;
  settledClaim: number;
  wait: Committed['wait'];
  wakeInMs: number | null;
  tries: number;
}

/** Commits a micro-batch of outcomes, at most one per lane. n+1 of a lane may leave only after this has returned. */
export async function commitOutcomes(db: Database, worker: string, outcomes: readonly Outcome[]): Promise<Committed[]> {
  const plain = outcomes.filter(isPlain);
  if (plain.length === 0) return settleAll(db, worker, outcomes);
  const rest = plain.length === outcomes.length ? [] : outcomes.filter((o) => !isPlain(o));
  // One after the other: a failure is repeated for the whole batch, and what has committed is then fenced by its claim.
  const settled = rest.length > 0 ? await settleAll(db, worker, rest) : [];
  return [...settled, ...(await settlePlain(db, worker, plain))];
}

/** Any outcome, by the general statement. */
export async function settleAll(db: Database, worker: string, outcomes: readonly Outcome[]): Promise<Committed[]> {
  const more = outcomes.flatMap((o, i) => o.attempts.slice(1).map((attempt, k) => ({ i, nth: k + 2, attempt })));
  const statement = more.length > 0 ? SETTLE_MORE : SETTLE;
  const values = [...valuesOf(worker, outcomes), ...(more.length > 0 ? moreOf(more) : [])];
  if (outcomes.every((o) => o.probe === null && o.body === null))
    return (await db.once<Row>(statement.name, statement.text, values)).rows.map(committed);
  return db.transaction(async (client) => {
    const kept = outcomes.filter((o) => o.body !== null && o.itemHash !== null);
    if (kept.length > 0)
      await client.query({
        name: 'bodies.keep',
        text: KEEP,
        values: [byteaArray(kept.map((o) => bytes(o.itemHash))), textArray(kept.map((o) => o.body))],
      });
    const settled = (await client.query<Row>({ ...statement, values })).rows.map(committed);
    await settleProbes(client, worker, outcomes, settled);
    return settled;
  });
}

const bytes = (hex: string | null): Buffer | null => (hex === null ? null : Buffer.from(hex, 'hex'));

function valuesOf(worker: string, o: readonly Outcome[]): unknown[] {
  const first = o.map((x) => x.attempts[0]);
  return [
    worker,
    plainArray(o.map((x) => x.agencyId)),
    plainArray(o.map((x) => x.streamId)),
    plainArray(o.map((x) => x.sequence)),
    plainArray(o.map((x) => x.claim)),
    plainArray(o.map((x) => x.kind)),
    plainArray(o.map((x) => x.waitMs / 1_000)),
    plainArray(o.map((x) => x.inDoubt)),
    plainArray(o.map((x) => x.covers)),
    plainArray(o.map((x) => x.expired)),
    plainArray(o.map((x) => x.stands)),
    plainArray(o.map((x) => x.goOn?.outSeconds ?? null)),
    plainArray(o.map((x) => x.goOn?.withCase ?? null)),
    textArray(o.map((x) => x.operation)),
    byteaArray(o.map((x) => bytes(x.itemHash))),
    plainArray(o.map((x) => x.contractVersion)),
    plainArray(o.map((x) => x.owner)),
    textArray(o.map((x) => x.reason)),
    plainArray(o.map((x) => x.fingerprint)),
    plainArray(o.map((x) => x.attempts.length)),
    plainArray(o.map((x) => x.asUpdate)),
    plainArray(first.map((a) => a?.startedAt ?? null)),
    plainArray(first.map((a) => a?.endedAt ?? null)),
    textArray(first.map((a) => a?.outcome ?? null)),
    plainArray(first.map((a) => a?.inDoubt ?? null)),
    textArray(first.map((a) => a?.reply ?? null)),
    plainArray(o.map((_, i) => i)),
  ];
}

const moreOf = (more: readonly { i: number; nth: number; attempt: AttemptRecord }[]): unknown[] => [
  plainArray(more.map((x) => x.i)),
  plainArray(more.map((x) => x.nth)),
  textArray(more.map((x) => x.attempt.operation)),
  plainArray(more.map((x) => x.attempt.startedAt)),
  plainArray(more.map((x) => x.attempt.endedAt)),
  textArray(more.map((x) => x.attempt.outcome)),
  plainArray(more.map((x) => x.attempt.inDoubt)),
  textArray(more.map((x) => x.attempt.reply)),
];

function committed(row: Row): Committed {
  const { agencyId, streamId, settled, settledClaim, wait, wakeInMs, tries } = row;
  let next: ClaimedLane | null = null;
  if (row.sequence !== null) {
    next = row;
    next.purpose = 'send';
    next.covers = null;
    next.probing = false;
    next.probes = 0;
  }
  return { agencyId, streamId, sequence: settled, claim: settledClaim, wait, wakeInMs, attempts: tries, next };
}
