import { Counter, Histogram } from 'prom-client';
import type { Ended } from './attempt-delivery.js';
import type { ContractTerms } from './contract-terms.js';
import type { DeskBasis } from './desk-basis.js';
import { outcomeOf } from './outcome-of.js';
import type { Held } from './run-claims.js';

const attempted = new Counter({
  name: 'lienthong_delivery_outcomes_total',
  help: 'Claims by how they ended.',
  labelNames: ['agency', 'outcome'],
});
const lasted = new Histogram({
  name: 'lienthong_delivery_attempt_seconds',
  help: 'From claim to the partner’s answer.',
  labelNames: ['agency'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
});

/** A lane goes on with its next delivery so often before another lane gets its place, where others wait. */
const MOST_IN_A_ROW = 8;

/** Claims' ends, each until the ledger has it. A lane's next delivery follows only after that. */
export class DeskOutcomes {
  private readonly lasted: ReturnType<typeof lasted.labels>;

  constructor(
    private readonly basis: DeskBasis,
    /** The ledger may have given this worker a lane that it will never hear of. */
    private readonly onPerhapsStray: () => void,
  ) {
    this.lasted = lasted.labels(basis.agency);
  }

  /** Until the ledger has it; then the lane's next delivery follows, or the lane is let go. */
  async commit(held: Held, end: Ended, terms: ContractTerms | undefined): Promise<void> {
    const { agency, office, breaker, lanes, strays } = this.basis;
    const { lane } = held;
    this.lasted.observe((performance.now() - held.startedAt) / 1_000);
    const goOn = terms && end.step.kind === 'acknowledged' && this.mayGoOn(held, terms) ? terms : null;
    const outcome = outcomeOf(end, { stands: breaker.isOpen(), goOn }, terms);
    const { committed, sentAt } = await office.writer.commit(outcome);
    attempted.inc({ agency, outcome: committed ? outcome.kind : 'fenced' });
    lanes.letGo(held);
    // The reply of the statement may have been lost, and with it the claim of the lane's next delivery.
    if (!committed && goOn) this.onPerhapsStray();
    if (committed?.next) {
      while (strays.freeing) await strays.freeing;
      if (!strays.mayBeFreed(committed.next, sentAt))
        lanes.hold({ lane: committed.next, startedAt: sentAt, inARow: held.inARow + 1 });
    }
    if (committed && outcome.probe?.alive) breaker.closedByProbe();
    if (committed?.wait === 'timer') office.onTimer(lane, committed);
    if (committed?.wait === 'turn') lanes.mayBeMore = true;
  }

  private mayGoOn({ inARow }: Held, terms: ContractTerms): boolean {
    const { reach, breaker, lanes, throttle } = this.basis;
    if (reach.isClosed() || breaker.isOpen() || reach.isPaused()) return false;
    if (lanes.backlog && inARow >= MOST_IN_A_ROW) return false;
    if (lanes.size > throttle.size(terms) * terms.itemsPerRequest + throttle.ahead(terms)) return false;
    return throttle.allowance(terms, performance.now()) >= 1;
  }
}
