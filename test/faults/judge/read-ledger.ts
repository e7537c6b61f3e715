import pg from 'pg';
import { verifyChains } from '#ledger';
import type { LedgerRows } from '../evidence.js';

const epoch = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** Everything that the invariants look at, by plain SQL. */
export async function readLedger(databaseUrl: string): Promise<LedgerRows> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const rows = async <R extends pg.QueryResultRow>(sql: string): Promise<R[]> => (await client.query<R>(sql)).rows;
  try {
    const chains = await verifyChains(client);
    return {
      events: await rows(
        `select stream_id as stream, sequence, id, encode(body_hash, 'hex') as hash, sender from events order by 1, 2`,
      ),
      streams: await rows(
        `select s.id as stream, a.code, s.last, p.planned from streams s join aliases a on coalesce(a.moved_from, a.stream_id) = s.id and a.namespace = 'case'
         left join plan_cursor p on p.stream_id = s.id`,
      ),
      brokenChains: chains.first.map(({ code, sequence }) => `${code} at ${sequence ?? 'its head'}`),
      deliveries: await rows(
        `select agency_id as agency, stream_id as stream, sequence, event_id as "eventId", state::text, form::text,
           ${epoch('planned_at')} as "plannedAt",
           case when state = 'acknowledged' then ${epoch('ended_at')} end as "endedAt" from deliveries`,
      ),
      lanes: await rows(
        `select agency_id as agency, stream_id as stream, done, last, ${epoch('deadline')} as deadline, worker, wait::text, ${epoch('wake_at')} as "wakeAt" from lanes`,
      ),
      attempts: await rows(
        `select id::int, agency_id as agency, stream_id as stream, sequence, worker, outcome, in_doubt as "inDoubt",
           contract_version::text as "contractVersion", ${epoch('started_at')} as "startedAt", ${epoch('ended_at')} as "endedAt"
         from attempts order by id`,
      ),
      workers: (await rows<{ id: string }>(`select id from workers`)).map(({ id }) => id),
      contracts: await rows(`select agency_id as agency, valid_from::text as "validFrom" from contracts`),
      paused: (await rows<{ id: string }>(`select id from agencies where paused`)).map(({ id }) => id),
    };
  } finally {
    await client.end();
  }
}
