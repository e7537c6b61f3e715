import type { Connector } from '#connectors';
import { durationMs, type BreakerPolicy, type DeliveryPolicy } from '#domain';
import type { ContractVersion } from '#wire';

/** A contract's durations and bounds, read once. */
export interface ContractTerms {
  inFlight: number;
  itemsPerRequest: number;
  /** Requests a second over all instances; undefined: as fast as it answers. */
  perSecond: number | undefined;
  timeoutMs: number;
  settleMs: number;
  /** From a claim until no copy of its request can be out. */
  outSeconds: number;
  canAsk: boolean;
  /** Mapping needs the case in full, not the event alone. */
  withCase: boolean;
  policy: DeliveryPolicy;
  breaker: BreakerPolicy;
}

export const usualBreaker: BreakerPolicy = { opensAfter: 5, probeFirstMs: 1_000, probeAtMostMs: 30_000 };

export function termsOf(contract: ContractVersion, connector: Pick<Connector, 'lookUp' | 'reads'>): ContractTerms {
  const { limits, retry, breaker } = contract;
  const timeoutMs = durationMs(limits.timeout);
  const settleMs = durationMs(limits.settle ?? '0ms');
  return {
    inFlight: limits.inFlight,
    itemsPerRequest: limits.itemsPerRequest ?? 1,
    perSecond: limits.perSecond,
    timeoutMs,
    settleMs,
    outSeconds: (timeoutMs + settleMs) / 1_000,
    canAsk: contract.lookUp !== undefined && connector.lookUp !== undefined,
    withCase: connector.reads !== 'event',
    policy: {
      retry: {
        firstMs: durationMs(retry.first),
        factor: retry.factor,
        atMostMs: durationMs(retry.atMost),
        giveUpAfterMs: durationMs(retry.giveUpAfter),
      },
      onDuplicate: contract.onDuplicate,
    },
    breaker: {
      opensAfter: breaker?.opensAfter ?? usualBreaker.opensAfter,
      probeFirstMs: breaker?.probeFirst === undefined ? usualBreaker.probeFirstMs : durationMs(breaker.probeFirst),
      probeAtMostMs: breaker?.probeAtMost === undefined ? usualBreaker.probeAtMostMs : durationMs(breaker.probeAtMost),
    },
  };
}
