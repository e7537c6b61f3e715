import type { Entry, EntryItem } from '#ledger';

/** `unavailable`: nothing is known to be written, the same again is safe. `failed`: this item alone can't be written. */
export type Entered = Entry | { outcome: 'unavailable' } | { outcome: 'failed' };

export interface BatcherPorts {
  /** One transaction for all of them, or an error and nothing written. */
  enter(items: readonly EntryItem[]): Promise<Entry[]>;
  isUnavailable(error: unknown): boolean;
  /** After a commit that made events. */
  /** Streams that grew. */
  committed(streams: readonly string[]): void;
  measured(batch: { items: number; seconds: number }): void;
  failed(error: unknown): void;
}

export interface BatcherBounds {
  batch: number;
  underWay: number;
  queue: number;
  /** An item that has waited this long gets `unavailable`; what was already under way may still be written. */
  answerWithinMs: number;
}

interface Waiting {
  item: EntryItem;
  since: number;
  answer: (entered: Entered) => void;
}

const SWEEP_MS = 500;
const UNAVAILABLE: Entered = { outcome: 'unavailable' };

/**
 * The one step behind every door: gathers what comes at once into micro-batches. A batch leaves as soon as fewer than
 * `underWay` transactions are; items of one case keep the order in which they came and are never in two of them.
 */
export class EntryBatcher {
  private queue: Waiting[] = [];
  private transactions = 0;
  private readonly batches = new Set<Waiting[]>();
  private readonly casesUnderWay = new Set<string>();
  private readonly behind = new Map<string, Waiting[]>();
  private behindCount = 0;
  private isFlushDue = false;
  private isClosing = false;
  private readonly roomWaits: (() => void)[] = [];
  private idleWait: (() => void) | undefined;
  private sweep: NodeJS.Timeout | undefined;

  constructor(
    private readonly ports: BatcherPorts,
    private readonly bounds: BatcherBounds,
  ) {}

  get length(): number {
    return this.queue.length + this.behindCount;
  }

  /** Refuses with `unavailable` while the queue is full or the process ends. */
  enter(item: EntryItem): Promise<Entered> {
    if (this.isClosing || this.length >= this.bounds.queue) return Promise.resolve(UNAVAILABLE);
    return new Promise((answer) => {
      this.queue.push({ item, since: performance.now(), answer });
      this.sweep ??= setInterval(() => this.answerLate(), SWEEP_MS).unref();
      this.flushSoon();
    });
  }

  /** For doors that can wait: returns when there is room again. First come, first in. */
  async room(): Promise<void> {
    while (!this.isClosing && this.length >= this.bounds.queue / 2)
      await new Promise<void>((resolve) => this.roomWaits.push(resolve));
  }

  /** Takes nothing more, ends what was taken. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const resolve of this.roomWaits.splice(0)) resolve();
    if (this.transactions > 0 || this.length > 0) await new Promise<void>((resolve) => (this.idleWait = resolve));
    clearInterval(this.sweep);
  }

  /** Once the sockets that are readable now have been read: a batch gathers what came with its first item. */
  private flushSoon(): void {
    if (this.isFlushDue || this.transactions >= this.bounds.underWay) return;
    this.isFlushDue = true;
    setImmediate(() => {
      this.isFlushDue = false;
      this.flush();
    });
  }

  private flush(): void {
    while (this.transactions < this.bounds.underWay && this.queue.length > 0) {
      const batch = this.take();
      if (batch.length === 0) return;
      this.transactions++;
      void this.run(batch);
    }
  }

  private take(): Waiting[] {
    const batch: Waiting[] = [];
    const own = new Set<string>();
    let looked = 0;
    while (looked < this.queue.length && batch.length < this.bounds.batch) {
      const waiting = this.queue[looked++]!;
      const code = waiting.item.caseCode;
      if (this.casesUnderWay.has(code)) {
        const row = this.behind.get(code);
        if (row) row.push(waiting);
        else this.behind.set(code, [waiting]);
        this.behindCount++;
      } else {
        batch.push(waiting);
        own.add(code);
      }
    }
    this.queue = looked === this.queue.length ? [] : this.queue.slice(looked);
    for (const code of own) this.casesUnderWay.add(code);
    return batch;
  }

