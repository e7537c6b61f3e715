import type { Database } from '../database.js';

/**
 * Gives back lanes that this worker holds by a claim whose answer it never got (its connection broke): nothing left for
 * them. `known` are the streams it is working on. The caller begins nothing for what is returned, should it come late.
 */
export async function freeStrays(
  db: Database,
  worker: string,
  agency: string,
  known: readonly string[],
): Promise<{ streamId: string; claim: number }[]> {
  const { rows } = await db.query<{ streamId: string; claim: number }>(
    'lanes.strays',
    `with l as (
       select agency_id, stream_id from lanes where worker = $1 and agency_id = $2 and not stream_id = any($3::bigint[])
       order by agency_id, stream_id for update),
     freed as (
       update lanes n set worker = null, sending = null, wait = 'turn', probing = false, out_until = case when n.doubt_at is null then null else n.out_until end
       from l where n.agency_id = l.agency_id and n.stream_id = l.stream_id
       returning n.stream_id as "streamId", n.claim),
     probe as (
       update breakers set probe_worker = null, wake_at = now() where agency_id = $2 and probe_worker = $1
         and exists (select 1 from lanes where worker = $1 and agency_id = $2 and probing and not stream_id = any($3::bigint[])))
     select * from freed`,
    [worker, agency, known],
  );
  return rows;
}

/** timer → turn, for the lanes a retry job names. A timer that isn't due (a stale job) is left alone. */
export async function wakeLanes(db: Database, lanes: readonly { agency: string; stream: string }[]): Promise<string[]> {
  const { rows } = await db.query<{ agency_id: string }>(
    'lanes.wake',
    `with l as (
       select agency_id, stream_id from lanes join unnest($1::text[], $2::bigint[]) as t(agency_id, stream_id) using (agency_id, stream_id)
       where wait = 'timer' and wake_at <= now() + interval '20 milliseconds' order by agency_id, stream_id for update of lanes)
     update lanes set wait = 'turn', wake_at = null from l
     where lanes.agency_id = l.agency_id and lanes.stream_id = l.stream_id returning lanes.agency_id`,
    [lanes.map((l) => l.agency), lanes.map((l) => l.stream)],
  );
  return rows.map((r) => r.agency_id);
}

/** What Redis forgot: timers overdue by this much, oldest first. */
export async function sweepTimers(db: Database, overdueSeconds: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ agency_id: string }>(
    'lanes.sweep',
    `with l as (
       select agency_id, stream_id from lanes where wait = 'timer' and wake_at < now() - make_interval(secs => $1)
       order by wake_at limit $2 for update skip locked)
     update lanes set wait = 'turn', wake_at = null from l
     where lanes.agency_id = l.agency_id and lanes.stream_id = l.stream_id returning lanes.agency_id`,
    [overdueSeconds, limit],
  );
  return rows.map((r) => r.agency_id);
}

/** Agencies with a lane that waits its turn: one index probe an agency. */
export async function agenciesWithTurns(db: Database, agencies: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'lanes.turns',
    `select a.id from unnest($1::text[]) as a(id) where exists (select 1 from lanes l where l.agency_id = a.id and l.wait = 'turn' and not l.held)`,
    [agencies],
  );
  return rows.map((r) => r.id);
}
