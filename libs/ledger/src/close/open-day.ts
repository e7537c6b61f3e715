/**
 * The day that a statement writes on: asked once a statement, under that statement's own snapshot. Whoever has seen a row has
 * seen the cut that its writer had seen, so days never go back along what follows from what.
 */
export const OPEN_DAY = '(select day from ledger_days where cut_at is null)';
