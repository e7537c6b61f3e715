import { claimLanes, type ClaimedLane } from '#ledger';
import type { Partner } from './attempt-delivery.js';
import type { DeskBasis } from './desk-basis.js';
import type { DirectPlaces } from './desk-office.js';
import type { DeskRequests } from './desk-requests.js';

const AFTER_FAILURE_MS = 500;

/** Lanes come to one desk: claimed from those that wait their turn, taken by the plan straight away, or one to probe with. */
export class DeskClaims {
  /** The claim under way. */
  claiming: Promise<void> | undefined;
  /** Places that a claim under way may fill. */
  asked = 0;
  /** Places that a plan under way may fill. */
  private promised = 0;

  constructor(
    private readonly basis: DeskBasis,
    private readonly requests: DeskRequests,
  ) {}

  /** There may be work: claims as much as fits. Coalesced; never throws. */
  kick(): void {
    const { reach, lanes } = this.basis;
    if (reach.isClosed()) return;
    lanes.mayBeMore = true;
    if (!this.isWorthClaiming()) return this.requests.lookWhenAllowed();
    this.claiming ??= this.claim().finally(() => {
      this.claiming = undefined;
      if (lanes.mayBeMore) this.kick();
    });
  }

  /** Places for so many lanes at most that the plan takes straight away; given back by `begin`. None while others wait their turn. */
  promise(most: number): DirectPlaces | undefined {
    const { reach, lanes, office } = this.basis;
    const partner = reach.toBegin();
    if (!partner || lanes.backlog || !office.worker.isAlive()) return undefined;
    const room = Math.min(this.room(), most);
    if (room <= 0) return undefined;
    this.promised += room;
    return { lanes: room, outSeconds: partner.terms.outSeconds, withCase: partner.terms.withCase };
  }

  /** Lanes that this worker holds since `startedAt` (monotonic, ms; before their claim was committed). */
  async begin(claimed: readonly ClaimedLane[], startedAt: number, promised = 0): Promise<void> {
    const { lanes, strays } = this.basis;
    this.promised -= promised;
    while (strays.freeing) await strays.freeing;
    for (const lane of claimed) {
      if (strays.mayBeFreed(lane, startedAt)) continue;
      lanes.hold({ lane, startedAt, inARow: 0 });
    }
    this.requests.pump();
    if (lanes.mayBeMore) this.kick();
  }

  /** Asks, if the breaker is open and it is time, with one lane. */
  async probe(): Promise<void> {
    const { reach, breaker, office } = this.basis;
    const { db, worker } = office;
    const partner = reach.toBegin();
    if (!breaker.isOpen() || !partner || !worker.isAlive()) return;
    const probe = await breaker.takeProbe(worker.id);
    if (!probe) return;
    const startedAt = performance.now();
    const { claimed, looked } = await claimLanes(db, { ...this.ask(partner, 1), probe });
    if (claimed.length > 0) return this.begin(claimed, startedAt);
    // Lanes that nothing could be sent of just now were set aside: look again at once.
    if (looked === 0) await breaker.closeWithoutProbe(worker.id);
  }

  private async claim(): Promise<void> {
    const { reach, lanes, office, agency } = this.basis;
    while (lanes.mayBeMore && !reach.isClosed()) {
      // A batch of outcomes frees its places one after the other in this turn of the loop: one claim for all of them.
      await new Promise((resolve) => setImmediate(resolve));
      const partner = reach.today();
      const room = this.room();
      // `mayBeMore` stands: the next that ends looks once more.
      if (!partner || !this.isWorthClaiming(room)) return;
      lanes.mayBeMore = false;
      const startedAt = performance.now();
      // Half the places are left to lanes that the plan takes meanwhile: where few wait, that is the shorter way.
      this.asked = lanes.backlog ? room : Math.ceil(room / 2);
      try {
        const { claimed, looked } = await claimLanes(office.db, this.ask(partner, this.asked));
        lanes.backlog = looked >= this.asked;
        await this.begin(claimed, startedAt);
        // Some may have been set aside for another turn.
        if (lanes.backlog || looked > claimed.length) lanes.mayBeMore = true;
      } catch (error) {
        office.log.warn({ agency, code: codeOf(error) }, 'nothing claimed');
        await new Promise((resolve) => setTimeout(resolve, AFTER_FAILURE_MS));
        lanes.mayBeMore = true;
      } finally {
        this.asked = 0;
      }
    }
  }

  /** Lanes that may be claimed now. */
  private room(): number {
    const { reach, breaker, throttle, lanes } = this.basis;
    const partner = reach.today();
    if (!partner || breaker.isOpen()) return 0;
    const { terms } = partner;
    const size = throttle.size(terms);
    const allowed = throttle.allowance(terms, performance.now()) * terms.itemsPerRequest;
    const most = size * terms.itemsPerRequest + throttle.ahead(terms);
    return Math.min(most - lanes.size - this.promised - this.asked, allowed - lanes.waiting - this.asked);
  }

  /** Small claims while much is under way cost more than they bring: the next outcomes free more. */
  private isWorthClaiming(room = this.room()): boolean {
    return room > 0 && room >= this.basis.lanes.size / 4 && this.basis.office.worker.isAlive();
  }

  private ask({ terms, contract }: Partner, limit: number) {
    const { agency, office, throttle } = this.basis;
    return {
      version: contract.validFrom,
      worker: office.worker.id,
      agency,
      limit,
      late: throttle.late(limit),
      outSeconds: terms.outSeconds,
      canAsk: terms.canAsk,
      withCase: terms.withCase,
    };
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error);
