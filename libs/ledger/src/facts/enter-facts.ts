import type { PoolClient } from 'pg';
import { chainHash } from '#domain';
import {
  canonicalJson,
  eventIdFor,
  kindOf,
  sha256,
  validatePayload,
  type EventPayloads,
  type FactType,
  type Fault,
} from '#wire';
import { byteaArray, textArray } from '../binary-array.js';
import type { Database, Statement } from '../database.js';
import { APPEND_FACTS, KNOWN_FACTS, LOCK_FACTS, NOW, OPEN_FACTS, UNOPEN_FACTS } from './facts.statements.js';

/** One fact of a stream that isn't a case: a payment, a petition, a row of a catalogue, an account, a figure. */
export type Fact = { readonly [T in FactType]: FactOf<T> }[FactType];
interface FactOf<T extends FactType> {
  sender: string;
  /** The sender's key. */
  key: string;
  type: T;
  /** What the fact is about, within its kind: `payment/<code>` is the stream. */
  code: string;
  data: EventPayloads[T];
  /** Day of Asia/Ho_Chi_Minh; that of the fact which opens the stream stays the stream's. */
  on: string;
  /** What the stream is counted under: a payment's purpose, a figure's definition. */
  about: string;
}

export type FactEntry =
  | { outcome: 'accepted'; eventId: string; stream: string; sequence: number }
  | { outcome: 'repeated'; eventId: string; stream: string; sequence: number }
  | { outcome: 'conflict' }
  | { outcome: 'unknown-stream' }
  | { outcome: 'not-your-stream' }
  | { outcome: 'refused'; faults: Fault[] };

/** The only types that a stream begins with. */
const opening: readonly FactType[] = [
  'vn.lienthong.payment.requested.v1',
  'vn.lienthong.petition.received.v1',
  'vn.lienthong.procedure.listed.v1',
  'vn.lienthong.account.opened.v1',
  'vn.lienthong.unit.listed.v1',
  'vn.lienthong.figure.published.v1',
];

/** The name by which the ledger keeps a stream that isn't a case. No case's code has a `/`. */
export const factSubject = (type: FactType, code: string): string => `${kindOf(type)}/${code}`;

interface Prepared {
  fact: Fact;
  subject: string;
  id: string;
  body: string;
  bodyHash: Buffer;
  opens: boolean;
  faults: Fault[];
}

interface Head {
  id: string;
  sender: string;
  about: string;
  on: string;
  last: number;
  hash: Buffer | null;
  isNew: boolean;
}

interface Appended extends Prepared {
  head: Head;
  sequence: number;
  previous: Buffer | null;
  hash: Buffer;
}

/**
 * Enters facts in one transaction: stream, event and outbox together or not at all. Said again under the same key, a fact
 * gets its earlier answer. What is wrong is answered alone and writes nothing. Answers stand in the facts' order.
 */
export const enterFacts = (db: Database, facts: readonly Fact[]): Promise<FactEntry[]> =>
  db.transaction((client) => enterFactsIn(client, facts));

