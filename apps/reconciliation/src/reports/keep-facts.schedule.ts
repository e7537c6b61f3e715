import { refreshFacts, type Database } from '#ledger';
import type { Log } from '#service';

/**
 * Keeps the facts of cases near the ledger, so that a report after a pause of weeks needn't read what came in them. Runs in
 * every instance: pages take turns in the ledger, and what another has just extracted isn't behind any more.
 */
export class KeepFactsSchedule {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  /** `everyMs`: from the end of one round to the next; 0: never. */
  constructor(
    private readonly db: Database,
    private readonly everyMs: number,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.everyMs > 0) this.wait();
  }

  /** A round that is under way ends with its page; the next one goes on from there. */
  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    this.stopping.abort();
    await this.running;
  }

  private wait(): void {
    this.timer = setTimeout(() => {
      this.running = this.round().finally(() => {
        if (!this.stopping.signal.aborted) this.wait();
      });
    }, this.everyMs);
  }

  private async round(): Promise<void> {
    const began = performance.now();
    try {
      const cases = await refreshFacts(this.db, { signal: this.stopping.signal });
      if (cases > 0) this.log.info({ cases, ms: Math.round(performance.now() - began) }, 'facts of cases refreshed');
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.log.warn({ code: (error as { code?: string }).code ?? 'unknown' }, 'facts of cases were not refreshed');
    }
  }
}
