export interface RetryPolicy {
  firstMs: number;
  factor: number;
  atMostMs: number;
  giveUpAfterMs: number;
}

/** Milliseconds until the next try: exponential, the upper half jittered (`random` in [0, 1)), never before Retry-After (seconds). */
export function backOff(attempt: number, policy: RetryPolicy, random: number, retryAfter = 0): number {
  const full = Math.min(policy.atMostMs, policy.firstMs * policy.factor ** Math.min(attempt - 1, 64));
  return Math.max(Math.round(full / 2 + (full / 2) * random), retryAfter * 1000);
}

/** '250ms', '5s', '2m', '1h', '3d' in milliseconds. Throws on anything else: agency files are checked when they are applied. */
export function durationMs(text: string): number {
  const found = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (!found) throw new RangeError(`not a duration: ${text}`);
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[found[2] as 'ms' | 's' | 'm' | 'h' | 'd'];
  return Number(found[1]) * unit;
}
