import type { PreparedItem } from '#connectors';
import { fingerprint, probeWait, type BreakerPolicy } from '#domain';
import type { Outcome } from '#ledger';
import { canonicalJson } from '#wire';
import type { Ended } from './attempt-delivery.js';
import { usualBreaker, type ContractTerms } from './contract-terms.js';

export interface Standing {
  /** The breaker is open: what must wait keeps its turn, without a timer. */
  stands: boolean;
  /** The lane may go on with its next delivery at once; null: it may not. */
  goOn: Outcome['goOn'];
}

/** What the ledger is to write for a claim that ended. */
export function outcomeOf(end: Ended, { stands, goOn }: Standing, terms: ContractTerms | undefined): Outcome {
  const { lane, step, prepared } = end;
  const parked = step.kind === 'parked' ? step : undefined;
  const until = 'until' in step ? step.until : undefined;
  const waitMs = until === undefined ? 0 : Math.max(0, until - lane.now);
  const isAcknowledged = step.kind === 'acknowledged';
  return {
    lane,
    agencyId: lane.agencyId,
    streamId: lane.streamId,
    sequence: lane.sequence,
    claim: lane.claim,
    revision: lane.revision,
    kind: step.kind,
    waitMs,
    inDoubt: step.kind === 'doubt' || ('inDoubt' in step && step.inDoubt),
    covers: lane.covers,
    expired: parked?.until !== undefined,
    stands: stands && step.kind === 'wait',
    goOn: isAcknowledged ? goOn : null,
    probe: lane.probing ? probeOf(end, terms?.breaker ?? usualBreaker) : null,
    operation: prepared?.item.operation ?? null,
    asUpdate: end.asUpdate,
    itemHash: prepared?.hash ?? null,
    // A pass-through item stands in the event already; any other is kept where it may have to be repeated or explained.
    body: !prepared || isAcknowledged || step.kind === 'turn' ? null : bodyOf(prepared.item, lane.dataText),
    contractVersion: end.contractVersion,
    owner: parked?.owner ?? null,
    reason: 'reason' in step ? step.reason : null,
    fingerprint: parked ? fingerprint(lane.agencyId, parked.owner, parked.reason) : null,
    operationId: lane.operationId,
    attempts: end.attempts,
  };
}

/** Longer ones (a signed file in base64) are made again from the event and its files. */
const LONGEST_KEPT = 1_000_000;

function bodyOf({ text, item }: PreparedItem, event: string): string | null {
  if (text === event) return null;
  const body = text ?? canonicalJson(item);
  return body.length > LONGEST_KEPT ? null : body;
}

/** Only what answers, in any words, shows that the partner is back. */
function probeOf(end: Ended, breaker: BreakerPolicy): NonNullable<Outcome['probe']> {
  const alive = end.sign === 'alive';
  const probes = end.lane.probes + 1;
  return { alive, waitMs: Math.max(probeWait(probes + 1, breaker, Math.random()), (end.retryAfter ?? 0) * 1_000) };
}
