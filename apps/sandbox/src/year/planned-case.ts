import type { Procedure } from './province-year.js';
import type { ByOutcome } from './quotas.js';

type Outcome = keyof ByOutcome;

/** What is decided of a case before anything of it is written. Days are places in the calendar. */
export interface PlannedCase {
  procedure: Procedure;
  judicial: boolean;
  outcome: Outcome;
  received: number;
  due: number;
}
