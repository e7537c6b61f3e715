/**
 * One worker's share of a limit that holds for all of them together: the rest of the division goes to the first by rank.
 * Shares of all ranks add up to the limit.
 */
export function shareOf(limit: number, workers: number, rank: number): number {
  const whole = Math.floor(limit / workers);
  return whole + (rank < limit - whole * workers ? 1 : 0);
}

/** Requests a second that this worker may begin, as a bucket that holds at most one tenth of a second, and at least one. */
export interface Bucket {
  tokens: number;
  at: number;
}

/** Whole tokens at `now` (monotonic ms). */
export function refill(bucket: Bucket, perSecond: number, now: number): Bucket {
  const most = Math.max(1, perSecond / 10);
  const grown = bucket.tokens + ((now - bucket.at) / 1_000) * perSecond;
  return { tokens: Math.min(most, grown), at: now };
}

/** Milliseconds until one whole token is there. */
export const untilToken = (bucket: Bucket, perSecond: number): number =>
  bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) / perSecond) * 1_000);

/**
 * How many of n places in a drain go first to those whose deadline has passed: a fifth, carried over so that small claims
 * come to a fifth together. The rest is for those that can still be saved.
 */
export function placesForLate(n: number, carry: number): { late: number; carry: number } {
  const due = n / 5 + carry;
  const late = Math.min(n, Math.floor(due));
  return { late, carry: due - late };
}
