import type { Party } from '#domain';
import type { ComparedField, Range } from '#wire';

/** One comparison: of whom, by what, and of which days. */
export interface Compares {
  agency: string;
  /** Id of its row in `comparisons`. */
  id: string;
  /** Days that are compared, both included. */
  from: string;
  to: string;
  compares: readonly ComparedField[];
  party: Party;
  coverage: 'both' | 'ours only';
  /** Our clock before the source was read: what has changed since is in transit. */
  cut: Date;
  /** All the days that the contract compares: what is older is looked after no more. */
  isWhole: boolean;
}

export function daysOf({ from, to }: Pick<Range, 'from' | 'to'>): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = dayAfter(day, 1)) days.push(day);
  return days;
}

export const dayAfter = (day: string, by: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
