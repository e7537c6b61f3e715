import type { PoolClient } from 'pg';
import { canFollow, chainHash, type CaseStatus } from '#domain';
import { canonicalJson, eventIdFor, sha256, shortType } from '#wire';
import { byteaArray, textArray } from './binary-array.js';
import type { Entry, EntryItem, MayReport, StreamView } from './entry.js';
import { APPEND, KNOWN, LOCK, OPEN, RECEIPTS, RECEIVED, REMEMBER, STATES } from './enter.statements.js';

interface StreamRow {
  id: string;
  code: string;
  entered_by: string;
  procedure: string;
  opened_on: string;
  status: number;
  last: number;
  head_hash: Buffer | null;
  isNew: boolean;
  due_at: string | null;
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

/** One transaction of `enter`: looks, locks, decides item by item, then writes everything in a few statements. */
export class EntryBatch {
  private readonly answers: (Entry | undefined)[];
  private readonly streams = new Map<string, StreamRow>();
  private readonly states = new Map<string, { ordinal: number; state: string }>();
  private readonly changedStates = new Set<string>();
  private readonly appended: NewEvent[] = [];
  private readonly byId = new Map<string, NewEvent>();
  private readonly receipts: [sender: string, stream: string, eventId: string | null, kind: string][] = [];
  private now!: Date;

  constructor(
    private readonly client: PoolClient,
    private readonly items: readonly EntryItem[],
    private readonly mayReport: MayReport,
  ) {
    this.answers = new Array<Entry | undefined>(items.length).fill(undefined);
  }

  async run(): Promise<Entry[]> {
    const keyed = this.items.map((item) => (item.key === null ? null : eventIdFor(item.sender, item.key)));
    const bodies = this.items.map((item) => canonicalJson(item.data));
    const hashes = bodies.map((body, i) => sha256(`${this.items[i]!.type}\n${this.items[i]!.caseCode}\n${body}`));
    await this.answerKnown(keyed, hashes);
    await this.openStreams();
    await this.lockStreams();
    for (let i = 0; i < this.items.length; i++) {
      this.answers[i] ??= await this.decide(this.items[i]!, keyed[i]!, bodies[i]!, hashes[i]!);
    }
    await this.write();
    return this.answers as Entry[];
  }

  /** Keys that were entered before get the earlier answer, whatever has happened to the case since. */
  private async answerKnown(keyed: (string | null)[], hashes: Buffer[]): Promise<void> {
    const ids = keyed.filter((id) => id !== null);
    const known = await this.client.query<{ id: string; body_hash: string; stream_id: string; sequence: number }>({
      name: 'enter.known',
      text: KNOWN,
      values: [ids],
    });
    const byId = new Map(known.rows.map((row) => [row.id, row]));
    keyed.forEach((id, i) => {
      const row = id === null ? undefined : byId.get(id);
      if (row) this.answers[i] = this.earlier(this.items[i]!.sender, row, hashes[i]!);
    });
  }

  private earlier(
    sender: string,
    row: { id: string; body_hash: string; stream_id: string; sequence: number },
    hash: Buffer,
  ): Entry {
    const received = hash.toString('hex');
    if (row.body_hash !== received) return { outcome: 'conflict', held: row.body_hash, received };
    this.receipts.push([sender, row.stream_id, row.id, 'repeat']);
    return { outcome: 'repeated', eventId: row.id, stream: row.stream_id, sequence: row.sequence, bodyHash: received };
  }

  private async openStreams(): Promise<void> {
    const opening = new Map<string, EntryItem>();
    this.items.forEach((item, i) => {
      if (item.opens && !this.answers[i] && !opening.has(item.caseCode)) opening.set(item.caseCode, item);
    });
    const { rows: clock } = await this.client.query<{ now: Date }>({
      name: 'enter.clock',
      text: `select date_trunc('milliseconds', clock_timestamp()) as now`,
    });
    this.now = clock[0]!.now;
    if (opening.size === 0) return;
    const { rows } = await this.client.query<{ code: string; stream_id: string }>({
      name: 'enter.open',
      text: OPEN,
      values: [[...opening.keys()]],
    });
    for (const row of rows) {
      const item = opening.get(row.code)!;
      this.streams.set(row.code, {
        id: row.stream_id,
        code: row.code,
        entered_by: item.sender,
        procedure: item.opens!.procedure,
        opened_on: item.opens!.openedOn,
        due_at: item.opens!.dueAt,
        status: 0,
        last: 0,
        head_hash: null,
        isNew: true,
      });
    }
  }

