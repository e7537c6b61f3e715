import type { AgencyThrottle } from './agency-throttle.js';
import type { ContractTerms } from './contract-terms.js';

/** The places that one agency's limits give this process: a request takes one until the partner has answered, be it a delivery or a question. */
export class DeskPlaces {
  private taken = 0;
  /** Questions that wait for a place. */
  private asking = 0;

  constructor(private readonly throttle: AgencyThrottle) {}

  /** For a delivery: the next place that is free belongs to a question. */
  hasOne(terms: ContractTerms): boolean {
    return this.taken + this.asking < this.throttle.size(terms);
  }

  hasOneToAsk(terms: ContractTerms): boolean {
    return this.taken < this.throttle.size(terms);
  }

  take(): void {
    this.throttle.began();
    this.taken++;
  }

  giveBack(): void {
    this.taken--;
  }

  questionWaits(): void {
    this.asking++;
  }

  questionWaitsNoLonger(): void {
    this.asking--;
  }
}
