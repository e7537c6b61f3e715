import type { PoolClient } from 'pg';
import type { Operation } from './operation.js';

export interface PickedLane {
  streamId: string;
  held: boolean;
  inDoubt: boolean;
  copyOut: boolean;
}

/**
 * The next lanes of an operation about parked deliveries, locked in order. Only what was parked before the operation began:
 * what it sends again and fails again isn't looked at twice.
 */
export async function pickParked(client: PoolClient, operation: Operation, limit: number): Promise<PickedLane[]> {
  const { agencyId, selection, cursor, done, failed } = operation;
  const left = (selection.atMost ?? Infinity) - done - failed;
  const { rows } = await client.query<PickedLane>({
    name: selection.fingerprint === undefined ? 'operations.pick' : 'operations.pick-group',
    text: `with p as (
        select distinct stream_id from deliveries
        where agency_id = $1 and ${selection.fingerprint === undefined ? '$2::text is null' : 'fingerprint = $2'} and fingerprint is not null
          and state = 'parked' and ($3::bigint is null or stream_id = $3) and stream_id > $4
          and parked_at <= (select created_at from operations where id = $5)
        order by stream_id limit $6)
      select l.stream_id as "streamId", l.worker is not null as held, l.doubt_at is not null as "inDoubt",
        coalesce(l.out_until > now(), false) as "copyOut"
      from lanes l join p on p.stream_id = l.stream_id where l.agency_id = $1 order by l.agency_id, l.stream_id for update of l`,
    values: [
      agencyId,
      selection.fingerprint ?? null,
      selection.stream ?? null,
      cursor,
      operation.id,
      Math.max(0, Math.min(limit, left)),
    ],
  });
  return rows;
}
