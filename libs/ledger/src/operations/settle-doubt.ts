import type { PoolClient } from 'pg';
import { OPEN_DAY } from '../close/open-day.js';
import type { Database } from '../database.js';
import { act, see, type Acted } from './act.js';
import type { Named } from './change-one.js';
import { recordOperation } from './operation.js';

/** What a person heard from the partner about a doubt. `closed-in-doubt`: nothing; a discrepancy until reconciled. */
export type Recorded = 'held' | 'not-held' | 'closed-in-doubt';

/** Records what the partner says of the doubted delivery. Not before every copy has arrived or can't any more. */
export function settleDoubt(db: Database, named: Omit<Named, 'sequence'>, recorded: Recorded): Promise<Acted> {
  const { agency, stream } = named;
  return act(db, async (client) => {
    const { rows } = await client.query<{ doubt_at: number | null }>({
      name: 'operations.doubt',
      text: `select doubt_at from lanes where agency_id = $1 and stream_id = $2 for update`,
      values: [agency, stream],
    });
    if (!rows[0]) return { outcome: 'not-there' };
    const sequence = rows[0].doubt_at;
    if (sequence === null) return { outcome: 'no-doubt' };
    const seen = (await see(client, agency, stream, sequence))!;
    if (seen.held) return { outcome: 'under-way' };
    if (seen.copyOutUntil) return { outcome: 'copy-out', until: seen.copyOutUntil };
    if (recorded === 'closed-in-doubt') {
      if (seen.form === 'revocation') return { outcome: 'revocation' };
      // What it would have replaced would be sent after it: older than what the partner may hold.
      if (await hasOlder(client, agency, stream, sequence)) return { outcome: 'covers-older' };
    }
    const selection = { stream, sequence, recorded };
    const operation = await recordOperation(client, { ...named, kind: 'settle', selection });
    await record(client, { agency, stream, sequence, operation, recorded, reason: named.reason });
    if (recorded === 'held') await endOlder(client, agency, stream, sequence, seen.form === 'revocation');
    await release(client, agency, stream, sequence, recorded === 'held');
    return { outcome: 'done', operation, sequence };
  });
}

const OLDER = `agency_id = $1 and stream_id = $2 and sequence < $3 and state in ('open', 'parked')`;

async function hasOlder(client: PoolClient, agency: string, stream: string, sequence: number): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'operations.older',
    text: `select 1 from deliveries where ${OLDER} limit 1`,
    values: [agency, stream, sequence],
  });
  return rowCount === 1;
}

/** As the acknowledgement would have: what a newer state replaced, or a revocation made needless. */
async function endOlder(
  client: PoolClient,
  agency: string,
  stream: string,
  sequence: number,
  isRevocation: boolean,
): Promise<void> {
  await client.query({
    name: 'operations.end-older',
    text: `update deliveries set state = $4::delivery_state, ended_at = now(), ended_day = ${OPEN_DAY}, fingerprint = null, parked_at = null,
        reason = case when $4 = 'closed' then 'revoked before it was sent' end
      where ${OLDER}`,
    values: [agency, stream, sequence, isRevocation ? 'closed' : 'superseded'],
  });
}

interface Record {
  agency: string;
  stream: string;
  sequence: number;
  operation: string;
  recorded: Recorded;
  reason: string | null;
}

/** After a reap "not held" licenses only the same key again: that taint stays until the partner answers. */
async function record(client: PoolClient, r: Record): Promise<void> {
  await client.query({
    name: 'operations.settle',
    text: `update deliveries set
        state = case $5 when 'held' then 'acknowledged'::delivery_state when 'not-held' then 'open' else 'closed' end,
        ended_at = case when $5 <> 'not-held' then now() end, ended_day = case when $5 <> 'not-held' then ${OPEN_DAY} end,
        taint = case when $5 = 'held' or $5 = 'not-held' and taint = 1 then 0 else taint end,
        first_attempt_at = case when $5 = 'not-held' then null else first_attempt_at end, stood_ms = case when $5 = 'not-held' then null else stood_ms end,
        owner = null, reason = case when $5 = 'closed-in-doubt' then $6 end, fingerprint = null, parked_at = null, operation_id = $4
      where agency_id = $1 and stream_id = $2 and sequence = $3`,
    values: [r.agency, r.stream, r.sequence, r.operation, r.recorded, `closed in doubt: ${r.reason ?? ''}`],
  });
  await client.query({
    name: 'operations.settled',
    text: `insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, started_at, ended_at, outcome, in_doubt, reply, operation_id)
      select d.agency_id, d.stream_id, d.sequence, d.revision, d.attempts, 'operator', 0, l.claim, 'record', now(), now(), 'recorded: ' || $5, true, $6, $4
      from deliveries d join lanes l using (agency_id, stream_id) where d.agency_id = $1 and d.stream_id = $2 and d.sequence = $3`,
    values: [r.agency, r.stream, r.sequence, r.operation, r.recorded, r.reason?.slice(0, 500) ?? null],
  });
}

async function release(
  client: PoolClient,
  agency: string,
  stream: string,
  sequence: number,
  isHeld: boolean,
): Promise<void> {
  await client.query({
    name: 'operations.release',
    text: `update lanes l set doubt_at = null, asked = false, out_until = null, wake_at = null,
        done = case when $4 then $3 else done end,
        wait = (case when $4 and last = $3 then null else 'turn' end)::lane_wait,
        revoke_at = case when $4 and $3 >= revoke_at then (
          select min(d.sequence) from deliveries d where d.agency_id = $1 and d.stream_id = $2 and d.sequence > $3
            and d.form = 'revocation' and d.state in ('open', 'parked')) else revoke_at end
      where agency_id = $1 and stream_id = $2`,
    values: [agency, stream, sequence, isHeld],
  });
}
