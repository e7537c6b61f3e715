/** What one count found, for one agency or for all. docs/reconciliation.md says what each word means. */
export interface Counts {
  entered: number;
  expected: number;
  delivered: number;
  unverified: number;
  returned: number;
  retried: number;
  waiting: number;
  parked: number;
  closed: number;
  lost: number;
  doubled: number;
  doubted: number;
  repeated: number;
  outOfOrder: number;
  unknownAtHub: number;
  unsettled: number;
  unexpected: number;
}

export type DiscrepancyType =
  | 'accepted-not-in-ledger'
  | 'not-planned'
  | 'stuck'
  | 'acknowledged-not-held'
  | 'doubled'
  | 'doubled-in-doubt'
  | 'out-of-order'
  | 'unknown-at-hub'
  | 'not-entitled'
  | 'broken-chain';

/** Names a difference by codes and places only. `line` is the place in that agency's book. */
export interface Discrepancy {
  type: DiscrepancyType;
  agency: string | null;
  code: string | null;
  sequence: number | null;
  line: number | null;
}

export interface Reconciliation extends Counts {
  /** PostgreSQL's clock at the cut: books were read after it. */
  at: string;
  brokenChains: number;
  byAgency: Record<string, Counts>;
  /** The first hundred. */
  discrepancies: Discrepancy[];
}

export const noCounts = (): Counts => ({
  entered: 0,
  expected: 0,
  delivered: 0,
  unverified: 0,
  returned: 0,
  retried: 0,
  waiting: 0,
  parked: 0,
  closed: 0,
  lost: 0,
  doubled: 0,
  doubted: 0,
  repeated: 0,
  outOfOrder: 0,
  unknownAtHub: 0,
  unsettled: 0,
  unexpected: 0,
});

export const countNames = Object.keys(noCounts()) as (keyof Counts)[];
