import { createHash } from 'node:crypto';
import { refused } from './refusals.js';
import { nameless } from './spool.js';
import { ofHandle, type Bytes } from './tables/bytes.js';

/** A file as it was when its last byte came, and the SHA-256 (hex) of just these bytes. */
export interface SpooledFile extends Bytes {
  readonly sha256: string;
}

/** Kept in a file without a name as it comes, however it comes: memory holds a chunk of it. `most`: bytes, refused beyond. */
export async function spoolFile(chunks: AsyncIterable<Buffer>, most: number): Promise<SpooledFile> {
  const file = await nameless();
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of chunks) {
      if (size + chunk.length > most) throw refused('too-big');
      hash.update(chunk);
      for (let at = 0; at < chunk.length;)
        at += (await file.write(chunk, at, chunk.length - at, size + at)).bytesWritten;
      size += chunk.length;
    }
    return { ...(await ofHandle(file)), sha256: hash.digest('hex') };
  } catch (error) {
    await file.close();
    throw error;
  }
}
