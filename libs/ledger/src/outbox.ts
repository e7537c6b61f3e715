import type { PoolClient } from 'pg';
import type { StreamAdvanced } from '#wire';

export interface OutboxRow {
  id: string;
  message: StreamAdvanced;
}

/** Everything waiting, oldest first. No `id > last` cursor: it would lose rows that commit late. Only for the relay that holds the advisory lock. */
export async function readOutbox(client: PoolClient, limit: number): Promise<OutboxRow[]> {
  const { rows } = await client.query<{
    id: string;
    stream_id: string;
    sequence: number;
    event_id: string;
    type: string;
    kind: string;
  }>({
    name: 'outbox.read',
    text: `select id, stream_id, sequence, event_id, type, kind from outbox order by id limit $1`,
    values: [limit],
  });
  return rows.map((r) => ({
    id: r.id,
    message: { stream: r.stream_id, kind: r.kind, sequence: r.sequence, eventId: r.event_id, type: r.type },
  }));
}

/** After the publish was acknowledged. A crash before this publishes twice; the plan skips what is planned. */
export async function deleteOutbox(client: PoolClient, ids: string[]): Promise<void> {
  await client.query({ name: 'outbox.delete', text: `delete from outbox where id = any($1::bigint[])`, values: [ids] });
}

/** Advisory lock classes: first key of pg_try_advisory_lock(int, int). */
export const LOCKS = { relay: 7001, instance: 7002, collect: 7003 } as const;

/** Session lock: held until released or until this connection ends. Not for transaction-mode poolers. */
export async function tryLock(client: PoolClient, lock: number, name: string): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>({
    name: 'lock.try',
    text: `select pg_try_advisory_lock($1, hashtext($2)) as held`,
    values: [lock, name],
  });
  return rows[0]!.held;
}
