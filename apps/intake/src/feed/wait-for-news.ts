/** A ring may be lost: whoever waits looks by himself this often. */
const LOOK_MS = 5_000;
/** More readers than this are answered at once; they ask again. */
const MOST_WAITING = 1_000;

interface Patience {
  ms: number;
  /** The reader has hung up. */
  gone: AbortSignal;
}

/** Readers that wait until something comes into their feed, a minute's part at most, and never longer than this process. */
export class WaitForNews {
  private readonly waiting = new Map<string, Set<() => void>>();
  private count = 0;
  private isClosed = false;
  private readonly left = Promise.withResolvers<void>();

  /** Feeds of these agencies have grown; none named: any may have. */
  rung(agencies: readonly string[]): void {
    const named = agencies.length > 0 ? agencies : [...this.waiting.keys()];
    for (const agency of named) for (const wake of this.waiting.get(agency) ?? []) wake();
  }

  /** What was read last: the first that is news, or the newest when its time is over. */
  async until<T>(
    agency: string,
    { ms, gone }: Patience,
    read: () => Promise<T>,
    isNews: (found: T) => boolean,
  ): Promise<T> {
    this.count++;
    try {
      return await this.look(agency, { end: performance.now() + ms, gone }, read, isNews);
    } finally {
      this.count--;
      if (this.isClosed && this.count === 0) this.left.resolve();
    }
  }

  /** Whoever waits is answered now; resolves when nobody is left. */
  close(): Promise<void> {
    this.isClosed = true;
    this.rung([]);
    if (this.count === 0) this.left.resolve();
    return this.left.promise;
  }

  private async look<T>(
    agency: string,
    { end, gone }: { end: number; gone: AbortSignal },
    read: () => Promise<T>,
    isNews: (found: T) => boolean,
  ): Promise<T> {
    for (;;) {
      // Before the look: what is appended after it rings.
      const ring = this.nextRing(agency);
      try {
        const found = await read();
        const left = end - performance.now();
        const waitsNot = left <= 0 || this.isClosed || gone.aborted || this.count > MOST_WAITING;
        if (waitsNot || isNews(found)) return found;
        await firstOf(ring.rung, Math.min(left, LOOK_MS), gone);
      } finally {
        ring.forget();
      }
    }
  }

  private nextRing(agency: string): { rung: Promise<void>; forget(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const set = this.waiting.get(agency) ?? new Set();
    this.waiting.set(agency, set.add(resolve));
    const forget = (): void => {
      set.delete(resolve);
      if (set.size === 0 && this.waiting.get(agency) === set) this.waiting.delete(agency);
    };
    return { rung: promise, forget };
  }
}

async function firstOf(rung: Promise<void>, ms: number, gone: AbortSignal): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  gone.addEventListener('abort', () => resolve(), { once: true });
  await Promise.race([rung, over]);
  clearTimeout(timer);
}
