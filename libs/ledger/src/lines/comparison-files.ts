import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Database } from '../database.js';

/** Of one row: what a process holds of a file at once, a few times over. */
const PIECE = 256 * 1_024;

/** Keeps a file beside its order, in pieces, within the order's own transaction. Returns its SHA-256, hex. */
export async function keepFile(client: PoolClient, comparison: string, file: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  let nth = 0;
  for await (const piece of pieces(file)) {
    hash.update(piece);
    await client.query({
      name: 'comparison-files.keep',
      text: 'insert into comparison_files (comparison_id, nth, bytes) values ($1, $2, $3)',
      values: [comparison, nth++, piece],
    });
  }
  const digest = hash.digest();
  await client.query('update comparisons set file_hash = $2 where id = $1', [comparison, digest]);
  return digest.toString('hex');
}

/** A file's pieces in their order; none: it isn't there, or was read. */
export async function* keptFile(db: Database, comparison: string): AsyncGenerator<Buffer> {
  for (let nth = 0; ; nth++) {
    const { rows } = await db.query<{ bytes: Buffer }>(
      'comparison-files.read',
      'select bytes from comparison_files where comparison_id = $1 and nth = $2',
      [comparison, nth],
    );
    if (!rows[0]) return;
    yield rows[0].bytes;
  }
}

/** Chunks of any size as pieces of one. */
async function* pieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < PIECE) continue;
    yield Buffer.concat(waiting);
    [waiting, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(waiting);
}
