import type { Database } from '../database.js';

/** A person's retry of parked lanes (all of an agency's, or one stream's): the delivery is open again; no copy may still be out. */
export async function retryParked(db: Database, agency: string, stream: string | null): Promise<number> {
  return db.transaction(async (client) => {
    const { rowCount } = await client.query({
      name: 'lanes.retry',
      text: `with l as (
          select agency_id, stream_id from lanes where agency_id = $1 and wait = 'person' and ($2::bigint is null or stream_id = $2)
          order by agency_id, stream_id for update),
        d as (update deliveries set state = 'open', first_attempt_at = null, stood_ms = null from l
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
