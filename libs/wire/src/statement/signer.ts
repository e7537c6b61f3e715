import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { keyIdOf, sealsOf, signBytes } from './signing.js';
import type { Statement } from './statement.js';

/** A private key that signs and is never shown. */
export interface Signer {
  keyId: string;
  spki: Buffer;
  sign(text: string): Buffer;
  seals(statement: Statement): Record<string, string>;
}

/** From a PKCS#8 PEM; undefined: it is no Ed25519 private key. */
export function signerOf(pem: string): Signer | undefined {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') return undefined;
    const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return {
      keyId: keyIdOf(spki),
      spki,
      sign: (text) => signBytes(text, key),
      seals: (statement) => sealsOf(statement, key),
    };
  } catch {
    return undefined;
  }
}

/** PKCS#8 PEM of a new Ed25519 key. */
export const newPrivateKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