/** The same within a transaction that does more. */
export async function enterFactsIn(client: PoolClient, facts: readonly Fact[]): Promise<FactEntry[]> {
  const prepared = facts.map(prepare);
  const valid = prepared.filter(({ faults }) => faults.length === 0);
  if (valid.length === 0) return prepared.map(({ faults }) => ({ outcome: 'refused', faults }));
  const subjects = [...new Set(valid.map(({ subject }) => subject))];
  const openable = [...new Set(valid.filter(({ opens }) => opens).map(({ subject }) => subject))];
  // Names first, then streams in the order of their ids: as cases are entered, so that neither waits for the other in a ring.
  const opened = await client.query<{ code: string; id: string }>(named('facts.open', OPEN_FACTS, [openable]));
  const locked = await client.query<Head & { code: string }>(named('facts.lock', LOCK_FACTS, [subjects]));
  const known = await client.query<{ id: string; hash: string; stream: string; sequence: number }>(
    named('facts.known', KNOWN_FACTS, [valid.map(({ id }) => id)]),
  );
  const clock = await client.query<{ now: Date }>(named('facts.now', NOW, []));
  const now = clock.rows[0]!.now;
  const heads = new Map<string, Head>(
    locked.rows.map(({ code, ...head }) => [code, { ...head, isNew: false }] as const),
  );
  for (const { code, id } of opened.rows)
    heads.set(code, { id, sender: '', about: '', on: '', last: 0, hash: null, isNew: true });
  const earlier = new Map(known.rows.map((row) => [row.id, row]));
  const appended: Appended[] = [];
  const answers = prepared.map((each): FactEntry => {
    if (each.faults.length > 0) return { outcome: 'refused', faults: each.faults };
    const before = earlier.get(each.id);
    if (before)
      return before.hash === each.bodyHash.toString('hex')
        ? { outcome: 'repeated', eventId: each.id, stream: before.stream, sequence: before.sequence }
        : { outcome: 'conflict' };
    const head = heads.get(each.subject);
    if (!head || (head.last === 0 && !each.opens)) return { outcome: 'unknown-stream' };
    if (head.last > 0 && head.sender !== each.fact.sender) return { outcome: 'not-your-stream' };
    const added = append(head, each, now);
    appended.push(added);
    const [stream, hash] = [head.id, each.bodyHash.toString('hex')];
    earlier.set(each.id, { id: each.id, hash, stream, sequence: added.sequence });
    return { outcome: 'accepted', eventId: each.id, stream, sequence: added.sequence };
  });
  const unopened = openable.filter((subject) => heads.get(subject)?.last === 0);
  if (unopened.length > 0) await client.query(named('facts.unopen', UNOPEN_FACTS, [unopened]));
  if (appended.length > 0) await client.query(named('facts.append', APPEND_FACTS, valuesOf(appended, now)));
  return answers;
}

const named = (name: string, text: string, values: unknown[]): Statement => ({ name, text, values });

function prepare(fact: Fact): Prepared {
  const { type, code, data, sender, key } = fact;
  const subject = factSubject(type, code);
  const body = canonicalJson(data);
  return {
    fact,
    subject,
    id: eventIdFor(sender, key),
    body,
    bodyHash: sha256(`${type}\n${subject}\n${body}`),
    opens: opening.includes(type),
    faults: [...validatePayload(type, data), ...namesItself(fact, subject)],
  };
}

/** A payload that names its stream names this one. */
function namesItself({ data, code }: Fact, subject: string): Fault[] {
  if ('figure' in data) return data.figure === subject ? [] : [{ path: '/figure', rule: 'equals:subject' }];
  return 'code' in data && data.code !== code ? [{ path: '/code', rule: 'equals:subject' }] : [];
}

function append(head: Head, prepared: Prepared, now: Date): Appended {
  const { fact, id, bodyHash } = prepared;
  if (head.last === 0) Object.assign(head, { sender: fact.sender, about: fact.about, on: fact.on });
  const [sequence, previous] = [head.last + 1, head.hash];
  const hash = chainHash(previous, {
    stream: head.id,
    sequence,
    id,
    type: fact.type,
    sender: fact.sender,
    recordedAt: now.toISOString(),
    bodyHash: bodyHash.toString('hex'),
  });
  head.last = sequence;
  head.hash = hash;
  return { ...prepared, head, sequence, previous, hash };
}

function valuesOf(appended: readonly Appended[], now: Date): unknown[] {
  const events = [...appended].sort((a, b) => Number(BigInt(a.head.id) - BigInt(b.head.id)) || a.sequence - b.sequence);
  const heads = [...new Set(events.map(({ head }) => head))];
  const kinds = new Map(events.map(({ head, fact }) => [head, kindOf(fact.type)]));
  return [
    events.map(({ head }) => head.id),
    events.map(({ sequence }) => sequence),
    events.map(({ id }) => id),
    events.map(({ fact }) => fact.type),
    events.map(({ fact }) => fact.sender),
    textArray(events.map(({ body }) => body)),
    byteaArray(events.map(({ bodyHash }) => bodyHash)),
    byteaArray(events.map(({ previous }) => previous)),
    byteaArray(events.map(({ hash }) => hash)),
    events.map(({ fact }) => kindOf(fact.type)),
    now,
    heads.map(({ id }) => id),
    heads.map((head) => kinds.get(head)),
    heads.map(({ sender }) => sender),
    heads.map(({ about }) => about),
    heads.map(({ on }) => on),
    heads.map(({ last }) => last),
    byteaArray(heads.map(({ hash }) => hash)),
    heads.map(({ isNew }) => isNew),
  ];
}
