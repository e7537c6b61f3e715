import {
  afterAnswer,
  afterOverload,
  openWindow,
  placesForLate,
  refill,
  shareOf,
  slowStart,
  untilToken,
  type Bucket,
  type Sign,
  type Window,
} from '#domain';
import type { WorkerRank } from '#ledger';
import type { ContractTerms } from './contract-terms.js';

/**
 * Answers faster than this on average let lanes be claimed ahead of their request: so that claims and outcomes come in
 * batches worth their transaction. A crash leaves what was claimed in doubt, so it is no more than a second's work.
 */
const FAST_MS = 100;
const AHEAD_ROUNDS = 8;
const MOST_AHEAD = 512;

/** How much of one agency's limits this process may use now: its share by rank, an adaptive window, a bucket. */
export class AgencyThrottle {
  private window: Window | undefined;
  private bucket: Bucket = { tokens: 1, at: 0 };
  private lateCarry = 0;
  private averageMs = FAST_MS;
  private slow = false;

  constructor(private readonly rank: () => WorkerRank | undefined) {}

  /** Requests that may be under way in this process; 0: none of the limit falls to it. */
  size(terms: ContractTerms): number {
    const most = this.most(terms);
    // A window made now would have no room, and only answers would widen it.
    if (most === 0) return 0;
    this.window ??= this.slow ? slowStart(most) : openWindow(most);
    return Math.min(this.window.size, most);
  }

  /** Lanes to claim beyond those that can leave at once: so that a claim is worth its transaction. */
  ahead(terms: ContractTerms): number {
    if (terms.perSecond !== undefined || this.averageMs > FAST_MS) return 0;
    const size = this.size(terms);
    if (size === 0 || size < this.most(terms)) return 0;
    const rounds = Math.min(AHEAD_ROUNDS, FAST_MS / Math.max(1, this.averageMs));
    return Math.min(MOST_AHEAD, Math.ceil(size * rounds * terms.itemsPerRequest));
  }

  /** Milliseconds until the next request may begin. */
  waitMs(terms: ContractTerms, now: number): number {
    const perSecond = this.perSecond(terms);
    if (perSecond === undefined) return 0;
    if (perSecond === 0) return 1_000;
    this.bucket = refill(this.bucket, perSecond, now);
    return untilToken(this.bucket, perSecond);
  }

  /** Requests that the bucket lets begin at once. */
  allowance(terms: ContractTerms, now: number): number {
    if (this.perSecond(terms) === undefined) return Infinity;
    return this.waitMs(terms, now) > 0 ? 0 : Math.floor(this.bucket.tokens);
  }

  began(): void {
    this.bucket = { ...this.bucket, tokens: this.bucket.tokens - 1 };
  }

  answered(sign: Sign | null, tookMs: number, terms: ContractTerms, now: number): void {
    if (sign === null) return;
    this.averageMs += (tookMs - this.averageMs) / 16;
    const most = this.most(terms);
    // An answer that comes while this process has no share must not close its window for ever.
    if (most === 0) return;
    this.window ??= openWindow(most);
    this.window =
      sign === 'alive' ? afterAnswer(this.window, most) : afterOverload(this.window, now, Math.max(100, tookMs));
  }

  /** After an outage. */
  restart(): void {
    this.slow = true;
    this.window = undefined;
  }

  /** Places of a claim that go first to lanes whose deadline has passed. */
  late(places: number): number {
    const { late, carry } = placesForLate(places, this.lateCarry);
    this.lateCarry = carry;
    return late;
  }

  private most(terms: ContractTerms): number {
    const rank = this.rank();
    return rank ? shareOf(terms.inFlight, rank.workers, rank.rank) : 0;
  }

  private perSecond(terms: ContractTerms): number | undefined {
    const rank = this.rank();
    return terms.perSecond === undefined ? undefined : rank ? terms.perSecond / rank.workers : 0;
  }
}
