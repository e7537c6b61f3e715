import type { Runner } from './database.js';
import type { PreparedItem } from './entry.js';
import { LOOK } from './enter.statements.js';

/** An event that is entered: what a repeat of it is answered with. */
export interface KnownEvent {
  id: string;
  bodyHash: string;
  stream: string;
  sequence: number;
}

/** What stood in the ledger at one moment, before anything is locked. */
export interface Look {
  now: Date;
  known: ReadonlyMap<string, KnownEvent>;
  /** Codes that nobody has opened; with a stream's id where an item may open it. */
  free: ReadonlyMap<string, string | null>;
}

export async function look(db: Runner, items: readonly PreparedItem[]): Promise<Look> {
  const opens = new Map<string, boolean>();
  for (const { item } of items) opens.set(item.caseCode, opens.get(item.caseCode) === true || item.opens !== undefined);
  const { rows } = await db.query<{
    now: Date;
    known: KnownEvent[] | null;
    free: Record<string, string | null> | null;
  }>({
    name: 'enter.look',
    text: LOOK,
    values: [items.flatMap(({ id }) => id ?? []), [...opens.keys()], [...opens.values()]],
  });
  const { now, known, free } = rows[0]!;
  return {
    now,
    known: new Map((known ?? []).map((event) => [event.id, event])),
    free: new Map(Object.entries(free ?? {})),
  };
}

export const isKnown = ({ id }: PreparedItem, seen: Look): boolean => id !== null && seen.known.has(id);

/** Whether every item is answered by what is known, or speaks of a case that isn't there yet. */
export const opensOnly = (items: readonly PreparedItem[], seen: Look): boolean =>
  items.every((prepared) => isKnown(prepared, seen) || seen.free.has(prepared.item.caseCode));
