/** What two sides' books may disagree on. docs/reconciliation.md says of each what it means, who owns it and what settles it. */
export const lineDiscrepancies = [
  'missing-there',
  'missing-here',
  'status-differs',
  'field-differs',
  'other-code',
  'two-under-one',
  'doubled-there',
  'deadline-differs',
  'revoked-still-there',
  'file-differs',
  'progress-missing',
] as const;
export type LineDiscrepancy = (typeof lineDiscrepancies)[number];

/** Who must act: the hub's operator, the partner, or whoever entered the data. */
export type Side = 'ours' | 'theirs' | 'data';

/** The one thing that settles a discrepancy. `ask-partner`: nothing of ours can. */
export const repairs = ['resend', 'fetch', 'adopt-code', 'correct-here', 'ask-counter', 'ask-partner'] as const;
export type Repair = (typeof repairs)[number];

/** Of a contract: what may be done without a person, and how often a day at most. What isn't named waits for a person. */
export type RepairPolicy = Partial<Record<LineDiscrepancy, { repair: Repair; atMostADay: number }>>;
