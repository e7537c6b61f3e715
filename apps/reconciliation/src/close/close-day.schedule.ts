import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { closeDays, DoesNotAddUp, hubClock, today, type Closed, type Database, type Running } from '#ledger';
import type { Log } from '#service';

const LOOK_MS = 1_000;
const AFTER_FAILURE_MS = 60_000;
const SAY_AFTER_MS = 10_000;

/**
 * Closes every day that is over, from its hour on, and at the start what was missed. Runs in every instance: one of them cuts
 * and counts, the others find it done. A failure is tried again each minute; the day has moved on by then, and traffic with it.
 */
export class CloseDaySchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private closing: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  /** The open day, where it is known to be the only one that isn't counted. */
  private open: string | undefined;
  private notBefore = 0;

  /** `afterMs`: from midnight in Asia/Ho_Chi_Minh until the day before is cut; null: a person closes. */
  constructor(
    private readonly db: Database,
    private readonly afterMs: number | null,
    private readonly log: Log,
    private readonly now: () => Date = () => hubClock.now(),
  ) {}

  onApplicationBootstrap(): void {
    const { afterMs } = this;
    if (afterMs === null) return;
    this.timer = setInterval(() => this.look(afterMs), LOOK_MS);
    this.look(afterMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.closing;
  }

  private look(afterMs: number): void {
    const day = today(new Date(this.now().getTime() - afterMs));
    if (this.closing || this.stopping.signal.aborted || performance.now() < this.notBefore) return;
    if (this.open !== undefined && day <= this.open) return;
    this.closing = this.close(day).finally(() => (this.closing = undefined));
  }

  private async close(day: string): Promise<void> {
    const began = performance.now();
    let saysAt = began + SAY_AFTER_MS;
    const waiting = (of: string, running: readonly Running[]): void => {
      if (performance.now() < saysAt) return;
      saysAt = performance.now() + AFTER_FAILURE_MS;
      const transactions = running.map(({ pid, application, since }) => ({ pid, application, since }));
      this.log.warn({ day: of, transactions }, 'the count of a day waits for transactions that began before its cut');
    };
    try {
      const ask = { today: day, by: 'schedule', signal: this.stopping.signal, waiting };
      this.closed(await closeDays(this.db, ask), performance.now() - began);
    } catch (error) {
      this.notBefore = performance.now() + AFTER_FAILURE_MS;
      if (error instanceof DoesNotAddUp)
        this.log.error({ day: error.day, agencies: error.agencies }, 'a day does not add up');
      else this.log.warn({ code: (error as { code?: string }).code ?? 'unknown' }, 'a day could not be closed');
    }
  }

  private closed(closed: Closed, ms: number): void {
    if (closed.outcome === 'closed') {
      this.open = closed.open;
      if (closed.days.length > 0) this.log.info({ days: closed.days, open: closed.open, ms: Math.round(ms) }, 'closed');
      return;
    }
    this.notBefore = performance.now() + AFTER_FAILURE_MS;
    // A person who names the day closes them all the same.
    if (closed.outcome === 'too-many')
      this.log.error(
        { open: closed.open, days: closed.days },
        'too many days to close: is the clock right? lienthong day close --day',
      );
  }
}
