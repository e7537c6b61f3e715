import { createHash } from 'node:crypto';
import { refusal, type Refusal } from '../admit/refusal.js';

export const MAX_FILE_BYTES = 20 * 1_048_576;

export type FileRead = { kind: 'file'; bytes: Buffer } | { kind: 'refused'; refusal: Refusal };

/** Reads a file's bytes and hashes them as they come; stops keeping them at the bound, and then says undefined. */
export async function readBytes(
  body: AsyncIterable<Uint8Array>,
  limit = MAX_FILE_BYTES,
): Promise<{ sha256: string; bytes: Buffer } | undefined> {
  const hash = createHash('sha256');
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) return undefined;
    hash.update(chunk);
    chunks.push(chunk);
  }
  return { sha256: hash.digest('hex'), bytes: Buffer.concat(chunks, length) };
}

/** The same, where the hash is known before. */
export async function readFileBody(
  body: AsyncIterable<Buffer>,
  sha256: string,
  limit = MAX_FILE_BYTES,
): Promise<FileRead> {
  const read = await readBytes(body, limit);
  if (!read) return { kind: 'refused', refusal: refusal('too-large', '/', `maxBytes:${limit}`) };
  if (read.sha256 !== sha256)
    return { kind: 'refused', refusal: refusal('wrong-file-hash', 'path:sha256', 'sha256-of-body') };
  return { kind: 'file', bytes: read.bytes };
}
