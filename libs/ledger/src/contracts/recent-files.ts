import type { Database } from '../database.js';
import { readFile } from '../files.js';

const MOST_BYTES = 32 * 1024 * 1024;

/** Files read lately, so that two mappings of one event read each of them once; never more than a few of them. */
export class RecentFiles {
  private readonly kept = new Map<string, Buffer>();
  private bytes = 0;

  constructor(private readonly db: Database) {}

  /** Rejects with code FILE_NOT_HELD where the ledger has none. */
  read = async (sha256: string): Promise<Buffer> => {
    const known = this.kept.get(sha256);
    if (known) return known;
    const found = await readFile(this.db, sha256);
    if (!found) throw Object.assign(new Error('file not held'), { code: 'FILE_NOT_HELD' });
    this.kept.set(sha256, found.bytes);
    this.bytes += found.bytes.length;
    for (const [oldest, { length }] of this.kept) {
      if (this.bytes <= MOST_BYTES) break;
      this.kept.delete(oldest);
      this.bytes -= length;
    }
    return found.bytes;
  };
}
