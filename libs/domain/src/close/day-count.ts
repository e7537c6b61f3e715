/** What became of one agency's deliveries on one day, in deliveries (an event for an agency). */
export interface DayCount {
  /** Open or parked when the day began: what the day before carried. */
  opening: number;
  planned: number;
  /** Ended before, on this day or an earlier one, and put on its way again. */
  reopened: number;
  acknowledged: number;
  superseded: number;
  closed: number;
  /** Open or parked when the day was cut. */
  carried: number;
}

export const DAY_COUNT_NAMES = [
  'opening',
  'planned',
  'reopened',
  'acknowledged',
  'superseded',
  'closed',
  'carried',
] as const satisfies readonly (keyof DayCount)[];

/** opening + planned + reopened less acknowledged + superseded + closed + carried: 0, or something isn't where it was counted. */
export const unexplained = (c: DayCount): number =>
  c.opening + c.planned + c.reopened - c.acknowledged - c.superseded - c.closed - c.carried;

export function sumOfDay(counts: Iterable<DayCount>): DayCount {
  const sum: DayCount = { opening: 0, planned: 0, reopened: 0, acknowledged: 0, superseded: 0, closed: 0, carried: 0 };
  for (const count of counts) for (const name of DAY_COUNT_NAMES) sum[name] += count[name];
  return sum;
}
