import { readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a machine without power does to a broker that runs no more: the last batches of a partition never reached the disk.
 * `data` is the broker's folder of logs; the partition's first segment must be its only one.
 */
export function loseTail(data: string, topic: string, partition: number, batches: number): void {
  const folder = join(data, `${topic}-${partition}`);
  const log = join(folder, '00000000000000000000.log');
  const bytes = readFileSync(log);
  const starts: number[] = [];
  // A batch begins with its base offset (8 bytes) and the length of what follows (4 bytes).
  for (let at = 0; at + 12 <= bytes.length && bytes.readInt32BE(at + 8) > 0; at += 12 + bytes.readInt32BE(at + 8))
    starts.push(at);
  truncateSync(log, starts.at(-batches) ?? 0);
  for (const name of readdirSync(folder)) if (name.endsWith('.snapshot')) rmSync(join(folder, name));
}
