import { backOff, type RetryPolicy } from './back-off.js';
import type { Reply } from './reply.js';

/** One request of a delivery, as it stood when it left. Times in ms since the epoch, from PostgreSQL's clock. */
export interface Attempt {
  /** 1 for the first. */
  number: number;
  /** An earlier attempt of this key may have been done without our knowing. */
  inDoubt: boolean;
  /** A worker died over this key, and the partner hasn't answered it since, whatever a look-up said: a late copy may have come. */
  reaped?: boolean;
  firstAt: number;
  /** Milliseconds since then in which nothing could be sent: the breaker was open, or the agency paused. They don't count. */
  stoodStillMs: number;
}

export interface DeliveryPolicy {
  retry: RetryPolicy;
  onDuplicate: 'update' | 'refuse';
}

export type Owner = 'ours' | 'theirs' | 'data';

/** What becomes of the lane. Committed under the claim's fence before anything else of the lane may leave. */
export type Step =
  | { kind: 'acknowledged' }
  /** `until`: out of its window; where it may not be parked (a revocation waits behind it) it is tried again then. */
  | { kind: 'parked'; owner: Owner; reason: string; inDoubt: boolean; until?: number }
  | { kind: 'wait'; until: number; reason: string; inDoubt: boolean }
  /** May have been done: wait at least so long, and until no copy can still arrive; then ask (or send the same key again). */
  | { kind: 'doubt'; until: number; reason: string }
  /** The partner doesn't have it: nothing is in doubt any more, the lane is free to choose anew. */
  | { kind: 'not-held' }
  /** Asked, and nothing proved: the same key again. */
  | { kind: 'nothing-proved' }
  /** Same claim, same key, at once. */
  | { kind: 'log-in-and-resend' }
  | { kind: 'send-as-update' };

/** What a partner's reply means for its lane. Total over Reply: a new kind of reply doesn't compile until it is decided here. */
export function nextStep(attempt: Attempt, reply: Reply, policy: DeliveryPolicy, now: number, random: number): Step {
  switch (reply.kind) {
    case 'accepted':
      return { kind: 'acknowledged' };
    case 'already-held':
      if (attempt.inDoubt || attempt.reaped) return { kind: 'acknowledged' };
      if (policy.onDuplicate === 'update') return { kind: 'send-as-update' };
      return { kind: 'parked', owner: 'theirs', reason: 'already held, and not by our doing', inDoubt: false };
    case 'refused':
      // A refusal of a resend may mean "again?" as well as "no": it settles no doubt.
      return { kind: 'parked', owner: 'data', reason: reply.reason, inDoubt: attempt.inDoubt && !reply.settlesDoubt };
    case 'busy':
      return waitOrPark(attempt, reply, policy, now, random);
    case 'session-expired':
      return { kind: 'log-in-and-resend' };
    case 'doubt': {
      const step = waitOrPark({ ...attempt, inDoubt: true }, reply, policy, now, random);
      return step.kind === 'wait' ? { kind: 'doubt', until: step.until, reason: step.reason } : step;
    }
  }
}

interface NotYet {
  reason: string;
  /** Seconds. */
  retryAfter?: number;
}

type WaitOrPark = Extract<Step, { kind: 'wait' | 'parked' }>;

function waitOrPark(attempt: Attempt, reply: NotYet, policy: DeliveryPolicy, now: number, random: number): WaitOrPark {
  const until = now + backOff(attempt.number, policy.retry, random, reply.retryAfter);
  if (now - attempt.firstAt - attempt.stoodStillMs >= policy.retry.giveUpAfterMs) {
    const reason = `out of its window: ${reply.reason}`;
    return { kind: 'parked', owner: 'theirs', reason, inDoubt: attempt.inDoubt, until };
  }
  return { kind: 'wait', until, reason: reply.reason, inDoubt: attempt.inDoubt };
}

/** What a look-up at the partner says about one delivery. */
export type LookUp =
  | { kind: 'held' }
  | { kind: 'not-held' }
  /** Proves nothing (a state that other events may have caused). */
  | { kind: 'unknown' }
  | { kind: 'busy'; reason: string };

/** A lane in doubt has asked, at a time when no copy could be out any more. */
export function afterLookUp(
  attempt: Attempt,
  said: LookUp,
  policy: DeliveryPolicy,
  now: number,
  random: number,
): Extract<Step, { kind: 'acknowledged' | 'not-held' | 'nothing-proved' | 'wait' | 'parked' }> {
  switch (said.kind) {
    case 'held':
      return { kind: 'acknowledged' };
    case 'not-held':
      return { kind: 'not-held' };
    case 'unknown':
      return { kind: 'nothing-proved' };
    case 'busy':
      return waitOrPark({ ...attempt, inDoubt: true }, said, policy, now, random);
  }
}
