import type { Partner } from './attempt-delivery.js';
import type { DeskBasis } from './desk-basis.js';

const LOOK_MS = { least: 5, most: 200 };

/** Questions that belong to no claim, within the agency's limits. */
export class DeskQuestions {
  constructor(
    private readonly basis: DeskBasis,
    /** A place is free again. */
    private readonly pump: () => void,
  ) {}

  /**
   * It takes a place as a request would, and the next that is free is its own. Undefined: nothing may be asked now (paused,
   * breaker open, stopping).
   */
  async ask<T>(ask: (partner: Partner) => Promise<T>): Promise<T | undefined> {
    const { places } = this.basis;
    places.questionWaits();
    const partner = await this.placeToAsk().finally(() => places.questionWaitsNoLonger());
    if (!partner) return undefined;
    try {
      return await ask(partner);
    } finally {
      places.giveBack();
      this.pump();
    }
  }

  /** The place is taken on return. */
  private async placeToAsk(): Promise<Partner | undefined> {
    const { reach, places, throttle, breaker, office } = this.basis;
    for (;;) {
      const partner = reach.toBegin();
      if (!partner || breaker.isOpen() || !office.worker.isAlive()) return undefined;
      const wait = throttle.waitMs(partner.terms, performance.now());
      if (wait <= 0 && places.hasOneToAsk(partner.terms)) {
        // Taken in the same turn as it was seen: another question waits for its turn, too.
        places.take();
        return partner;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(wait, LOOK_MS.least), LOOK_MS.most)));
    }
  }
}