  private async lockStreams(): Promise<void> {
    const codes = new Set<string>();
    this.items.forEach((item, i) => {
      if (!this.answers[i] && !this.streams.has(item.caseCode)) codes.add(item.caseCode);
    });
    if (codes.size === 0) return;
    const { rows } = await this.client.query<Omit<StreamRow, 'isNew'>>({
      name: 'enter.lock',
      text: LOCK,
      values: [[...codes]],
    });
    for (const row of rows) this.streams.set(row.code, { ...row, isNew: false });
    if (!this.items.some((item) => item.state !== undefined)) return;
    const states = await this.client.query<{ stream_id: string; agency_id: string; ordinal: number; state: string }>({
      name: 'enter.states',
      text: STATES,
      values: [rows.map((row) => row.id)],
    });
    for (const s of states.rows)
      this.states.set(`${s.stream_id}/${s.agency_id}`, { ordinal: s.ordinal, state: s.state });
  }

  private async decide(item: EntryItem, keyedId: string | null, body: string, bodyHash: Buffer): Promise<Entry> {
    const again = keyedId === null ? undefined : this.byId.get(keyedId);
    if (again)
      return this.earlier(
        item.sender,
        {
          id: again.id,
          body_hash: again.bodyHash.toString('hex'),
          stream_id: again.stream.id,
          sequence: again.sequence,
        },
        bodyHash,
      );
    const stream = this.streams.get(item.caseCode);
    if (!stream) return { outcome: 'unknown-case' };
    if (stream.last > 0) {
      if (!this.mayReport(item, viewOf(stream))) return { outcome: 'not-your-case' };
      if (item.opens) return this.receivedBefore(item, stream, bodyHash);
    } else {
      // Nothing of the case is entered yet, whoever else in this batch speaks of its code: only what opens it may be first.
      if (!item.opens) return { outcome: 'unknown-case' };
      opened(stream, item.sender, item.opens);
    }
    const remembered = this.states.get(`${stream.id}/${item.sender}`);
    const ordinal = (remembered?.ordinal ?? 0) + 1;
    if (item.state !== undefined && (remembered?.state === item.state || saysWhatIsKnown(item, stream))) {
      this.receipts.push([item.sender, stream.id, null, 'unchanged']);
      if (remembered?.state !== item.state) this.remember(stream, item.sender, ordinal, item.state);
      return { outcome: 'unchanged', stream: stream.id };
    }
    const from = stream.last === 0 ? null : (stream.status as CaseStatus);
    const move = item.status === undefined ? { kind: 'repeats' as const } : canFollow(from, item.status);
    if (move.kind === 'refused') return { outcome: 'status-cannot-follow', from, to: item.status! };
    const skipped = move.kind === 'skips' ? move.over : [];
    const id = keyedId ?? eventIdFor(item.sender, `${item.caseCode}/${ordinal}/${bodyHash.toString('hex')}`);
    const event = this.append(stream, item, id, body, bodyHash, skipped);
    if (item.state !== undefined) this.remember(stream, item.sender, ordinal, item.state);
    return {
      outcome: 'accepted',
      eventId: id,
      stream: stream.id,
      sequence: event.sequence,
      bodyHash: bodyHash.toString('hex'),
      skipped,
    };
  }

  private remember(stream: StreamRow, sender: string, ordinal: number, state: string): void {
    this.states.set(`${stream.id}/${sender}`, { ordinal, state });
    this.changedStates.add(`${stream.id}/${sender}`);
  }

  /** The same case under another key: equal body gets the earlier answer, another body is a conflict, never an overwrite. */
  private async receivedBefore(item: EntryItem, stream: StreamRow, bodyHash: Buffer): Promise<Entry> {
    const inBatch = this.appended.find((e) => e.stream === stream && e.sequence === 1);
    if (inBatch)
      return this.earlier(
        item.sender,
        { id: inBatch.id, body_hash: inBatch.bodyHash.toString('hex'), stream_id: stream.id, sequence: 1 },
        bodyHash,
      );
    const { rows } = await this.client.query<{ body_hash: string; id: string; sequence: number }>({
      name: 'enter.received',
      text: RECEIVED,
      values: [stream.id],
    });
    return this.earlier(item.sender, { ...rows[0]!, stream_id: stream.id }, bodyHash);
  }

