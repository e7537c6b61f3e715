import { canFollow, chainHash, type CaseStatus } from '#domain';
import { eventIdFor, shortType } from '#wire';
import type { Locked, LockedStream, Origin } from './enter-lock.js';
import type { KnownEvent, Look } from './enter-look.js';
import type { Entry, EntryItem, MayReport, PreparedItem, StreamView } from './entry.js';

/** A stream as the batch leaves it. */
export interface StreamRow extends LockedStream {
  isNew: boolean;
}

/** Where a code leads. Codes that were found to be one case share a stream; each keeps its own first event and states. */
interface Led {
  stream: StreamRow;
  /** The code's own stream, where that was merged into `stream`. */
  origin: Origin | null;
}

interface NewEvent {
  stream: StreamRow;
  sequence: number;
  id: string;
  item: EntryItem;
  status: number;
  skipped: CaseStatus[];
  body: string;
  bodyHash: Buffer;
  previous: Buffer | null;
  hash: Buffer;
}

interface Receipt {
  sender: string;
  stream: string;
  eventId: string | null;
  kind: 'repeat' | 'unchanged';
}

/** Answers in the items' order, and what has to be written for them. */
export interface Decided {
  answers: Entry[];
  now: Date;
  appended: NewEvent[];
  /** Codes taken for nothing: refused before the first event. They are given back. */
  unopened: string[];
  states: { stream: string; agency: string; ordinal: number; state: string }[];
  receipts: Receipt[];
}

/** What each item becomes, one after another: no I/O. */
export function decide(items: readonly PreparedItem[], seen: Look, locked: Locked, mayReport: MayReport): Decided {
  const decision = new Decision(seen, locked, mayReport);
  const answers = items.map((prepared) => decision.answer(prepared));
  return { answers, ...decision.result() };
}

class Decision {
  private readonly codes = new Map<string, Led>();
  private readonly states = new Map<string, { ordinal: number; state: string }>();
  private readonly known: Map<string, KnownEvent>;
  private readonly received: Map<string, { id: string; bodyHash: string }>;
  private readonly changedStates = new Map<string, Decided['states'][number]>();
  private readonly appended: NewEvent[] = [];
  private readonly byId = new Map<string, NewEvent>();
  private readonly receipts: Receipt[] = [];

  constructor(
    private readonly seen: Look,
    locked: Locked,
    private readonly mayReport: MayReport,
  ) {
    for (const [code, id] of locked.opened) this.codes.set(code, { stream: unopened(code, id), origin: null });
    const byId = new Map<string, StreamRow>();
    for (const { origin, merged: _, ...row } of locked.streams) {
      const stream = byId.get(row.id) ?? { ...row, isNew: false };
      byId.set(row.id, stream);
      this.codes.set(row.code, { stream, origin });
    }
    // Of another stream's events the look alone tells: one that came since is a unique violation, and looked for again.
    const isLocked = new Set(locked.streams.map(({ id }) => id));
    const since = locked.known.filter(({ stream }) => isLocked.has(stream));
    this.known = new Map([...seen.known, ...since.map((event) => [event.id, event] as const)]);
    for (const { stream, agency, ordinal, state } of locked.states)
      this.states.set(`${stream}/${agency}`, { ordinal, state });
    this.received = new Map(locked.received.map((event) => [event.stream, event]));
  }

  result(): Omit<Decided, 'answers'> {
    return {
      now: this.seen.now,
      appended: this.appended,
      unopened: [...this.codes.values()].flatMap(({ stream }) =>
        stream.isNew && stream.last === 0 ? [stream.code] : [],
      ),
      states: [...this.changedStates.values()],
      receipts: this.receipts,
    };
  }

  answer(prepared: PreparedItem): Entry {
    const { item, bodyHash } = prepared;
    // Keys that were entered before get the earlier answer, whatever has happened to the case since.
    const known = prepared.id === null ? undefined : (this.known.get(prepared.id) ?? this.inBatch(prepared.id));
    if (known) return this.earlier(item.sender, known, bodyHash);
    const led = this.codes.get(item.caseCode);
    if (!led) return { outcome: 'unknown-case' };
    const { stream } = led;
    if (stream.last > 0) {
      if (!this.mayReport(item, viewOf(led))) return { outcome: 'not-your-case' };
      if (item.opens) return this.earlier(item.sender, this.receivedBefore(led), bodyHash);
    } else {
      // Nothing of the case is entered yet, whoever else in this batch speaks of its code: only what opens it may be first.
      if (!item.opens) return { outcome: 'unknown-case' };
      opened(stream, item.sender, item.opens);
    }
    return this.enterInto(led, prepared);
  }

