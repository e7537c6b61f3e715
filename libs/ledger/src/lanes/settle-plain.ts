import { byteaArray, plainArray, textArray } from '../binary-array.js';
import type { Database } from '../database.js';
import type { ClaimedLane } from './claimed-lane.js';
import type { Committed, Outcome } from './outcome.js';

/** Acknowledged at the first request, nothing in doubt, nothing covered: what nearly every delivery comes to. */
export const isPlain = (o: Outcome): boolean =>
  o.kind === 'acknowledged' &&
  o.attempts.length === 1 &&
  o.covers === null &&
  o.probe === null &&
  o.operationId === null &&
  !o.lane.inDoubt &&
  !o.asUpdate &&
  o.lane.type !== 'vn.lienthong.case.result-revoked.v1';

/**
 * The general statement (settle.ts) narrowed to the plain case; a spec holds the two against each other. Kept narrow because
 * every column is carried through five lists: this statement is the ledger's price of a delivery.
 */
const SETTLE_PLAIN = {
  name: 'lanes.settle-plain',
  text: `
with me as (select id from workers where id = $1 for key share),
m as materialized (
  select t.*, l.last, n.sequence as next, n.event_id, n.revision, n.attempts, n.contract_version as bound, n.as_update, n.edited
  from unnest($2::text[], $3::bigint[], $4::int[], $5::int[], $6::float8[], $7::boolean[], $8::int[], $9::text[], $10::bytea[], $11::date[], $12::float8[], $13::float8[])
    as t(agency_id, stream_id, sequence, claim, go_on_s, with_case, number, operation, item_hash, contract_version, started_at, ended_at)
  cross join me
  join lanes l on l.agency_id = t.agency_id and l.stream_id = t.stream_id
  left join lateral (
    select x.* from deliveries x
    where t.go_on_s is not null and l.last > t.sequence and l.revoke_at is null
      and not exists (select 1 from agencies a where a.id = t.agency_id and a.stood_since is not null)
      and x.agency_id = t.agency_id and x.stream_id = t.stream_id and x.sequence > t.sequence
    order by x.sequence limit 1) n
    on n.state = 'open' and n.taint = 0 and n.attempts = 0 and n.operation_id is null and (n.form <> 'full' or n.sequence = l.last)
  where l.claim = t.claim and l.sending = t.sequence and l.worker is not distinct from me.id
  order by l.agency_id, l.stream_id for update of l),
dl as (
  update deliveries d set state = 'acknowledged', ended_at = now(), taint = 0, attempts = m.number,
    first_attempt_at = coalesce(d.first_attempt_at, now()), operation = m.operation, item_hash = m.item_hash,
    contract_version = coalesce(d.contract_version, m.contract_version), owner = null, reason = null, fingerprint = null
  from m where d.agency_id = m.agency_id and d.stream_id = m.stream_id and d.sequence = m.sequence
  returning d.agency_id, d.stream_id, d.sequence, d.revision, d.attempts, d.operation, d.item_hash, d.contract_version, m.claim, m.started_at, m.ended_at),
tried as (
  insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, item_hash, contract_version, started_at, ended_at, outcome, in_doubt)
  select agency_id, stream_id, sequence, revision, attempts, 'schedule', $1, claim, operation, item_hash, contract_version,
    to_timestamp(started_at / 1000), to_timestamp(ended_at / 1000), 'acknowledged', false from dl),
c as (
  update lanes n set done = m.sequence, sending = m.next, doubt_at = null, asked = false, wake_at = null,
    worker = case when m.next is not null then n.worker end, claim = n.claim + (m.next is not null)::int,
    out_until = case when m.next is not null then now() + make_interval(secs => m.go_on_s) end,
    wait = (case when n.last > m.sequence and m.next is null then 'turn' end)::lane_wait
  from m where n.agency_id = m.agency_id and n.stream_id = m.stream_id
  returning n.agency_id, n.stream_id, n.wait, n.claim, m.claim as settled_claim, m.sequence, m.next, m.with_case, m.event_id, m.revision, m.bound, m.as_update, m.edited)
select c.agency_id as "agencyId", c.stream_id as "streamId", c.sequence as settled, c.settled_claim as "settledClaim", c.wait, c.claim, c.next as sequence, c.event_id as "eventId", c.revision,
  c.bound::text as "contractVersion", c.as_update as "asUpdate", (select b.body from bodies b where b.hash = c.edited) as edited,
  e.type, e.sender, (extract(epoch from e.recorded_at) * 1000)::float8 as "recordedAt", e.body::text as "dataText", e.status,
  (extract(epoch from now()) * 1000)::float8 as now,
  case when c.with_case and e.type not in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1') then (
    select b.body::text from events b where b.stream_id = c.stream_id and b.sequence < c.next
      and b.type in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1')
    order by b.sequence desc limit 1) end as "applicationText"
from c left join events e on e.stream_id = c.stream_id and e.sequence = c.next`,
};

interface Row extends ClaimedLane {
  settled: number;
  settledClaim: number;
  wait: Committed['wait'];
}

export async function settlePlain(db: Database, worker: string, o: readonly Outcome[]): Promise<Committed[]> {
  const first = o.map((x) => x.attempts[0]!);
  const { rows } = await db.once<Row>(SETTLE_PLAIN.name, SETTLE_PLAIN.text, [
    worker,
    plainArray(o.map((x) => x.agencyId)),
    plainArray(o.map((x) => x.streamId)),
    plainArray(o.map((x) => x.sequence)),
    plainArray(o.map((x) => x.claim)),
    plainArray(o.map((x) => x.goOn?.outSeconds ?? null)),
    plainArray(o.map((x) => x.goOn?.withCase ?? null)),
    plainArray(o.map((x) => x.lane.attempts + 1)),
    textArray(o.map((x) => x.operation)),
    byteaArray(o.map((x) => (x.itemHash === null ? null : Buffer.from(x.itemHash, 'hex')))),
    plainArray(o.map((x) => x.contractVersion)),
    plainArray(first.map((a) => a.startedAt)),
    plainArray(first.map((a) => a.endedAt)),
  ]);
  const before = new Map(o.map((x) => [`${x.agencyId}/${x.streamId}/${x.claim}`, x.lane]));
  return rows.map((row) => committed(row, before.get(`${row.agencyId}/${row.streamId}/${row.settledClaim}`)!));
}

/** What the lane's next delivery has in common with the one before needs no look. */
function committed(row: Row, before: ClaimedLane): Committed {
  const { agencyId, streamId, settled, settledClaim, wait } = row;
  const sameOfLane = {
    agencyId,
    streamId,
    sequence: settled,
    claim: settledClaim,
    wait,
    wakeInMs: null,
    attempts: before.attempts + 1,
  };
  if (row.sequence === null) return { ...sameOfLane, next: null };
  row.caseCode = before.caseCode;
  row.stoodMs = before.stoodMs;
  row.attempts = 0;
  row.firstAttemptAt = null;
  row.stoodAtFirstMs = null;
  row.acknowledgedStatus = null;
  row.inDoubt = false;
  row.reaped = false;
  row.purpose = 'send';
  row.covers = null;
  row.probing = false;
  row.probes = 0;
  row.operationId = null;
  return { ...sameOfLane, next: row };
}
