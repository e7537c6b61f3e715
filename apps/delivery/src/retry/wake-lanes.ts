import { sweepTimers, wakeLanes, type Database } from '#ledger';
import type { Log } from '#service';
import type { WakeLane } from '#wire';
import { Counter } from 'prom-client';

const woken = new Counter({
  name: 'lienthong_lanes_woken_total',
  help: 'Lanes whose timer ended, by who noticed.',
  labelNames: ['by'],
});

/** Redis' timers run out here first; what it forgot is found this much later. */
const SWEEP_OVERDUE_S = 2;
const SWEEP_PAGE = 1_000;

/** timer → turn. A job or a sweep says only "look"; the lane's own row decides whether its time has come. */
export class WakeLanes {
  constructor(
    private readonly db: Database,
    private readonly onWoken: (agencies: Iterable<string>) => void,
    private readonly log: Log,
  ) {}

  async wake(jobs: WakeLane[]): Promise<void> {
    this.announce(await wakeLanes(this.db, jobs), 'timer');
  }

  async sweep(): Promise<void> {
    for (;;) {
      const agencies = await sweepTimers(this.db, SWEEP_OVERDUE_S, SWEEP_PAGE);
      this.announce(agencies, 'sweep');
      if (agencies.length > 0) this.log.info({ lanes: agencies.length }, 'woke lanes whose timer was lost');
      if (agencies.length < SWEEP_PAGE) return;
    }
  }

  private announce(agencies: string[], by: string): void {
    if (agencies.length === 0) return;
    woken.inc({ by }, agencies.length);
    this.onWoken(new Set(agencies));
  }
}