  private enterInto({ stream, origin }: Led, { item, id: keyedId, body, bodyHash }: PreparedItem): Entry {
    const own = origin?.id ?? stream.id;
    const remembered = this.states.get(`${own}/${item.sender}`);
    const ordinal = (remembered?.ordinal ?? 0) + 1;
    const isSame = remembered !== undefined && remembered.state === item.state;
    if (item.compared && !isSame && item.compared.with !== (remembered?.state ?? null)) return { outcome: 'overtaken' };
    if (item.state !== undefined && (isSame || isNoNews(item, stream))) {
      this.receipts.push({ sender: item.sender, stream: stream.id, eventId: null, kind: 'unchanged' });
      if (remembered?.state !== item.state) this.remember(own, item.sender, ordinal, item.state);
      return { outcome: 'unchanged', stream: stream.id };
    }
    const from = stream.last === 0 ? null : (stream.status as CaseStatus);
    if (item.onlyFrom !== undefined && from !== item.onlyFrom)
      return { outcome: 'status-cannot-follow', from, to: item.status ?? item.onlyFrom };
    const move = item.status === undefined ? { kind: 'repeats' as const } : canFollow(from, item.status);
    if (move.kind === 'refused') return { outcome: 'status-cannot-follow', from, to: item.status! };
    const skipped = move.kind === 'skips' ? move.over : [];
    const id = keyedId ?? eventIdFor(item.sender, `${item.caseCode}/${ordinal}/${bodyHash.toString('hex')}`);
    const { sequence } = this.append(stream, { item, id, body, bodyHash, skipped });
    if (item.state !== undefined) this.remember(own, item.sender, ordinal, item.state);
    return {
      outcome: 'accepted',
      eventId: id,
      stream: stream.id,
      sequence,
      bodyHash: bodyHash.toString('hex'),
      skipped,
    };
  }

  private earlier(sender: string, known: KnownEvent, hash: Buffer): Entry {
    const received = hash.toString('hex');
    if (known.bodyHash !== received) return { outcome: 'conflict', held: known.bodyHash, received };
    this.receipts.push({ sender, stream: known.stream, eventId: known.id, kind: 'repeat' });
    return {
      outcome: 'repeated',
      eventId: known.id,
      stream: known.stream,
      sequence: known.sequence,
      bodyHash: received,
    };
  }

  private inBatch(id: string): KnownEvent | undefined {
    const event = this.byId.get(id);
    return event && asKnown(event);
  }

  /** The same case under another key: equal body gets the earlier answer, another body is a conflict, never an overwrite. */
  private receivedBefore({ stream, origin }: Led): KnownEvent {
    const inBatch = this.appended.find((e) => e.stream === stream && e.sequence === 1);
    if (inBatch) return asKnown(inBatch);
    const own = origin?.id ?? stream.id;
    const { id, bodyHash } = this.received.get(own)!;
    return { id, bodyHash, stream: own, sequence: 1 };
  }

  private remember(stream: string, sender: string, ordinal: number, state: string): void {
    const key = `${stream}/${sender}`;
    this.states.set(key, { ordinal, state });
    this.changedStates.set(key, { stream, agency: sender, ordinal, state });
  }

  private append(stream: StreamRow, what: Pick<NewEvent, 'item' | 'id' | 'body' | 'bodyHash' | 'skipped'>): NewEvent {
    const { item, id, bodyHash } = what;
    const sequence = stream.last + 1;
    const previous = stream.head_hash;
    const hash = chainHash(previous, {
      stream: stream.id,
      sequence,
      id,
      type: item.type,
      sender: item.sender,
      recordedAt: this.seen.now.toISOString(),
      bodyHash: bodyHash.toString('hex'),
    });
    const event = { ...what, stream, sequence, status: item.status ?? stream.status, previous, hash };
    stream.last = sequence;
    stream.head_hash = hash;
    stream.status = event.status;
    if (shortType(item.type) === 'case.supplemented') {
      const dueAt = (item.data as { dueAt?: string }).dueAt;
      if (dueAt !== undefined) stream.due_at = dueAt;
    }
    this.appended.push(event);
    this.byId.set(id, event);
    return event;
  }
}

const asKnown = ({ id, bodyHash, stream, sequence }: NewEvent): KnownEvent => ({
  id,
  bodyHash: bodyHash.toString('hex'),
  stream: stream.id,
  sequence,
});

const isNoNews = (item: EntryItem, stream: StreamRow): boolean =>
  item.compared ? !item.compared.isNews : saysWhatIsKnown(item, stream);

/**
 * A partner that is asked and answers with the status that the case already has: an echo, not an event. Its "2, received"
 * says that the case arrived there; it doesn't take a case back that the counter has moved on meanwhile.
 */
const saysWhatIsKnown = (item: EntryItem, stream: StreamRow): boolean =>
  shortType(item.type) === 'case.status-changed' &&
  stream.last > 0 &&
  (item.status === stream.status || (item.status === 2 && stream.status !== 1));

/** Its code is taken, its first event is still to come. */
const unopened = (code: string, id: string): StreamRow => ({
  id,
  code,
  entered_by: '',
  procedure: '',
  opened_on: '',
  unit: null,
  due_at: null,
  status: 0,
  last: 0,
  head_hash: null,
  isNew: true,
});

/** The case is its first accepted sender's, with that item's procedure and dates. */
function opened(stream: StreamRow, sender: string, by: NonNullable<EntryItem['opens']>): void {
  stream.entered_by = sender;
  stream.procedure = by.procedure;
  stream.opened_on = by.openedOn;
  stream.unit = by.unit ?? null;
  stream.due_at = by.dueAt;
}

/** Who takes part in a case by a code takes part in it still, whatever that was merged into. */
const viewOf = ({ stream: s, origin }: Led): StreamView => ({
  id: s.id,
  enteredBy: origin?.enteredBy ?? s.entered_by,
  procedure: s.procedure,
  openedOn: origin?.openedOn ?? s.opened_on,
  unit: s.unit,
  status: s.status as CaseStatus,
});
