import { plannedCase, type PlannedCase } from './planned-case.js';

const HOUR_MS = 3_600_000;
const MONTH_MS = 30 * 24 * HOUR_MS;

/**
 * Two cases in five are late already, by an hour to a month; the others are due in an hour to a month, a few soon and
 * most far. Each has a moment of its own, and they enter in no order of it.
 */
export function caseByDeadline(n: number): PlannedCase {
  const away = HOUR_MS + spread(n) ** 2 * MONTH_MS;
  const dueAt = began + (n % 5 < 2 ? -away : away);
  return plannedCase(n, { dueAt: new Date(dueAt).toISOString() });
}

const began = Date.now();

/** Numbers in [0, 1), each different, neighbours far apart: multiples of the golden ratio. */
const spread = (n: number): number => (n * 0.618_033_988_75) % 1;
