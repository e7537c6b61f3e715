import { createHash } from 'node:crypto';
import { refusal, type Refusal } from '../admit/refusal.js';

export const MAX_FILE_BYTES = 20 * 1_048_576;

export type FileRead = { kind: 'file'; bytes: Buffer } | { kind: 'refused'; refusal: Refusal };

/** Reads a file's bytes and hashes them as they come; stops keeping them at the bound. */
export async function readFileBody(
  body: AsyncIterable<Buffer>,
  sha256: string,
  limit = MAX_FILE_BYTES,
): Promise<FileRead> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) return { kind: 'refused', refusal: refusal('too-large', '/', `maxBytes:${limit}`) };
    hash.update(chunk);
    chunks.push(chunk);
  }
  if (hash.digest('hex') !== sha256)
    return { kind: 'refused', refusal: refusal('wrong-file-hash', 'path:sha256', 'sha256-of-body') };
  return { kind: 'file', bytes: Buffer.concat(chunks, length) };
}
