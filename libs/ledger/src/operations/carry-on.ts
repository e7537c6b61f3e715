import type { PoolClient } from 'pg';
import type { Database } from '../database.js';
import { COLUMNS, type Operation } from './operation.js';

/** How far a batch got. Committed together with what it did, so that a restart neither repeats nor skips any. */
export interface Batch {
  cursor: string;
  done: number;
  failed: number;
  /** Where it is known only now. */
  total?: number;
  result?: Record<string, unknown>;
  ended: boolean;
}

/** Whoever takes operations leaves some to others. Those that it has hold up no new one, however long they wait. */
const FREE_AT_ONCE = 16;
const ISNT_FOLLOWED = `not (o.kind = 'merge' and o.total is not null)`;

/**
 * Running operations that nobody alive carries on become this worker's; those it has already are among them. A merge that
 * has happened only waits (`followMerges`), and keeps no other from its turn.
 */
export async function takeOperations(db: Database, worker: string): Promise<Operation[]> {
  const { rows } = await db.query<Operation>(
    'operations.take',
    `with me as (select id from workers where id = $1 and lease_until > now() for key share),
     free as (
       select o.id as operation from operations o, me where o.state = 'running' and ${ISNT_FOLLOWED}
         and (o.worker is null or not exists (select 1 from workers w where w.id = o.worker))
       order by o.id limit ${FREE_AT_ONCE} for update of o skip locked),
     mine as (select o.id as operation from operations o, me where o.state = 'running' and ${ISNT_FOLLOWED} and o.worker = me.id)
     update operations set worker = (select id from me) where id in (select operation from free union all select operation from mine)
     returning ${COLUMNS}`,
    [worker],
  );
  return rows.sort((a, b) => Number(BigInt(a.id) - BigInt(b.id)));
}

/** One batch, if the operation is still running and still this worker's; undefined: cancelled, or taken over. */
export async function carryOn(
  db: Database,
  worker: string,
  id: string,
  work: (client: PoolClient, operation: Operation) => Promise<Batch>,
): Promise<Operation | undefined> {
  return db.transaction(async (client) => {
    const locked = await client.query<Operation>({
      name: 'operations.lock',
      text: `select ${COLUMNS} from operations where id = $1 and worker = $2 and state = 'running' for update`,
      values: [id, worker],
    });
    const operation = locked.rows[0];
    if (!operation) return undefined;
    const batch = await work(client, operation);
    const { rows } = await client.query<Operation>({
      name: 'operations.carried-on',
      text: `update operations set cursor = $2, done = done + $3, failed = failed + $4, total = coalesce($7, total), result = coalesce($5, result),
          state = case when $6 then 'done' else state end, ended_at = case when $6 then now() end, worker = case when $6 then null else worker end
        where id = $1 returning ${COLUMNS}`,
      values: [id, batch.cursor, batch.done, batch.failed, batch.result ?? null, batch.ended, batch.total ?? null],
    });
    return rows[0];
  });
}

/** It can't be carried out at all, in words for its author. */
export async function failOperation(db: Database, worker: string, id: string, why: string): Promise<void> {
  await db.query(
    'operations.fail',
    `update operations set state = 'failed', ended_at = now(), worker = null, result = coalesce(result, '{}') || jsonb_build_object('failure', $3::text)
     where id = $1 and worker = $2 and state = 'running'`,
    [id, worker, why],
  );
}

/** When stopping: others carry them on at once. */
export async function leaveOperations(db: Database, worker: string): Promise<void> {
  await db.query('operations.leave', `update operations set worker = null where worker = $1`, [worker]);
}
