import { isUniqueViolation, type Database } from './database.js';
import type { Entry, EntryItem, MayReport } from './entry.js';
import { EntryBatch } from './entry-batch.js';

/**
 * Enters a micro-batch in one transaction: stream, event and outbox together or not at all. Items of one stream are
 * taken in the order given. A refused item is answered alone and writes nothing. Answers stand in the items' order.
 */
export async function enter(db: Database, items: readonly EntryItem[], mayReport: MayReport): Promise<Entry[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((client) => new EntryBatch(client, items, mayReport).run());
    } catch (error) {
      // Another transaction committed one of these event ids meanwhile: the next look finds it and answers 'repeated'.
      if (!isUniqueViolation(error) || attempt >= 5) throw error;
    }
  }
}
