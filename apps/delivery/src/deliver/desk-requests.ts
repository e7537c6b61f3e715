import { endedUnsent, type Ended } from './attempt-delivery.js';
import type { ContractTerms } from './contract-terms.js';
import type { DeskBasis } from './desk-basis.js';
import type { DeskOutcomes } from './desk-outcomes.js';
import { RunClaims, type Held } from './run-claims.js';

const TOGETHER_MS = 20;

/** Held lanes leave for the partner, alone or together, as places and the bucket allow; or go back before they have left. */
export class DeskRequests {
  private readonly run: RunClaims;
  private pumpTimer: NodeJS.Timeout | undefined;
  /** Requests, and lanes that go back, whose outcome isn't committed yet. */
  private running = 0;
  private whenIdle: (() => void) | undefined;

  constructor(
    private readonly basis: DeskBasis,
    private readonly outcomes: DeskOutcomes,
    /** There may be room for another claim. */
    private readonly kick: () => void,
  ) {
    const { agency, office, reach } = basis;
    this.run = new RunClaims({
      agency,
      tools: office.tools,
      log: office.log,
      partner: (version) => reach.boundTo(version),
      isOutdated: (lane) => reach.isOutdated(lane),
    });
  }

  /** Lets go what has a place, and what the bucket allows. Looked at every second, too: a share may come back unannounced. */
  pump(): void {
    const { reach, lanes, places, throttle, breaker } = this.basis;
    const partner = reach.toBegin();
    if (!partner) return lanes.waiting > 0 ? this.giveBack() : undefined;
    const { terms } = partner;
    // Claimed before it was known that the breaker opens.
    if (breaker.isOpen()) this.giveBack(({ lane }) => !lane.probing);
    // Other workers have the whole of the limit by now.
    if (throttle.size(terms) === 0 && lanes.first()?.lane.probing === false) return this.giveBack();
    while (lanes.waiting > 0 && (places.hasOne(terms) || lanes.first()!.lane.probing)) {
      if (throttle.waitMs(terms, performance.now()) > 0) return this.lookWhenAllowed();
      places.take();
      this.send(lanes.next(terms.itemsPerRequest));
    }
  }

  /** The bucket is empty: looks again once a few requests are allowed together. */
  lookWhenAllowed(): void {
    const terms = this.basis.reach.toBegin()?.terms;
    const wait = terms ? this.basis.throttle.waitMs(terms, performance.now()) : 0;
    if (wait <= 0) return;
    this.pumpTimer ??= setTimeout(
      () => {
        this.pumpTimer = undefined;
        this.pump();
        this.kick();
      },
      Math.max(wait, TOGETHER_MS),
    );
  }

  /** Held lanes that haven't left: they take their turn again. */
  giveBack(which: (held: Held) => boolean = () => true): void {
    for (const held of this.basis.lanes.withdraw(which)) {
      this.running++;
      void this.outcomes.commit(held, endedUnsent(held.lane, { kind: 'turn' }), undefined).finally(() => this.ran());
    }
  }

  stopLooking(): void {
    clearTimeout(this.pumpTimer);
  }

  /** Once nothing is under way any more. */
  async idle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => (this.whenIdle = resolve));
  }

  private send(some: readonly Held[]): void {
    this.running++;
    void this.deliver(some).finally(() => {
      this.ran();
      this.pump();
      const { backlog, mayBeMore } = this.basis.lanes;
      if (backlog || mayBeMore) this.kick();
    });
  }

  private ran(): void {
    this.running--;
    if (this.running === 0) this.whenIdle?.();
  }

  /** Its place was taken by who sends it; it ends with each lane's outcome committed. */
  private async deliver(some: readonly Held[]): Promise<void> {
    const { reach, lanes, places } = this.basis;
    const began = performance.now();
    let ends: readonly Ended[];
    try {
      ends = some.length === 1 ? [await this.run.one(some[0]!)] : await this.run.several(some);
    } finally {
      // The partner has answered: its place is free, whatever the ledger still has to do.
      places.giveBack();
    }
    const took = performance.now() - began;
    const terms = reach.known?.terms;
    // One request, one sign: a batch that isn't answered is one failure, not as many as it has items.
    const telling = ends.find(({ sign }) => sign === 'alive') ?? ends.find(({ sign }) => sign !== null);
    if (terms && telling) this.judge(telling, took, terms);
    if (lanes.waiting > 0) this.pump();
    if (some.length === 1) return this.outcomes.commit(some[0]!, ends[0]!, terms);
    const byLane = new Map(some.map((held) => [held.lane, held]));
    await Promise.all(ends.map((end) => this.outcomes.commit(byLane.get(end.lane)!, end, terms)));
  }

  private judge(end: Ended, tookMs: number, terms: ContractTerms): void {
    const { reach, throttle, breaker } = this.basis;
    // An endpoint that was replaced says nothing of the one that is in force, however dead it is.
    if (end.contractVersion !== null && end.contractVersion !== reach.known?.contract.validFrom) return;
    throttle.answered(end.sign, tookMs, terms, performance.now());
    if (!end.lane.probing) breaker.heard(end.sign, 'reason' in end.step ? end.step.reason : '', end.retryAfter, terms);
  }
}
