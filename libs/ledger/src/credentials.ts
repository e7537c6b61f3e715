import { createHash, randomBytes } from 'node:crypto';
import type { Database } from './database.js';

/** Keys have 256 random bits, so one round of SHA-256 is enough to keep them unreadable. */
export const hashKey = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();

/** Makes a key for one agency and returns it; only its hash is kept. */
export async function createKey(db: Database, agency: string, label: string): Promise<string> {
  const key = `lt_${randomBytes(32).toString('base64url')}`;
  await allowKey(db, agency, label, key);
  return key;
}

/** Takes a key that exists already (a secret file of an earlier set-up). */
export async function allowKey(db: Database, agency: string, label: string, key: string): Promise<void> {
  await db.query(
    'credentials.allow',
    `insert into credentials (key_hash, agency_id, label) values ($1, $2, $3) on conflict (key_hash) do nothing`,
    [hashKey(key), agency, label],
  );
}

export async function agencyOfKey(db: Database, key: string): Promise<string | undefined> {
  const { rows } = await db.query<{ agency_id: string }>(
    'credentials.find',
    `select agency_id from credentials where key_hash = $1 and revoked_at is null`,
    [hashKey(key)],
  );
  return rows[0]?.agency_id;
}

/** Hashes of the keys that open this agency's doors now. */
export async function keyHashesOf(db: Database, agency: string): Promise<Buffer[]> {
  const { rows } = await db.query<{ key_hash: Buffer }>(
    'credentials.of',
    `select key_hash from credentials where agency_id = $1 and revoked_at is null`,
    [agency],
  );
  return rows.map(({ key_hash }) => key_hash);
}
