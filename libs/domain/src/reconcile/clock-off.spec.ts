import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clockOff } from './clock-off.js';
import { spotCheck } from './spot-check.js';

describe('a partner’s clock', () => {
  it.each<[number, number, number, ReturnType<typeof clockOff>]>([
    [0, 0, 5_000, 'a day later'],
    [0, 5_000, 0, 'a day earlier'],
    [900, 100, 0, 'a day earlier'],
    [900, 100, 3, undefined],
    [9_000, 100, 0, undefined],
    [0, 19, 0, undefined],
    [0, 20, 0, 'a day earlier'],
    [100_000, 60, 55, undefined],
  ])('that showed %i the same day, %i earlier, %i later is off: %s', (same, dayEarlier, dayLater, off) =>
    expect(clockOff({ same, dayEarlier, dayLater })).toBe(off),
  );

  it('is judged alike whichever way it is off', () => {
    const count = fc.nat(10_000);
    fc.assert(
      fc.property(count, count, count, (same, a, b) => {
        const [one, other] = [
          clockOff({ same, dayEarlier: a, dayLater: b }),
          clockOff({ same, dayEarlier: b, dayLater: a }),
        ];
        expect(one === undefined).toBe(other === undefined);
        if (one) expect(one).not.toBe(other);
      }),
    );
  });
});

describe('the range that is opened though its digests agree', () => {
  it('is one of them, known by the comparison’s id alone, and any may be it', () => {
    const found = new Set(Array.from({ length: 2_000 }, (_, n) => spotCheck(`c-${n}`, 90)));
    expect([found.size, Math.min(...(found as Set<number>)), Math.max(...(found as Set<number>))]).toEqual([90, 0, 89]);
    expect(spotCheck('c-1', 90)).toBe(spotCheck('c-1', 90));
    expect(spotCheck('c-1', 0)).toBeUndefined();
  });
});
