import { isContention, isUniqueViolation, type Database } from './database.js';
import { decide, type Decided } from './enter-decide.js';
import { lock, MergedMeanwhile } from './enter-lock.js';
import { look, opensOnly, type Look } from './enter-look.js';
import { writing, writingAtOnce } from './enter-write.js';
import { prepare, type Entry, type EntryItem, type MayReport, type PreparedItem } from './entry.js';

const ATTEMPTS = 5;

/**
 * Enters a micro-batch in one transaction: stream, event and outbox together or not at all. Items of one stream are
 * taken in the order given. A refused item is answered alone and writes nothing. Answers stand in the items' order.
 */
export async function enter(db: Database, items: readonly EntryItem[], mayReport: MayReport): Promise<Entry[]> {
  const prepared = items.map(prepare);
  let mayBeAtOnce = true;
  for (let attempt = 1; ; attempt++) {
    try {
      const seen = await look(db.pool, prepared);
      return mayBeAtOnce && opensOnly(prepared, seen)
        ? await enterAtOnce(db, prepared, seen, mayReport)
        : await enterUnderLocks(db, prepared, seen, mayReport);
    } catch (error) {
      // Another transaction committed one of these codes or event ids meanwhile, or moved a code: the next look finds it.
      const isOvertaken =
        isUniqueViolation(error) || error instanceof MergedMeanwhile || (mayBeAtOnce && isContention(error));
      if (!isOvertaken || attempt >= ATTEMPTS) throw error;
      mayBeAtOnce = false;
    }
  }
}

/** Nothing here touches a stream that exists, so there is nothing to lock: whoever was faster shows as a unique violation. */
async function enterAtOnce(
  db: Database,
  items: readonly PreparedItem[],
  seen: Look,
  mayReport: MayReport,
): Promise<Entry[]> {
  const opening = items.filter(({ item }) => item.opens).map(({ item }) => item.caseCode);
  const fresh = new Map(opening.flatMap((code) => (seen.free.get(code) ? [[code, seen.free.get(code)!]] : [])));
  const decided = decide(items, seen, { opened: fresh, streams: [], known: [], states: [], received: [] }, mayReport);
  const statements = writingAtOnce(decided);
  if (statements.length === 1) await db.query(statements[0]!.name, statements[0]!.text, statements[0]!.values);
  else if (statements.length > 1)
    await db.transaction(
      () => Promise.resolve(),
      () => statements,
    );
  return decided.answers;
}

async function enterUnderLocks(
  db: Database,
  items: readonly PreparedItem[],
  seen: Look,
  mayReport: MayReport,
): Promise<Entry[]> {
  const decided = await db.transaction<Decided>(
    async (client) => decide(items, seen, await lock(client, items, seen), mayReport),
    writing,
  );
  return decided.answers;
}
