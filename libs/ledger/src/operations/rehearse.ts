import type { Database } from '../database.js';
import { LOADED, LOADED_FROM, type ClaimedLane } from '../lanes/claimed-lane.js';
import type { Operation } from './operation.js';

/** A parked delivery as a retry would send it, and what its last attempt sent. */
export interface Rehearsed {
  lane: ClaimedLane;
  /** Null: nothing was ever sent. */
  lastHash: string | null;
  /** The partner may have it: the same key goes again, by the contract it is bound to. */
  bound: boolean;
}

/** The next of what an operation about parked deliveries would send again. Locks and changes nothing. */
export async function loadParked(db: Database, operation: Operation, limit: number): Promise<Rehearsed[]> {
  const { agencyId, selection, cursor, done, failed } = operation;
  const left = Math.max(0, Math.min(limit, (selection.atMost ?? Infinity) - done - failed));
  const { rows } = await db.query<ClaimedLane & { lastHash: string | null; bound: boolean }>(
    'operations.rehearse',
    `with p as (
       select distinct on (stream_id) stream_id, sequence, item_hash, taint from deliveries
       where agency_id = $1 and fingerprint is not null and ($2::text is null or fingerprint = $2) and state = 'parked'
         and ($3::bigint is null or stream_id = $3) and stream_id > $4 order by stream_id, sequence limit $5),
     c as (
       select l.agency_id, p.stream_id, p.sequence as sending, l.claim, case when l.doubt_at = p.sequence then p.sequence end as doubt_at, l.known_as, true as with_case,
         encode(p.item_hash, 'hex') as last_hash, p.taint > 0 or l.doubt_at is not distinct from p.sequence as bound
       from p join lanes l on l.agency_id = $1 and l.stream_id = p.stream_id)
     select c.agency_id as "agencyId", c.stream_id as "streamId", c.last_hash as "lastHash", c.bound, n.*
     from c cross join lateral (select ${LOADED} ${LOADED_FROM}) n order by c.stream_id`,
    [agencyId, selection.fingerprint ?? null, selection.stream ?? null, cursor, left],
  );
  return rows.map(({ lastHash, bound, ...row }) => ({
    lane: Object.assign(row, { purpose: 'send', covers: null, probing: false, probes: 0 } as const),
    lastHash,
    bound,
  }));
}
