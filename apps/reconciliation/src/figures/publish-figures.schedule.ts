import { publishDue, type Database } from '#ledger';
import type { Log } from '#service';

/**
 * Counts the figures that are due at the turn of every interval. Runs in every instance: publishing takes turns in the ledger,
 * and a figure that another has just published is unchanged.
 */
export class PublishFiguresSchedule {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopping = false;

  /** `everyMs` 0: never. */
  constructor(
    private readonly db: Database,
    private readonly everyMs: number,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.everyMs > 0) this.wait();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** At full intervals of the clock, however often the process is started. */
  private wait(): void {
    const left = this.everyMs - (Date.now() % this.everyMs);
    this.timer = setTimeout(() => {
      this.running = this.round().finally(() => {
        if (!this.isStopping) this.wait();
      });
    }, left);
  }

  private async round(): Promise<void> {
    try {
      const done = await publishDue(this.db, { isStopping: () => this.isStopping });
      const sum = (name: 'first' | 'revised'): number => done.reduce((all, each) => all + each[name], 0);
      if (sum('first') + sum('revised') > 0)
        this.log.info({ first: sum('first'), revised: sum('revised') }, 'figures published');
    } catch (error) {
      this.log.warn({ code: (error as { code?: string }).code ?? String(error) }, 'figures were not published');
    }
  }
}
