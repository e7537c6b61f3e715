import type { PoolClient } from 'pg';
import type { Database } from '../database.js';

/** What a person ordered, and how far it is. It is carried on by any delivery process, also after a restart. */
export interface Operation {
  id: string;
  kind: string;
  agencyId: string;
  fingerprint: string;
  author: string;
  state: 'running' | 'done' | 'cancelled' | 'failed';
  /** Lanes that it opens at most; null: all of the group. */
  total: number | null;
  /** Opened so far. */
  done: number;
  createdAt: Date;
  endedAt: Date | null;
  /** Of those opened: acknowledged since, and parked again. The rest is under way. */
  acknowledged: number;
  failedAgain: number;
}

export interface RetryOrder {
  agency: string;
  fingerprint: string;
  /** Only so many, to see whether the cause is gone. */
  canary: number | null;
  author: string;
}

/** Written down; nothing is sent yet. Undefined: there is no such group at this agency. */
export async function orderRetry(db: Database, order: RetryOrder): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    'operations.order',
    `insert into operations (kind, agency_id, author, selection, total)
     select 'retry', $1, $3, jsonb_build_object('fingerprint', $2::text), $4
     where exists (select 1 from deliveries where agency_id = $1 and fingerprint = $2 and state = 'parked') returning id`,
    [order.agency, order.fingerprint, order.author, order.canary],
  );
  return rows[0]?.id;
}

/** False: it had ended. What is opened already stays open. */
export async function cancelOperation(db: Database, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'operations.cancel',
    `update operations set state = 'cancelled', ended_at = now() where id = $1 and state = 'running'`,
    [id],
  );
  return rowCount === 1;
}

export async function readOperations(db: Database, limit: number): Promise<Operation[]> {
  const { rows } = await db.query<Operation>(
    'operations.read',
    `select o.id, o.kind, o.agency_id as "agencyId", o.selection ->> 'fingerprint' as fingerprint, o.author, o.state, o.total, o.done,
       o.created_at as "createdAt", o.ended_at as "endedAt",
       (select count(*) from deliveries d where d.operation_id = o.id and d.state = 'acknowledged')::int as acknowledged,
       (select count(*) from deliveries d where d.operation_id = o.id and d.state = 'parked')::int as "failedAgain"
     from operations o order by o.id desc limit $1`,
    [limit],
  );
  return rows;
}

/**
 * Opens the next lanes of one running operation: a batch, its progress and the cursor in one transaction, so that a restart
 * goes on where it was and opens none twice. What is parked again meanwhile is behind the cursor.
 */
export async function carryOn(
  db: Database,
  worker: string,
  batch: number,
): Promise<{ agency: string; opened: number } | undefined> {
  return db.transaction(async (client) => {
    const { rows } = await client.query<{
      id: string;
      agency: string;
      fingerprint: string;
      left: number;
      cursor: string;
    }>({
      name: 'operations.take',
      text: `with me as (select id from workers where id = $1 and lease_until > now() for key share)
        select o.id, o.agency_id as agency, o.selection ->> 'fingerprint' as fingerprint, o.cursor,
          least($2, coalesce(o.total - o.done, $2))::int as left
        from operations o, me where o.state = 'running' order by o.id limit 1 for update of o skip locked`,
      values: [worker, batch],
    });
    const [operation] = rows;
    if (!operation) return undefined;
    const opened = await openSome(client, operation);
    await client.query({
      name: 'operations.progress',
      text: `update operations set done = done + $2, cursor = coalesce($3, cursor), worker = $4,
          state = case when $2 < $5 or done + $2 >= total then 'done' else state end,
          ended_at = case when $2 < $5 or done + $2 >= total then now() end where id = $1`,
      values: [operation.id, opened.length, opened.at(-1) ?? null, worker, operation.left],
    });
    return { agency: operation.agency, opened: opened.length };
  });
}

/** Lanes by their key, as everywhere; one in doubt waits until no copy can be out. Returns the streams opened, in order. */
async function openSome(
  client: PoolClient,
  operation: { id: string; agency: string; fingerprint: string; left: number; cursor: string },
): Promise<string[]> {
  const { rows } = await client.query<{ stream_id: string }>({
    name: 'operations.open',
    text: `with l as (
        select l.stream_id, d.sequence from lanes l join deliveries d on d.agency_id = l.agency_id and d.stream_id = l.stream_id
        where l.agency_id = $2 and l.wait = 'person' and d.fingerprint = $3 and d.state = 'parked' and l.stream_id > $4
        order by l.stream_id limit $5 for update of l),
      d as (
        update deliveries set state = 'open', first_attempt_at = null, stood_ms = null, operation_id = $1 from l
        where deliveries.agency_id = $2 and deliveries.stream_id = l.stream_id and deliveries.sequence = l.sequence),
      up as (
        update lanes set wait = (case when doubt_at is not null and out_until > now() then 'timer' else 'turn' end)::lane_wait,
          wake_at = case when doubt_at is not null and out_until > now() then out_until end
        from l where lanes.agency_id = $2 and lanes.stream_id = l.stream_id)
      select stream_id from l order by stream_id`,
    values: [operation.id, operation.agency, operation.fingerprint, operation.cursor, operation.left],
  });
  return rows.map((row) => row.stream_id);
}
