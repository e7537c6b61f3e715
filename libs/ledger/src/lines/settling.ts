import type { Repair } from '#wire';
import type { OpenDiscrepancy } from './discrepancies.js';

/** Who a repair without a person is by, in operations, attempts and the audit. */
export const RECONCILIATION = 'reconciliation';

/** Why nothing could be done about one, in words of docs/reconciliation.md. */
export type Unsettled =
  /** A request of the case is under way, in doubt or waits: that comes first. */
  | 'under-way'
  /** The agency acknowledged nothing of the case that could be sent again. */
  | 'nothing-to-send'
  /** This kind of discrepancy isn't settled so. */
  | 'not-so'
  /** The contract has no way of asking for a case. */
  | 'cannot-be-asked'
  /** The other code is another case's here. */
  | 'code-taken'
  /** Nobody who entered the case receives case.correction-asked by contract. */
  | 'nobody-receives'
  /** The contract doesn't say that the agency's books are right in this. */
  | 'no-authority'
  /** What their books say can't follow what happened to the case, or is no value that a case can have. */
  | 'cannot-follow'
  /** The very same was asked or taken over before. */
  | 'done-before';

export interface Settling {
  agency: string;
  repair: Repair;
  author: string;
  reason: string | null;
}

export interface Settled {
  id: string;
  key: string;
  /** `noted`: what only people can do, done outside by whoever says so; nothing is hidden by it. */
  outcome: 'ordered' | 'noted' | Unsettled;
  operation: string | null;
  /** Of what is noted: why the hub couldn't do it itself. */
  why?: Unsettled;
}

/** What the hub has no contract for is noted as done by the person who says so; a policy has done nothing by it. */
export function byHand({ author }: Settling, { id, key }: OpenDiscrepancy, why?: Unsettled): Settled {
  if (why !== undefined && author === RECONCILIATION) return { id, key, outcome: why, operation: null };
  return { id, key, outcome: 'noted', operation: null, ...(why === undefined ? {} : { why }) };
}
