import type { PoolClient } from 'pg';
import type { Database } from '../database.js';
import { recordOperation } from '../operations/operation.js';
import type { Committed, Outcome } from './outcome.js';

export interface Breaker {
  agencyId: string;
  openedAt: Date;
  probes: number;
  /** Somebody is asking just now. */
  isProbing: boolean;
  wakeAt: Date;
  reason: string | null;
}

/** Counted while an agency can't be sent to, breaker open or paused: retry windows stand still meanwhile. */
const STANDS = `update agencies set stood_since = coalesce(stood_since, now()) where id = $1`;
const GOES_ON = `
update agencies a set stood_ms = stood_ms + coalesce(extract(epoch from now() - stood_since) * 1000, 0)::bigint, stood_since = null
where id = $1 and not paused and not exists (select 1 from breakers b where b.agency_id = a.id and b.state = 'open')`;

/** False: it was open already. From its commit on no lane of the agency is claimed but the probe's. */
export async function openBreaker(db: Database, agency: string, reason: string, waitMs: number): Promise<boolean> {
  return db.transaction(async (client) => {
    const { rowCount } = await client.query({
      name: 'breakers.open',
      text: `insert into breakers as b (agency_id, state, opened_at, probes, wake_at, reason)
        values ($1, 'open', now(), 0, now() + make_interval(secs => $3), $2)
        on conflict (agency_id) do update set state = 'open', opened_at = now(), probes = 0, probe_worker = null,
          wake_at = excluded.wake_at, reason = excluded.reason where b.state = 'closed'`,
      values: [agency, reason.slice(0, 200), waitMs / 1_000],
    });
    if (rowCount === 0) return false;
    await client.query({ name: 'agencies.stand', text: STANDS, values: [agency] });
    return true;
  });
}

/**
 * The agency's one probe, if it is due and nobody has it. Its holder claims one lane with `probing`; one that holds none
 * (its claim failed, found nothing, or was given back) may take it again, and so may anybody once that worker is gone.
 */
export async function takeProbe(db: Database, worker: string, agency: string): Promise<{ probes: number } | undefined> {
  const { rows } = await db.query<{ probes: number }>(
    'breakers.probe',
    `with me as (select id from workers where id = $1 and lease_until > now() for key share)
     update breakers set probe_worker = me.id from me where agency_id = $2 and state = 'open' and wake_at <= now()
       and (probe_worker is null or not exists (select 1 from workers w where w.id = probe_worker)
         or probe_worker = me.id and not exists (select 1 from lanes l where l.worker = me.id and l.agency_id = $2 and l.probing))
       and not exists (select 1 from agencies a where a.id = $2 and a.paused)
     returning probes`,
    [worker, agency],
  );
  return rows[0];
}

/** The probe found nothing to send: closed, the next failure opens it again. */
export async function closeBreaker(db: Database, worker: string, agency: string): Promise<void> {
  await db.transaction((client) => endProbe(client, worker, agency, { alive: true, waitMs: 0 }));
}

/** How probes ended, in the transaction of their lanes' outcomes. A probe that was fenced has been reaped with its worker. */
export async function settleProbes(
  client: PoolClient,
  worker: string,
  outcomes: readonly Outcome[],
  committed: readonly Committed[],
): Promise<void> {
  for (const { agencyId, streamId, probe } of outcomes)
    if (probe && committed.some((c) => c.agencyId === agencyId && c.streamId === streamId))
      await endProbe(client, worker, agencyId, probe);
}

async function endProbe(
  client: PoolClient,
  worker: string,
  agency: string,
  { alive, waitMs }: NonNullable<Outcome['probe']>,
): Promise<void> {
  const { rowCount } = await client.query({
    name: 'breakers.end-probe',
    text: `update breakers set state = case when $3 then 'closed' else state end, probes = case when $3 then 0 else probes + 1 end,
        probe_worker = null, opened_at = case when $3 then null else opened_at end,
        wake_at = case when $3 then null else now() + make_interval(secs => $4) end
      where agency_id = $1 and probe_worker = $2`,
    values: [agency, worker, alive, waitMs / 1_000],
  });
  if (alive && rowCount === 1) await client.query({ name: 'agencies.go-on', text: GOES_ON, values: [agency] });
}

export async function openBreakers(db: Database): Promise<Breaker[]> {
  const { rows } = await db.query<Breaker>(
    'breakers.list',
    `select agency_id as "agencyId", opened_at as "openedAt", probes, probe_worker is not null as "isProbing", wake_at as "wakeAt", reason
     from breakers where state = 'open' order by agency_id`,
  );
  return rows;
}

/** A paused agency's lanes keep their turn, their retry windows stand still; a request claimed before may still leave. */
export async function pauseAgency(
  db: Database,
  agency: string,
  reason: string,
  until: Date | null,
  author = 'system',
): Promise<boolean> {
  return db.transaction(async (client) => {
    const { rowCount } = await client.query({
      name: 'agencies.pause',
      text: `update agencies set paused = true, paused_reason = $2, paused_until = $3, paused_by = $4,
        paused_at = case when paused then paused_at else now() end where id = $1`,
      values: [agency, reason, until, author],
    });
    if (rowCount !== 1) return false;
    await client.query({ name: 'agencies.stand', text: STANDS, values: [agency] });
    const selection = until === null ? {} : { until: until.toISOString() };
    await recordOperation(client, { kind: 'pause', agency, author, reason, selection });
    return true;
  });
}

export async function resumeAgency(
  db: Database,
  agency: string,
  author = 'system',
  reason: string | null = null,
): Promise<boolean> {
  return db.transaction(async (client) => {
    const { rowCount } = await client.query({
      name: 'agencies.resume',
      text: `update agencies set paused = false, paused_reason = null, paused_until = null, paused_at = null, paused_by = null
        where id = $1 and paused`,
      values: [agency],
    });
    if (rowCount === 1) await recordOperation(client, { kind: 'resume', agency, author, reason, selection: {} });
    await client.query({ name: 'agencies.go-on', text: GOES_ON, values: [agency] });
    return rowCount === 1;
  });
}

/** Agencies whose pause was to end by now. */
export async function resumeDue(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'agencies.due',
    `select id from agencies where paused and paused_until <= now() order by id`,
  );
  for (const { id } of rows) await resumeAgency(db, id);
  return rows.map((r) => r.id);
}
