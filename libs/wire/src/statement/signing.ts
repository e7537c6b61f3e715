import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { sha256 } from '../canonical.js';
import { leavesOf } from './leaves.js';
import type { Statement } from './statement.js';

/** The first 16 hex digits of the sha-256 of a public key's SPKI (DER). */
export const keyIdOf = (spki: Uint8Array): string => sha256(spki).toString('hex').slice(0, 16);

/** SPKI of an Ed25519 key's public half, from a PEM of either; undefined: it is no such key. */
export function spkiOfPem(pem: string): Buffer | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key.export({ type: 'spki', format: 'der' }) : undefined;
  } catch {
    return undefined;
  }
}

export const signBytes = (bytes: string, key: KeyObject): Buffer => sign(null, Buffer.from(bytes, 'utf8'), key);

/** undefined: it is no Ed25519 key. */
export function verifyingKey(spki: Buffer): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

export const isSignedBy = (bytes: string, signature: Buffer, key: KeyObject): boolean =>
  verify(null, Buffer.from(bytes, 'utf8'), key, signature);

/** What is signed of one value, so that an altered one can be named when everything else was made to fit it. */
const sealed = (sealedFor: string, path: string, leaf: string): string =>
  ['lienthong statement leaf v1', sealedFor, path, leaf].join('\n');

export const sealedForOf = ({ parties, day }: Pick<Statement, 'parties' | 'day'>): string =>
  `${parties.theirs.id}/${day}`;

/** One signature over each value of a statement, base64, by its path. */
export function sealsOf(statement: Statement, key: KeyObject): Record<string, string> {
  const sealedFor = sealedForOf(statement);
  return Object.fromEntries(
    [...leavesOf(statement)].map(([path, leaf]) => [
      path,
      signBytes(sealed(sealedFor, path, leaf), key).toString('base64'),
    ]),
  );
}

export const isSealed = (sealedFor: string, path: string, leaf: string, seal: Buffer, key: KeyObject): boolean =>
  isSignedBy(sealed(sealedFor, path, leaf), seal, key);

/** What the hub signs when a PDF comes that was signed outside: that it has these bytes for this statement. */
export const pdfReceipt = (statementHash: string, file: string): string =>
  ['lienthong statement pdf v1', statementHash, file].join('\n');
