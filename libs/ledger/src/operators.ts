import { randomBytes } from 'node:crypto';
import { hashKey } from './credentials.js';
import type { Database } from './database.js';

/** Makes a key for one person who operates the hub, and returns it; only its hash is kept. */
export async function createOperatorKey(db: Database, operator: string): Promise<string> {
  const key = `lto_${randomBytes(32).toString('base64url')}`;
  await allowOperatorKey(db, operator, key);
  return key;
}

/** Takes a key that exists already (a secret file of an earlier set-up). One that was taken back stays so. */
export async function allowOperatorKey(db: Database, operator: string, key: string): Promise<void> {
  await db.query(
    'operators.allow',
    `insert into operator_keys (key_hash, operator) values ($1, $2) on conflict (key_hash) do nothing`,
    [hashKey(key), operator],
  );
}

/** Whose key it is; undefined: nobody's, or taken back. */
export async function operatorOfKey(db: Database, key: string): Promise<string | undefined> {
  const { rows } = await db.query<{ operator: string }>(
    'operators.find',
    `select operator from operator_keys where key_hash = $1 and revoked_at is null`,
    [hashKey(key)],
  );
  return rows[0]?.operator;
}

/** Takes back every key of an operator; how many that were. */
export async function revokeOperatorKeys(db: Database, operator: string): Promise<number> {
  const { rowCount } = await db.query(
    'operators.revoke',
    `update operator_keys set revoked_at = now() where operator = $1 and revoked_at is null`,
    [operator],
  );
  return rowCount ?? 0;
}

/** A person looked at personal data, or sent some outside any lane. */
export interface Look {
  operator: string;
  /** By which door: `api`, `cli`. */
  door: 'api' | 'cli';
  action: 'try' | 'try-send';
  agency: string;
  /** Null: a sample that the person brought along. */
  caseCode: string | null;
}

/** Written before anything is shown or sent: what isn't written down isn't shown. */
export async function noteLook(db: Database, { operator, door, action, agency, caseCode }: Look): Promise<void> {
  await db.query(
    'operators.note-look',
    `insert into audit_log (operator, door, action, agency_id, case_code) values ($1, $2, $3, $4, $5)`,
    [operator, door, action, agency, caseCode],
  );
}

export interface ShownLook {
  at: Date;
  operator: string;
  door: string;
  action: string;
  agency: string;
  caseCode: string | null;
}

/** The newest first, at most `limit`; only those of what is asked for. */
export async function readLooks(
  db: Database,
  asked: Partial<Record<'agency' | 'operator' | 'caseCode', string | undefined>> & { limit: number },
): Promise<ShownLook[]> {
  const { rows } = await db.query<ShownLook>(
    'operators.looks',
    `select at, operator, door, action, agency_id as agency, case_code as "caseCode"
     from audit_log
     where ($1::text is null or agency_id = $1) and ($2::text is null or operator = $2) and ($3::text is null or case_code = $3)
     order by id desc limit $4`,
    [asked.agency ?? null, asked.operator ?? null, asked.caseCode ?? null, asked.limit],
  );
  return rows;
}
