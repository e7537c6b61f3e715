import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backOff, durationMs } from './back-off.js';

const policy = { firstMs: 5_000, factor: 2, atMostMs: 3_600_000, giveUpAfterMs: 1e9 };

describe('back-off', () => {
  it.each([
    [1, 2_500, 5_000],
    [2, 5_000, 10_000],
    [5, 40_000, 80_000],
    [11, 1_800_000, 3_600_000],
    [1_000_000, 1_800_000, 3_600_000],
  ])('before try %i lies between %i and %i ms', (attempt, least, most) => {
    expect(backOff(attempt, policy, 0)).toBe(least);
    expect(backOff(attempt, policy, 0.999999)).toBeGreaterThan(least);
    expect(backOff(attempt, policy, 0.999999)).toBeLessThanOrEqual(most);
  });

  it('grows with the attempt, stays within its bound, and is never shorter than Retry-After', () => {
    const policies = fc.record({
      firstMs: fc.integer({ min: 1, max: 60_000 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      atMostMs: fc.integer({ min: 60_000, max: 86_400_000 }),
      giveUpAfterMs: fc.constant(1e9),
    });
    fc.assert(
      fc.property(
        policies,
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        fc.integer({ min: 0, max: 86_400 }),
        (policy, attempt, random, retryAfter) => {
          const wait = backOff(attempt, policy, random);
          expect(Number.isInteger(wait)).toBe(true);
          expect(wait).toBeGreaterThanOrEqual(Math.floor(policy.firstMs / 2));
          expect(wait).toBeLessThanOrEqual(policy.atMostMs);
          expect(backOff(attempt + 1, policy, random)).toBeGreaterThanOrEqual(wait);
          expect(backOff(attempt, policy, random, retryAfter)).toBe(Math.max(wait, retryAfter * 1_000));
        },
      ),
    );
  });
});

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['5s', 5_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['3d', 259_200_000],
  ])('%s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '5', 's', '1.5s', '-1s', '5 s', '5S', '5s ', '1h30m'])('isn’t %j', (text) => {
    expect(() => durationMs(text)).toThrow(RangeError);
  });
});
