import type { ClaimedLane } from './claimed-lane.js';

/** `turn`: nothing left, the lane takes its turn again. */
export type OutcomeKind = 'acknowledged' | 'parked' | 'wait' | 'doubt' | 'not-held' | 'nothing-proved' | 'turn';

/** One request as it went, for the append-only record. */
export interface AttemptRecord {
  operation: string;
  itemHash: string | null;
  /** Milliseconds since the epoch. */
  startedAt: number;
  endedAt: number;
  /** What the reply was taken for. */
  outcome: string;
  inDoubt: boolean;
  /** Partner's own words where a person needs them; at most 500 characters. */
  reply: string | null;
}

/** How a claim ends. Written only where worker and claim still match. */
export interface Outcome {
  /** As it was claimed. */
  lane: ClaimedLane;
  agencyId: string;
  streamId: string;
  sequence: number;
  claim: number;
  revision: number;
  kind: OutcomeKind;
  /** Milliseconds until the timer, for `wait` and `doubt` (there at least until no copy can be out); `parked`: see `expired`. */
  waitMs: number;
  inDoubt: boolean;
  covers: ClaimedLane['covers'];
  /** Parked because its window ended: where a revocation waits behind it, it is tried again after `waitMs` instead. */
  expired: boolean;
  /** A `wait` without a timer: the agency stands still, its lanes keep their turn. */
  stands: boolean;
  /** Acknowledged, and this worker takes the next one of the lane at once, if nothing has to be decided about it. */
  goOn: { outSeconds: number; withCase: boolean } | null;
  /** The probe of an open breaker: alive closes it, else the next probe comes after `waitMs`. */
  probe: { alive: boolean; waitMs: number } | null;
  operation: string | null;
  asUpdate: boolean;
  itemHash: string | null;
  /** Kept by its hash where the attempt may have to be repeated or explained. */
  body: string | null;
  contractVersion: string | null;
  owner: string | null;
  reason: string | null;
  fingerprint: string | null;
  /** What a person ordered, where this attempt is part of it. */
  operationId: string | null;
  attempts: AttemptRecord[];
}

/** What stands after the commit. An outcome that isn't among these was fenced: a late answer. */
export interface Committed {
  agencyId: string;
  streamId: string;
  sequence: number;
  /** The claim that this ended. */
  claim: number;
  wait: 'turn' | 'timer' | 'person' | null;
  /** Milliseconds until the lane's timer. */
  wakeInMs: number | null;
  attempts: number;
  /** The lane's next delivery, held by the same worker under a new claim. */
  next: ClaimedLane | null;
}
