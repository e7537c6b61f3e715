import { describe, expect, it } from '@jest/globals';
import type { WorkerRank } from '#ledger';
import type { ContractVersion } from '#wire';
import { AgencyThrottle } from './agency-throttle.js';
import { termsOf } from './contract-terms.js';

const contract = {
  limits: { inFlight: 8, timeout: '2s' },
  retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
  onDuplicate: 'refuse',
} as unknown as ContractVersion;
const terms = termsOf(contract, {});

describe("a worker's use of an agency's limits", () => {
  it('is none for a newcomer, nothing ahead either, and its share once it has a place', () => {
    let place: WorkerRank | undefined;
    const throttle = new AgencyThrottle(() => place);
    expect([throttle.size(terms), throttle.ahead(terms)]).toEqual([0, 0]);
    place = { workers: 2, rank: 1 };
    expect(throttle.size(terms)).toBe(4);
    place = undefined;
    expect([throttle.size(terms), throttle.ahead(terms)]).toEqual([0, 0]);
    place = { workers: 1, rank: 0 };
    expect(throttle.size(terms)).toBeGreaterThanOrEqual(4);
  });

  it('outlives a moment without a share in which answers come', () => {
    let place: WorkerRank | undefined = { workers: 1, rank: 0 };
    const throttle = new AgencyThrottle(() => place);
    expect(throttle.size(terms)).toBe(8);
    place = undefined;
    throttle.answered('alive', 5, terms, 1_000);
    place = { workers: 2, rank: 0 };
    expect(throttle.size(terms)).toBe(4);
  });
});
