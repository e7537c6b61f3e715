import type { Database } from './database.js';

/** Keeps bytes under their own hash; the same bytes again change nothing, and the answer is false. */
export async function keepFile(
  db: Database,
  file: { sha256: string; mediaType: string; bytes: Buffer },
): Promise<boolean> {
  const { rowCount } = await db.query(
    'files.keep',
    `insert into files (sha256, size, media_type, bytes) values ($1, $2, $3, $4) on conflict (sha256) do nothing`,
    [Buffer.from(file.sha256, 'hex'), file.bytes.length, file.mediaType, file.bytes],
  );
  return rowCount === 1;
}

export async function readFile(
  db: Database,
  sha256: string,
): Promise<{ mediaType: string; bytes: Buffer } | undefined> {
  const { rows } = await db.query<{ mediaType: string; bytes: Buffer }>(
    'files.read',
    `select media_type as "mediaType", bytes from files where sha256 = $1`,
    [Buffer.from(sha256, 'hex')],
  );
  return rows[0];
}

/** What the hub holds of these contents; one that is missing isn't held. */
export async function filesHeld(
  db: Database,
  sha256s: readonly string[],
): Promise<Map<string, { sha256: string; size: number; mediaType: string }>> {
  const { rows } = await db.query<{ sha256: string; size: number; mediaType: string }>(
    'files.held',
    `select encode(sha256, 'hex') as sha256, size::int as size, media_type as "mediaType" from files where sha256 = any($1::bytea[])`,
    [sha256s.map((sha256) => Buffer.from(sha256, 'hex'))],
  );
  return new Map(rows.map((file) => [file.sha256, file]));
}

/** A document of a result that was revoked, and hasn't been issued again. */
export async function isRevoked(db: Database, sha256: string): Promise<boolean> {
  const { rowCount } = await db.query('files.revoked', `select 1 from revoked_files where sha256 = $1 limit 1`, [
    Buffer.from(sha256, 'hex'),
  ]);
  return rowCount === 1;
}
