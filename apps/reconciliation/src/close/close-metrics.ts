import { Gauge } from 'prom-client';
import type { DaysBehind } from '#ledger';

/** Days that were cut and that nobody has counted yet: 0, but for the moment of a close. Left out while the ledger is away. */
export function watchDays(read: () => Promise<DaysBehind>): void {
  new Gauge({
    name: 'lienthong_days_uncounted',
    help: 'Days that were cut and are not counted; more than 0 for long: a transaction was left open, or a day does not add up.',
    async collect() {
      const behind = await read().catch(() => undefined);
      if (behind) this.set(behind.uncounted);
      else this.remove();
    },
  });
}
