import type { PoolClient } from 'pg';
import { OPEN_DAY } from '../close/open-day.js';
import type { Batch } from './carry-on.js';
import type { Operation } from './operation.js';
import { pickParked } from './pick-parked.js';
import { batchOf, takeTurns } from './retry.js';

/**
 * A batch of closing what is parked for one cause. It ends those deliveries and no others: the lane takes its turn, and the
 * next claim finds what follows. Never one that the partner may hold, and never a revocation, which must be told.
 */
export async function closeBatch(client: PoolClient, operation: Operation, limit: number): Promise<Batch> {
  const { agencyId, selection } = operation;
  const lanes = await pickParked(client, operation, limit);
  const free = lanes.filter((lane) => !lane.held && !lane.inDoubt && !lane.copyOut).map((lane) => lane.streamId);
  const closed = await client.query<{ stream_id: string }>({
    name: 'operations.close',
    text: `update deliveries set state = 'closed', ended_at = now(), ended_day = ${OPEN_DAY}, reason = $4, parked_at = null, fingerprint = null, operation_id = $5
      where agency_id = $1 and stream_id = any($2::bigint[]) and state = 'parked' and ($3::text is null or fingerprint = $3)
        and taint = 0 and form <> 'revocation' and parked_at <= (select created_at from operations where id = $5)
      returning stream_id`,
    values: [agencyId, free, selection.fingerprint ?? null, operation.reason, operation.id],
  });
  const streams = [...new Set(closed.rows.map((row) => row.stream_id))];
  await takeTurns(client, agencyId, streams);
  return batchOf(
    operation,
    lanes.map((lane) => lane.streamId),
    limit,
    { done: streams.length, failed: lanes.length - streams.length },
  );
}
