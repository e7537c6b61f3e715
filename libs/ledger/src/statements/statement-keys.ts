import { keyIdOf } from '#wire';
import type { Database, Runner } from '../database.js';

/** The public half of a key that signs statements. */
export interface StatementKey {
  keyId: string;
  /** null: the hub's own. */
  agencyId: string | null;
  spki: Buffer;
  validFrom: Date;
  /** null: it goes on signing. */
  validUntil: Date | null;
  addedBy: string;
}

export type AddedKey = { outcome: 'added' | 'already' | 'ended' | 'of-another'; keyId: string };

/** The key is named in statements that are made from now on; `ended`: it was, and has been taken out of use. */
export async function addStatementKey(
  db: Database,
  { agency, spki, by }: { agency: string | null; spki: Buffer; by: string },
): Promise<AddedKey> {
  const keyId = keyIdOf(spki);
  const { rowCount } = await db.query(
    'statements.add-key',
    `insert into statement_keys (key_id, agency_id, spki, added_by) values ($1, $2, $3, $4) on conflict (key_id) do nothing`,
    [keyId, agency, spki, by],
  );
  if (rowCount === 1) return { outcome: 'added', keyId };
  const held = (await statementKeys(db.pool)).find((one) => one.keyId === keyId);
  if (held?.agencyId !== agency) return { outcome: 'of-another', keyId };
  return { outcome: held.validUntil === null ? 'already' : 'ended', keyId };
}

/** It signs no more; what it signed goes on being verified with it. False: no such key is in use. */
export async function endStatementKey(db: Database, keyId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'statements.end-key',
    `update statement_keys set valid_until = clock_timestamp() where key_id = $1 and valid_until is null`,
    [keyId],
  );
  return rowCount === 1;
}

/** All of them, the hub's first. */
export async function statementKeys(db: Runner): Promise<StatementKey[]> {
  const { rows } = await db.query<StatementKey>({
    name: 'statements.keys',
    text: `select key_id as "keyId", agency_id as "agencyId", spki, valid_from as "validFrom", valid_until as "validUntil", added_by as "addedBy"
     from statement_keys order by agency_id nulls first, valid_from, key_id`,
  });
  return rows;
}
