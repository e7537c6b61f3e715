import { appendFile, chmod, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createPublicKey } from 'node:crypto';
import { dirname, join } from 'node:path';
import { keyIdOf, newPrivateKey, signerOf, spkiOfPem, type Signer } from '#wire';
import { Trouble } from '../verb.js';
import type { Keys } from './check-signatures.js';

/** undefined: there is no such file. */
export async function signerIn(file: string): Promise<Signer | undefined> {
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Trouble(`Không đọc được khóa ${file}`, `the key ${file} can't be read`);
  }
  const signer = signerOf(pem);
  if (!signer) throw new Trouble(`${file} không phải khóa riêng Ed25519 dạng PKCS#8 PEM`, `${file} is no Ed25519 private key in PKCS#8 PEM`); // prettier-ignore
  return signer;
}

/** A new private key, readable by its owner only; one that is there is never written over. */
export async function createSigner(files: { privateKey: string; publicKeys: string }): Promise<Signer> {
  await mkdir(dirname(files.privateKey), { recursive: true, mode: 0o700 });
  await writeFile(files.privateKey, newPrivateKey(), { mode: 0o600, flag: 'wx' });
  await chmod(files.privateKey, 0o600);
  const signer = (await signerIn(files.privateKey))!;
  await publish(files.publicKeys, signer.spki);
  return signer;
}

/** Out of the way of a new one. */
export async function setAside(file: string, keyId: string): Promise<string> {
  const aside = `${file}.${keyId}`;
  await rename(file, aside);
  return aside;
}

export const pemOf = (spki: Buffer): string =>
  createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({ type: 'spki', format: 'pem' }).toString();

async function publish(file: string, spki: Buffer): Promise<void> {
  await appendFile(file, pemOf(spki), { mode: 0o600 });
}

/** Public keys of a PEM file with one or several, or of a folder of such. */
export async function publicKeysIn(path: string): Promise<Keys> {
  const keys = new Map<string, Buffer>();
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Trouble(`Không có ${path}`, `there is no ${path}`);
  const files = found.isDirectory() ? (await readdir(path)).filter((name) => name.endsWith('.pem')).map((name) => join(path, name)) : [path]; // prettier-ignore
  for (const file of files)
    for (const [pem] of (await readFile(file, 'utf8')).matchAll(
      /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g,
    )) {
      // prettier-ignore
      const spki = spkiOfPem(pem);
      if (spki) keys.set(keyIdOf(spki), spki);
    }
  if (keys.size === 0) throw new Trouble(`${path} không có khóa công khai Ed25519 nào`, `${path} has no Ed25519 public key`); // prettier-ignore
  return keys;
}
