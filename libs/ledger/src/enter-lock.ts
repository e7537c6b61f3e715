import type { Runner } from './database.js';
import { isKnown, type KnownEvent, type Look } from './enter-look.js';
import type { PreparedItem } from './entry.js';
import { KNOWN, LOCK, OPEN, RECEIVED, STATES } from './enter.statements.js';

/** A stream that exists, its row locked. */
export interface LockedStream {
  id: string;
  code: string;
  entered_by: string;
  procedure: string;
  opened_on: string;
  unit: string | null;
  status: number;
  last: number;
  head_hash: Buffer | null;
  due_at: string | null;
}

/** As a code leads to it. */
interface LockedCode extends LockedStream {
  /** It takes no events any more. */
  merged: boolean;
  /** The code's own stream, where that was merged into this one. */
  origin: Origin | null;
}

export interface Origin {
  id: string;
  enteredBy: string;
  openedOn: string;
}

/** What a code led to when it was looked up is no longer so. */
export class MergedMeanwhile extends Error {}

/** What a batch may append to, nobody else meanwhile. */
export interface Locked {
  /** Codes that this transaction took, with the new stream's id. */
  opened: ReadonlyMap<string, string>;
  /** One a code: two codes of one case name the same stream. */
  streams: readonly LockedCode[];
  /** Events that came between the look and the lock. */
  known: readonly KnownEvent[];
  states: readonly { stream: string; agency: string; ordinal: number; state: string }[];
  /** Of cases that an item would open and that are open: the event that did. */
  received: readonly { stream: string; id: string; bodyHash: string }[];
}

/** Aliases in order of code, then streams in order of id. The statements leave together: one round trip. */
export async function lock(client: Runner, items: readonly PreparedItem[], seen: Look): Promise<Locked> {
  const asked = items.filter((prepared) => !isKnown(prepared, seen));
  const codes = [...new Set(asked.map(({ item }) => item.caseCode))];
  const opening = [...new Set(asked.filter(({ item }) => item.opens).map(({ item }) => item.caseCode))];
  const free = opening.filter((code) => seen.free.has(code));
  const hasStates = asked.some(({ item }) => item.state !== undefined);
  const ids = asked.flatMap(({ id }) => id ?? []);
  const [opened, streams, known, states, received] = await Promise.all([
    ask<{ code: string; id: string }>(client, free.length > 0, 'enter.open', OPEN, [
      free,
      free.map((code) => seen.free.get(code)),
    ]),
    ask<LockedCode>(client, codes.length > 0, 'enter.lock', LOCK, [codes]),
    ask<KnownEvent>(client, ids.length > 0, 'enter.known', KNOWN, [ids]),
    ask<Locked['states'][number]>(client, hasStates, 'enter.states', STATES, [codes]),
    ask<Locked['received'][number]>(client, opening.length > 0, 'enter.received', RECEIVED, [opening]),
  ]);
  if (streams.some(({ merged }) => merged)) throw new MergedMeanwhile();
  return { opened: new Map(opened.map(({ code, id }) => [code, id])), streams, known, states, received };
}

async function ask<R extends object>(
  client: Runner,
  isNeeded: boolean,
  name: string,
  text: string,
  values: unknown[],
): Promise<R[]> {
  return isNeeded ? (await client.query<R>({ name, text, values })).rows : [];
}
