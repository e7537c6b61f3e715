import { drainsByDeadline, hasTellingDrain } from './drain-invariant.js';
import type { Invariant, Unchecked } from './invariant.js';
import * as ledger from './ledger-invariants.js';
import * as partner from './partner-invariants.js';

/** The architecture's invariants by their numbers there, each with what checks it. */
export const invariants: readonly Invariant[] = [
  { number: 1, name: 'every 202 is in the ledger once', check: ledger.every202IsInTheLedgerOnce },
  { number: 2, name: 'sequences have no gap, chains verify, all is planned', check: ledger.sequencesHaveNoGap },
  { number: 3, name: 'one delivery an event and entitled agency', check: ledger.oneDeliveryAnEventAndPartner },
  { number: 4, name: 'planned = ended + carried forward', check: ledger.everyDeliveryIsAccountedFor },
  { number: 5, name: 'acknowledged is held', check: partner.acknowledgedIsHeld },
  { number: 6, name: 'no inversion, each stands on the newest', check: partner.eachPartnerStandsOnTheNewest },
  { number: 7, name: 'same key, same bytes', check: partner.sameKeySameBytes },
  { number: 8, name: 'at most one request of a lane under way', check: partner.atMostOneUnderWay },
  { number: 9, name: "n+1 leaves after n's outcome", check: partner.nextLeavesAfterTheOutcome },
  { number: 10, name: 'a reaped worker writes nothing', check: ledger.aReapedWorkerWritesNothing },
  { number: 11, name: 'asked before resent', check: partner.askedBeforeResent },
  { number: 12, name: 'superseded by an acknowledged', check: ledger.supersededByAnAcknowledged },
  { number: 13, name: 'a parked lane sends nothing', check: partner.aParkedLaneSendsNothing },
  { number: 14, name: 'limits hold over all instances', check: partner.limitsHold },
  { number: 15, name: 'nothing new from what was read again', check: ledger.nothingNew },
  { number: 16, name: "every open lane is somebody's", check: ledger.everyOpenLaneIsSomebodys },
  { number: 17, name: 'a drain goes by deadline', check: drainsByDeadline, isTried: hasTellingDrain },
  { number: 19, name: 'none keeps a revoked result', check: partner.noneKeepsARevokedResult },
  { number: 20, name: 'no personal data leaks', check: ({ evidence }) => evidence.leaks },
  { number: 21, name: 'contract versions were in force', check: ledger.everyContractVersionWasInForce },
  { number: 22, name: 'fan-out ends', check: ledger.fanOutEnds },
];

export const unchecked: readonly Unchecked[] = [
  {
    number: 18,
    name: 'a feed reader sees everything once',
    why: 'no partner of a fault run reads a feed; libs/ledger/src/feeds.spec.ts reads beside slow committers',
  },
];
