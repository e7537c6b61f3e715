/**
 * How many arrivals were at most ahead of what a steady rate allows since `from`, at any of them (times in ms). Counted from
 * one beginning, not in a moving window: requests that a busy machine delivers late and together are late, not too many.
 */
export function aheadOfRate(times: readonly number[], from: number, perSecond: number): number {
  const since = times.filter((at) => at >= from).sort((a, b) => a - b);
  return Math.max(0, ...since.map((at, before) => before + 1 - ((at - from) / 1_000) * perSecond));
}
