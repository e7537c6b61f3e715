/** What of the ledger's days is to be closed. Days are ISO dates in Asia/Ho_Chi_Minh. */
export type DaysToClose =
  /** In order; none: nothing is over yet. `then` is open afterwards. */
  | { kind: 'close'; days: string[]; then: string }
  /** It was cut before; what isn't counted of it is counted now. */
  | { kind: 'cut-already' }
  | { kind: 'not-begun' }
  | { kind: 'too-many'; days: number };

/** More than these at once closes only who names the day: a clock that is wrong by months would close days that haven't been. */
export const MOST_DAYS_AT_ONCE = 31;

/** All days that are over. A clock that was set back closes nothing and opens no day a second time. */
export function daysOver(open: string, today: string): DaysToClose {
  if (today <= open) return { kind: 'close', days: [], then: open };
  const days = daysBetween(open, today);
  return days.length > MOST_DAYS_AT_ONCE
    ? { kind: 'too-many', days: days.length }
    : { kind: 'close', days, then: today };
}

/** The named day and those open before it. Today may be closed before it is over: what comes then is tomorrow's. */
export function daysUpTo(asked: string, open: string, today: string): DaysToClose {
  if (asked < open) return { kind: 'cut-already' };
  if (asked > today) return { kind: 'not-begun' };
  const then = nextDay(asked);
  return { kind: 'close', days: daysBetween(open, then), then };
}

export function nextDay(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

/** From the first on, the last not included. */
function daysBetween(from: string, until: string): string[] {
  const days: string[] = [];
  for (let day = from; day < until; day = nextDay(day)) days.push(day);
  return days;
}
