import { isSignedBy, pdfReceipt, sha256, verifyingKey, type Signer, type Statement } from '#wire';
import type { Database } from '../database.js';
import { keepFile } from '../files.js';
import { statementKeys } from './statement-keys.js';

export type Signed =
  /** `already`: by this key, or these bytes of a PDF; nothing was changed. */
  | { outcome: 'signed' | 'already' }
  | { outcome: 'no-statement' | 'unknown-key' | 'wrong-signature' }
  /** The statement was made before the key was registered, or after it had ended. */
  | { outcome: 'key-not-named'; named: string[] };

interface Place {
  agency: string;
  day: string;
}

/** By the hub, over the bytes and over each value. */
export async function signOurs(db: Database, at: Place, signer: Signer): Promise<Signed> {
  const kept = await documentOf(db, at);
  if (!kept) return { outcome: 'no-statement' };
  const named = kept.statement.keys.ours;
  if (!named.includes(signer.keyId)) return { outcome: 'key-not-named', named };
  const { keyId } = signer;
  const seals = signer.seals(kept.statement);
  return keepSignature(db, at, { party: 'ours', keyId, signature: signer.sign(kept.document), seals });
}

/** The agency's, over the very bytes that the hub has. A wrong one is refused, and noted. */
export async function takeSignature(
  db: Database,
  at: Place,
  { keyId, signature }: { keyId: string; signature: Buffer },
): Promise<Signed> {
  const kept = await documentOf(db, at);
  if (!kept) return { outcome: 'no-statement' };
  const registered = (await statementKeys(db.pool)).find((one) => one.keyId === keyId && one.agencyId === at.agency);
  const key = registered && verifyingKey(registered.spki);
  if (!key) return refused(db, at, keyId, { outcome: 'unknown-key' });
  const named = kept.statement.keys.theirs;
  if (!named.includes(keyId)) return refused(db, at, keyId, { outcome: 'key-not-named', named });
  if (!isSignedBy(kept.document, signature, key)) return refused(db, at, keyId, { outcome: 'wrong-signature' });
  return keepSignature(db, at, { party: 'theirs', keyId, signature });
}

/** Kept as it came; the hub signs that it has these bytes for this statement, and judges nothing in them. */
export async function takeSignedPdf(
  db: Database,
  at: Place,
  bytes: Buffer,
  signer: Signer,
): Promise<Signed & { file?: string }> {
  const kept = await documentOf(db, at);
  if (!kept) return { outcome: 'no-statement' };
  const named = kept.statement.keys.ours;
  const { keyId } = signer;
  if (!named.includes(keyId)) return { outcome: 'key-not-named', named };
  const file = sha256(bytes).toString('hex');
  await keepFile(db, { sha256: file, mediaType: 'application/pdf', bytes });
  const receipt = signer.sign(pdfReceipt(kept.hash, file));
  return { ...(await keepSignature(db, at, { party: 'theirs', keyId, signature: receipt, file })), file };
}

async function documentOf(
  db: Database,
  { agency, day }: Place,
): Promise<{ document: string; hash: string; statement: Statement } | undefined> {
  const { rows } = await db.query<{ document: string; hash: string }>(
    'statements.document',
    `select document, encode(hash, 'hex') as hash from statements where agency_id = $1 and day = $2`,
    [agency, day],
  );
  return rows[0] && { ...rows[0], statement: JSON.parse(rows[0].document) as Statement };
}

async function keepSignature(
  db: Database,
  { agency, day }: Place,
  kept: { party: 'ours' | 'theirs'; keyId: string; signature: Buffer; seals?: Record<string, string>; file?: string },
): Promise<{ outcome: 'signed' | 'already' }> {
  const { party, keyId, signature, seals, file } = kept;
  const { rowCount } = await db.query(
    'statements.keep-signature',
    `insert into statement_signatures (agency_id, day, party, kind, key_id, signature, seals, file)
     values ($1, $2, $3, case when $7::text is null then 'ed25519' else 'pdf' end, $4, $5, $6, decode($7, 'hex')) on conflict do nothing`,
    [agency, day, party, keyId, signature, seals ? JSON.stringify(seals) : null, file ?? null],
  );
  return { outcome: rowCount === 1 ? 'signed' : 'already' };
}

async function refused<S extends Signed>(db: Database, { agency, day }: Place, keyId: string, why: S): Promise<S> {
  await db.query(
    'statements.note-refusal',
    `insert into refused_signatures (agency_id, day, key_id, reason) values ($1, $2, $3, $4)`,
    [agency, day, /^[0-9a-f]{16}$/.test(keyId) ? keyId : null, why.outcome],
  );
  return why;
}
