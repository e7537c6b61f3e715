import type { Compared } from '#wire';

/** What stands at the partner now of one case: its own key, and what it says of it in the normal forms of a line. */
export interface Standing {
  key: string;
  /** ISO day. */
  receivedOn: string;
  fields: Compared;
}

/** A partner's books as lines. A case that it holds twice is two lines. */
export interface StandingBooks {
  /** Another number whenever anything stands otherwise. */
  readonly version: number;
  /** Days of receipt, in their order. */
  days(): readonly string[];
  /** In the byte order of keys. */
  ofDay(day: string): Iterable<Standing>;
  get(key: string): Standing[];
}

/**
 * Statutory words, by days: registered and not received (1, 3) aren't judged; withdrawn (7) is on time; what waits for others
 * (5, 6, 8) is in time; without a due date nothing is late.
 */
export function judged(status: number, finished: string | null, due: string | null, today: string): string | null {
  if (status === 1 || status === 3) return null;
  if (status === 7) return 'on-time';
  if (status === 5 || status === 6 || status === 8) return 'open-in-time';
  if (status < 9) return due !== null && today > due ? 'open-overdue' : 'open-in-time';
  if (due === null) return 'on-time';
  if (finished === null) return null;
  return finished === due ? 'on-time' : finished < due ? 'early' : 'overdue';
}

export const byKeyBytes = (one: Standing, other: Standing): number =>
  Buffer.compare(Buffer.from(one.key), Buffer.from(other.key));
