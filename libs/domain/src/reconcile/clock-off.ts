/** Of keys that both sides have: how many were received on the same day, and there a day earlier or later than here. */
export interface DaysApart {
  same: number;
  dayEarlier: number;
  dayLater: number;
}

const FEWEST = 20;
/** Of all such keys; a partner that reckons in UTC is off for what came before 07:00 only. */
const SHARE = 0.05;
const AGAINST = 0.02;

/**
 * Whether the partner's clock, or its time zone, is off by a day: lines are then paired across that day and told once, not
 * as thousands that are missing. One way only, and often: days that were keyed in wrongly go both ways.
 */
export function clockOff({ same, dayEarlier, dayLater }: DaysApart): 'a day earlier' | 'a day later' | undefined {
  const [most, least] = dayEarlier > dayLater ? [dayEarlier, dayLater] : [dayLater, dayEarlier];
  if (most < FEWEST || least > most * AGAINST || most < (same + most + least) * SHARE) return undefined;
  return most === dayEarlier ? 'a day earlier' : 'a day later';
}