  private async run(batch: Waiting[]): Promise<void> {
    this.batches.add(batch);
    try {
      await this.enterTogether(batch);
    } finally {
      this.batches.delete(batch);
      this.transactions--;
      this.release(batch);
      if (this.length < this.bounds.queue / 2) for (const resolve of this.roomWaits.splice(0)) resolve();
      this.flush();
      if (this.transactions === 0 && this.length === 0) {
        clearInterval(this.sweep);
        this.sweep = undefined;
        this.idleWait?.();
      }
    }
  }

  /** Returns the cases of which something could not be entered just now. */
  private async enterTogether(batch: Waiting[]): Promise<Set<string>> {
    const began = performance.now();
    let entries: Entry[];
    try {
      entries = await this.ports.enter(batch.map(({ item }) => item));
    } catch (error) {
      if (this.ports.isUnavailable(error)) {
        const away = new Set(batch.map(({ item }) => item.caseCode));
        this.refuseBehind(away);
        for (const { answer } of batch) answer(UNAVAILABLE);
        return away;
      }
      this.ports.failed(error);
      if (batch.length === 1) {
        batch[0]!.answer({ outcome: 'failed' });
        return new Set();
      }
      return this.enterEachAlone(batch);
    }
    this.ports.measured({ items: batch.length, seconds: (performance.now() - began) / 1000 });
    const grown = entries.flatMap((entry) => (entry.outcome === 'accepted' ? [entry.stream] : []));
    if (grown.length > 0) this.ports.committed([...new Set(grown)]);
    batch.forEach(({ answer }, i) => answer(entries[i]!));
    return new Set();
  }

  /** One of them can't be written: each alone, so that it is answered alone. */
  private async enterEachAlone(batch: Waiting[]): Promise<Set<string>> {
    const away = new Set<string>();
    for (const waiting of batch) {
      if (away.has(waiting.item.caseCode)) waiting.answer(UNAVAILABLE);
      else for (const code of await this.enterTogether([waiting])) away.add(code);
    }
    return away;
  }

  /** A later report of a case must not overtake one that has to be sent again. */
  private refuseBehind(away: ReadonlySet<string>): void {
    if (away.size === 0) return;
    for (const code of away) {
      const row = this.behind.get(code) ?? [];
      for (const { answer } of row) answer(UNAVAILABLE);
      this.behind.delete(code);
      this.behindCount -= row.length;
    }
    const isStopped = ({ item }: Waiting): boolean => away.has(item.caseCode);
    for (const waiting of this.queue) if (isStopped(waiting)) waiting.answer(UNAVAILABLE);
    this.queue = this.queue.filter((waiting) => !isStopped(waiting));
  }

  /** What waited behind this batch's cases goes in front of everything that came later. */
  private release(batch: Waiting[]): void {
    const freed: Waiting[] = [];
    for (const { item } of batch) {
      this.casesUnderWay.delete(item.caseCode);
      const row = this.behind.get(item.caseCode);
      if (!row) continue;
      this.behind.delete(item.caseCode);
      this.behindCount -= row.length;
      freed.push(...row);
    }
    if (freed.length > 0) this.queue = [...freed, ...this.queue];
  }

  /** PostgreSQL may be frozen: nobody waits longer for an answer than this. */
  private answerLate(): void {
    const before = performance.now() - this.bounds.answerWithinMs;
    for (const batch of this.batches) for (const { since, answer } of batch) if (since < before) answer(UNAVAILABLE);
    const isLate = (waiting: Waiting): boolean => {
      if (waiting.since >= before) return false;
      waiting.answer(UNAVAILABLE);
      return true;
    };
    this.queue = this.queue.filter((waiting) => !isLate(waiting));
    for (const [code, row] of this.behind) {
      const kept = row.filter((waiting) => !isLate(waiting));
      this.behindCount -= row.length - kept.length;
      if (kept.length > 0) this.behind.set(code, kept);
      else this.behind.delete(code);
    }
  }
}
