import type { ClaimedLane } from '../lanes/claimed-lane.js';
import type { Outcome, OutcomeKind } from '../lanes/outcome.js';

/** A claim's end as the engine would write it, without attempts. */
export const outcomeFor = (lane: ClaimedLane, kind: OutcomeKind, more: Partial<Outcome> = {}): Outcome => ({
  lane,
  agencyId: lane.agencyId,
  streamId: lane.streamId,
  sequence: lane.sequence,
  claim: lane.claim,
  revision: lane.revision,
  kind,
  waitMs: 0,
  inDoubt: kind === 'doubt',
  covers: lane.covers,
  expired: false,
  stands: false,
  goOn: null,
  probe: null,
  operation: 'op',
  asUpdate: false,
  itemHash: 'ab'.repeat(32),
  body: null,
  contractVersion: '2018-01-01',
  owner: null,
  reason: null,
  fingerprint: null,
  operationId: lane.operationId,
  attempts: [],
  ...more,
});
