import { leftOfDayMs, today, type ClaimedLane } from '#ledger';
import type { Partner } from './attempt-delivery.js';
import type { DeskOffice } from './desk-office.js';
import { nameOf } from './run-claims.js';

const KNOWN_FOR_MS = 100;

/** How one agency is reached: by today's contract, or by the one that a delivery is bound to. */
export class DeskReach {
  /** Today's, as it was when last asked for. */
  known: Partner | undefined;
  private knownUntil = 0;
  /** The desk stops: nothing new begins. */
  private closed = false;

  constructor(
    private readonly agency: string,
    private readonly office: DeskOffice,
    /** No case's fault but the agency file's: its lanes keep their turn, and the reason is shown. */
    private readonly onUnmade: (reason: string) => void,
  ) {}

  /** Undefined: no contract today, or paused (its lanes keep their turn). Asked several times a delivery, so kept for a moment. */
  today(): Partner | undefined {
    const now = performance.now();
    if (now < this.knownUntil) return this.known;
    this.known = this.find();
    this.knownUntil = this.known ? now + Math.min(KNOWN_FOR_MS, leftOfDayMs()) : 0;
    return this.known;
  }

  /** Today's, for what hasn't begun yet. Undefined also once the desk stops. */
  toBegin(): Partner | undefined {
    return this.closed ? undefined : this.today();
  }

  /** By the version that a delivery is bound to; '' is today's. A sentence says why there is none; undefined: paused meanwhile. */
  boundTo(version: string): Partner | string | undefined {
    if (this.isPaused()) return undefined;
    try {
      const found = version === '' ? this.today() : this.office.partner(this.agency, version);
      return found ?? 'no contract version reaches this agency';
    } catch (error) {
      return unmade(error);
    }
  }

  /** Bound to a version that another has replaced, and only waiting: its next claim binds it anew. */
  isOutdated({ contractVersion, staysBound, inDoubt, reaped }: ClaimedLane): boolean {
    if (contractVersion === null || staysBound || inDoubt || reaped) return false;
    const inForce = this.today()?.contract.validFrom;
    return inForce !== undefined && inForce !== contractVersion;
  }

  isPaused(): boolean {
    return this.office.book.isPaused(this.agency);
  }

  close(): void {
    this.closed = true;
  }

  isClosed(): boolean {
    return this.closed;
  }

  private find(): Partner | undefined {
    const { office } = this;
    if (this.isPaused()) return undefined;
    const version = office.book.version(this.agency, today())?.validFrom;
    if (version === undefined) return undefined;
    try {
      return office.partner(this.agency, version);
    } catch (error) {
      this.onUnmade(unmade(error));
      return undefined;
    }
  }
}

const unmade = (error: unknown): string => `its connector can't be made: ${nameOf(error)}`;