  private append(
    stream: StreamRow,
    item: EntryItem,
    id: string,
    body: string,
    bodyHash: Buffer,
    skipped: CaseStatus[],
  ): NewEvent {
    const sequence = stream.last + 1;
    const hash = chainHash(stream.head_hash, {
      stream: stream.id,
      sequence,
      id,
      type: item.type,
      sender: item.sender,
      recordedAt: this.now.toISOString(),
      bodyHash: bodyHash.toString('hex'),
    });
    const event: NewEvent = {
      stream,
      sequence,
      id,
      item,
      status: item.status ?? stream.status,
      skipped,
      body,
      bodyHash,
      previous: stream.head_hash,
      hash,
    };
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

  private async write(): Promise<void> {
    const opened = [...this.streams.values()].filter((s) => s.isNew && s.last === 0);
    if (opened.length > 0)
      // Refused before its first event (its key conflicts, its status can't begin a case): the code stays free.
      await this.client.query({
        name: 'enter.unopen',
        text: `delete from aliases where namespace = 'case' and code = any($1)`,
        values: [opened.map((s) => s.code)],
      });
    if (this.appended.length > 0) {
      const e = [...this.appended].sort(
        (a, b) => Number(BigInt(a.stream.id) - BigInt(b.stream.id)) || a.sequence - b.sequence,
      );
      const heads = [...new Set(e.map((x) => x.stream))];
      await this.client.query({
        name: 'enter.append',
        text: APPEND,
        values: [
          e.map((x) => x.stream.id),
          e.map((x) => x.sequence),
          e.map((x) => x.id),
          e.map((x) => x.item.type),
          e.map((x) => x.item.sender),
          e.map((x) => x.status),
          textArray(e.map((x) => x.body)),
          byteaArray(e.map((x) => x.bodyHash)),
          byteaArray(e.map((x) => x.previous)),
          byteaArray(e.map((x) => x.hash)),
          e.map((x) => (x.skipped.length > 0 ? `{${x.skipped.join(',')}}` : '')),
          this.now,
          heads.map((s) => s.id),
          heads.map((s) => s.last),
          byteaArray(heads.map((s) => s.head_hash)),
          heads.map((s) => s.status),
          heads.map((s) => s.isNew),
          heads.map((s) => s.entered_by),
          heads.map((s) => s.procedure),
          heads.map((s) => s.opened_on),
          heads.map((s) => s.due_at),
        ],
      });
    }
    if (this.changedStates.size > 0) {
      const rows = [...this.changedStates].map((key) => {
        const at = key.indexOf('/');
        const { ordinal, state } = this.states.get(key)!;
        return { stream: key.slice(0, at), agency: key.slice(at + 1), ordinal, state };
      });
      await this.client.query({
        name: 'enter.remember',
        text: REMEMBER,
        values: [
          rows.map((r) => r.stream),
          rows.map((r) => r.agency),
          rows.map((r) => r.ordinal),
          rows.map((r) => r.state),
        ],
      });
    }
    if (this.receipts.length > 0)
      await this.client.query({
        name: 'enter.receipts',
        text: RECEIPTS,
        values: [0, 1, 2, 3].map((column) => this.receipts.map((r) => r[column])),
      });
  }
}

/**
 * A partner that is asked and answers with the status that the case already has: an echo, not an event. Its "2, received"
 * says that the case arrived there; it doesn't take a case back that the counter has moved on meanwhile.
 */
const saysWhatIsKnown = (item: EntryItem, stream: StreamRow): boolean =>
  shortType(item.type) === 'case.status-changed' &&
  stream.last > 0 &&
  (item.status === stream.status || (item.status === 2 && stream.status !== 1));

/** The case is its first accepted sender's, with that item's procedure and dates. */
function opened(stream: StreamRow, sender: string, by: NonNullable<EntryItem['opens']>): void {
  stream.entered_by = sender;
  stream.procedure = by.procedure;
  stream.opened_on = by.openedOn;
  stream.due_at = by.dueAt;
}

const viewOf = (s: StreamRow): StreamView => ({
  id: s.id,
  enteredBy: s.entered_by,
  procedure: s.procedure,
  openedOn: s.opened_on,
  status: s.status as CaseStatus,
});
