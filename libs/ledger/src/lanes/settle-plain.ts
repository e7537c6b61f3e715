import { byteaArray, plainArray, textArray } from '../binary-array.js';
import { OPEN_DAY } from '../close/open-day.js';
import type { Database } from '../database.js';
import { FEW } from '../few.js';
import { revokedResult, type ClaimedLane } from './claimed-lane.js';
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
/** Of the locked lane; what doesn't need it is asked where the next delivery is found. */
const GOES_ON = `(x.sequence is not null and n.last > t.sequence and n.revoke_at is null and not n.held and (x.form <> 'full' or x.sequence = n.last))`;

const SETTLE_PLAIN = {
  name: 'lanes.settle-plain',
  text: `
with me as (select id from workers where id = $1 for key share),
c as (
  update lanes n set done = t.sequence, doubt_at = null, asked = false, wake_at = null,
    sending = case when ${GOES_ON} then x.sequence end,
    worker = case when ${GOES_ON} then n.worker end,
    claim = n.claim + ${GOES_ON}::int,
    out_until = case when ${GOES_ON} then now() + make_interval(secs => t.go_on_s) end,
    wait = (case when n.last > t.sequence and not ${GOES_ON} then 'turn' end)::lane_wait
  from me, (
    select * from unnest($2::text[], $3::bigint[], $4::int[], $5::int[], $6::float8[], $7::boolean[], $8::int[], $9::text[], $10::bytea[], $11::date[], $12::float8[], $13::float8[])
      as t(agency_id, stream_id, sequence, claim, go_on_s, with_case, number, operation, item_hash, contract_version, started_at, ended_at)
    order by agency_id collate "C", stream_id ${FEW}) t
  left join lateral (
    select d.* from deliveries d where t.go_on_s is not null and d.agency_id = t.agency_id and d.stream_id = t.stream_id and d.sequence > t.sequence
    order by d.sequence limit 1) x
    on x.state = 'open' and x.taint = 0 and x.attempts = 0 and x.operation_id is null
      and t.agency_id not in (select id from agencies where stood_since is not null)
  where n.agency_id = t.agency_id and n.stream_id = t.stream_id and n.claim = t.claim and n.sending = t.sequence and n.worker is not distinct from me.id
  returning n.agency_id, n.stream_id, n.sending as next, n.claim, n.wait, t.claim as settled_claim, t.sequence, t.with_case, t.number, t.operation, t.item_hash,
    t.contract_version, t.started_at, t.ended_at, x.event_id, x.revision, x.contract_version as bound, x.as_update, x.edited),
dl as (
  update deliveries d set state = 'acknowledged', ended_at = now(), ended_day = ${OPEN_DAY}, taint = 0, attempts = c.number,
    first_attempt_at = coalesce(d.first_attempt_at, now()), operation = c.operation, item_hash = c.item_hash,
    contract_version = coalesce(d.contract_version, c.contract_version), owner = null, reason = null, fingerprint = null
  from c where d.agency_id = c.agency_id and d.stream_id = c.stream_id and d.sequence = c.sequence
  returning d.agency_id, d.stream_id, d.sequence, d.revision, d.attempts, d.operation, d.item_hash, d.contract_version, c.settled_claim, c.started_at, c.ended_at),
tried as (
  insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, item_hash, contract_version, started_at, ended_at, outcome, in_doubt)
  select agency_id, stream_id, sequence, revision, attempts, 'schedule', $1, settled_claim, operation, item_hash, contract_version,
    to_timestamp(started_at / 1000), to_timestamp(ended_at / 1000), 'acknowledged', false from dl)
select c.agency_id as "agencyId", c.stream_id as "streamId", c.sequence as settled, c.settled_claim as "settledClaim", c.wait, c.claim, c.next as sequence, c.event_id as "eventId", c.revision,
  c.bound::text as "contractVersion", c.as_update as "asUpdate", (select b.body from bodies b where b.hash = c.edited) as edited,
  e.type, e.sender, date_part('epoch', e.recorded_at) * 1000 as "recordedAt", e.body::text as "dataText", e.status,
  date_part('epoch', now()) * 1000 as now,
  case when c.with_case and e.type not in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1') then (
    select b.body::text from events b where b.stream_id = c.stream_id and b.sequence < c.next
      and b.type in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1')
    order by b.sequence desc limit 1) end as "applicationText",
  ${revokedResult('c.with_case', 'e.type', 'c.stream_id', 'c.next')} as "resultText"
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
  // May lack what began and ended meanwhile: never tried, it counts from the end of its own first attempt (settle.ts).
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
  row.replay = null;
  row.sent = null;
  row.sentAs = null;
  return { ...sameOfLane, next: row };
}
