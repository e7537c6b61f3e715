import type { Runner } from './database.js';
import { decide } from './enter-decide.js';
import { lock } from './enter-lock.js';
import { look } from './enter-look.js';
import { writing } from './enter-write.js';
import { prepare, type Entry, type EntryItem } from './entry.js';

/**
 * Enters what the hub itself found or took over, in a transaction of the caller's: there with the rest of it, or not at all.
 * Locks as intake does, all codes, then all streams; MergedMeanwhile is thrown before anything is written.
 */
export async function enterWithin(client: Runner, items: readonly EntryItem[]): Promise<Entry[]> {
  const prepared = items.map(prepare);
  const seen = await look(client, prepared);
  const decided = decide(prepared, seen, await lock(client, prepared, seen), () => true);
  for (const statement of writing(decided)) await client.query(statement);
  return decided.answers;
}
