import type { PoolClient } from 'pg';
import type { Batch } from './carry-on.js';
import type { Operation } from './operation.js';
import { pickParked } from './pick-parked.js';

/**
 * A batch of a retry. What the partner refused, and so doesn't have, goes as a new revision by today's contract; where the
 * partner may have it, the same key goes again, as it was. No lane that somebody holds loses its claim.
 */
export async function retryBatch(client: PoolClient, operation: Operation, limit: number): Promise<Batch> {
  const { agencyId, selection } = operation;
  const lanes = await pickParked(client, operation, limit);
  const streams = lanes.map((lane) => lane.streamId);
  if (streams.length > 0) {
    await client.query({
      name: 'operations.reopen',
      text: `update deliveries d set state = 'open', first_attempt_at = null, stood_ms = null, parked_at = null, fingerprint = null, operation_id = $4,
          revision = d.revision + x.fresh::int, contract_version = case when x.fresh then null else d.contract_version end
        from (
          select p.stream_id, p.sequence, p.attempts > 0 and p.taint = 0 and l.doubt_at is distinct from p.sequence
            and coalesce(l.out_until <= now(), true) as fresh
          from deliveries p join lanes l on l.agency_id = p.agency_id and l.stream_id = p.stream_id
          where p.agency_id = $1 and p.stream_id = any($2::bigint[]) and p.state = 'parked' and ($3::text is null or p.fingerprint = $3)
            and p.parked_at <= (select created_at from operations where id = $4)) x
        where d.agency_id = $1 and d.stream_id = x.stream_id and d.sequence = x.sequence`,
      values: [agencyId, streams, selection.fingerprint ?? null, operation.id],
    });
    await takeTurns(client, agencyId, streams);
  }
  return batchOf(operation, streams, limit, { done: streams.length, failed: 0 });
}

/** Lanes that waited for a person: their turn, or a timer while a copy may be out. */
export async function takeTurns(client: PoolClient, agency: string, streams: readonly string[]): Promise<void> {
  await client.query({
    name: 'operations.take-turns',
    text: `update lanes set wait = (case when doubt_at is not null and out_until > now() then 'timer' else 'turn' end)::lane_wait,
        wake_at = case when doubt_at is not null and out_until > now() then out_until end
      where agency_id = $1 and stream_id = any($2::bigint[]) and wait = 'person'`,
    values: [agency, streams],
  });
}

export function batchOf(
  { cursor, selection, done, failed }: Operation,
  streams: readonly string[],
  limit: number,
  counts: { done: number; failed: number },
): Batch {
  const looked = done + failed + streams.length;
  return {
    cursor: streams.at(-1) ?? cursor,
    ...counts,
    ended: streams.length < limit || looked >= (selection.atMost ?? Infinity),
  };
}
