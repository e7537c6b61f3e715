import type { Database } from './database.js';

export const LEASE_SECONDS = 5;

export interface Reaped {
  agency_id: string;
  stream_id: string;
}

/** Enters this incarnation. The id is never used again, so an old process can't be taken for a new one. */
export async function enlist(db: Database, instance: string): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    'workers.enlist',
    `insert into workers (instance, lease_until) values ($1, now() + make_interval(secs => $2)) returning id`,
    [instance, LEASE_SECONDS],
  );
  return rows[0]!.id;
}

/** How many workers are alive, and this one's place among them: its share of the limits that hold for all together. */
export interface WorkerRank {
  workers: number;
  rank: number;
}

/** Undefined: this worker was reaped and must end; nothing it holds is its own any more. */
export async function renewLease(db: Database, worker: string): Promise<WorkerRank | undefined> {
  const { rows } = await db.query<WorkerRank>(
    'workers.renew',
    `with me as (update workers set lease_until = now() + make_interval(secs => $2) where id = $1 returning id)
     select 1 + count(w.id)::int as workers, (count(w.id) filter (where w.id < me.id))::int as rank
     from me left join workers w on w.id <> me.id and w.lease_until > now() group by me.id`,
    [worker, LEASE_SECONDS],
  );
  return rows[0];
}

/**
 * Deletes dead workers and gives their lanes back in doubt: a claim commits before its request leaves, so an orphaned
 * claim is never "unsent". The lane waits until no copy can still be on its way (out_until).
 */
const REAP = `
with dead as (delete from workers where id = any($1::bigint[]) returning id),
l as (select lanes.agency_id, lanes.stream_id, lanes.worker from lanes join dead on lanes.worker = dead.id
      order by lanes.agency_id, lanes.stream_id for update of lanes),
freed as (
  update lanes set worker = null, doubt_at = lanes.sending, asked = false, probing = false, wait = 'timer', wake_at = greatest(lanes.out_until, now())
  from l where lanes.agency_id = l.agency_id and lanes.stream_id = l.stream_id
  returning lanes.agency_id, lanes.stream_id, lanes.sending, lanes.claim, l.worker),
counted as (
  update deliveries d set attempts = d.attempts + 1, taint = 2, first_attempt_at = coalesce(d.first_attempt_at, now()),
    stood_ms = coalesce(d.stood_ms, (
      select stood_ms + coalesce(extract(epoch from now() - stood_since) * 1000, 0)::bigint from agencies where id = d.agency_id))
  from freed f where d.agency_id = f.agency_id and d.stream_id = f.stream_id and d.sequence = f.sending
  returning d.agency_id, d.stream_id, d.sequence, d.revision, d.attempts, f.worker, f.claim),
said as (
  insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, started_at, ended_at, outcome, in_doubt)
  select agency_id, stream_id, sequence, revision, attempts, 'schedule', worker, claim, 'unknown', now(), now(), 'reaped', true from counted),
probes as (update breakers set probe_worker = null, wake_at = now() from dead where probe_worker = dead.id),
ops as (update operations set worker = null from dead where worker = dead.id)
select agency_id, stream_id from freed`;

/** Reaps every other worker whose lease has ended. Any process may, at any time. */
export async function reapDead(db: Database, self: string): Promise<Reaped[]> {
  return db.transaction(async (client) => {
    // Locked first and re-read: a worker that renewed while we waited is alive.
    const dead = await client.query<{ id: string }>(
      `select id from workers where lease_until < now() and id <> $1 order by id for update skip locked`,
      [self],
    );
    if (dead.rows.length === 0) return [];
    return (await client.query<Reaped>(REAP, [dead.rows.map((r) => r.id)])).rows;
  });
}

/** Reaps earlier incarnations of this instance at once. Only for the holder of the instance's advisory lock. */
export async function reapPredecessors(db: Database, instance: string, self: string): Promise<Reaped[]> {
  return db.transaction(async (client) => {
    const old = await client.query<{ id: string }>(
      `select id from workers where instance = $1 and id <> $2 order by id for update`,
      [instance, self],
    );
    if (old.rows.length === 0) return [];
    return (await client.query<Reaped>(REAP, [old.rows.map((r) => r.id)])).rows;
  });
}

/** Leaves in order: only when no lane is held any more. */
export async function retire(db: Database, worker: string): Promise<void> {
  await db.query(
    'workers.retire',
    `with gone as (delete from workers where id = $1 and not exists (select 1 from lanes where worker = $1) returning id)
     update breakers set probe_worker = null, wake_at = now() from gone where probe_worker = gone.id`,
    [worker],
  );
}
