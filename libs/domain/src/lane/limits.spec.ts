import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { failuresAfter, probeWait, signOf, type BreakerPolicy } from './breaker.js';
import type { Reply } from './reply.js';
import { placesForLate, refill, shareOf, untilToken } from './share.js';
import { afterAnswer, afterOverload, openWindow, slowStart, type Window } from './window.js';

const limit = fc.integer({ min: 0, max: 1_000 });

describe('shares of a limit', () => {
  it('add up to it, whatever the number of workers, and differ by at most one', () => {
    fc.assert(
      fc.property(limit, fc.integer({ min: 1, max: 50 }), (whole, workers) => {
        const shares = Array.from({ length: workers }, (_, rank) => shareOf(whole, workers, rank));
        expect(shares.reduce((a, b) => a + b, 0)).toBe(whole);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('of a drain give a fifth to those already late, however small the claims', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 }), (claims) => {
        let carry = 0;
        let late = 0;
        for (const places of claims) {
          const given = placesForLate(places, carry);
          expect(given.late).toBeLessThanOrEqual(places);
          carry = given.carry;
          late += given.late;
        }
        const whole = claims.reduce((a, b) => a + b, 0);
        expect(Math.abs(late - whole / 5)).toBeLessThan(1.000_001);
      }),
    );
  });
});

describe('a bucket', () => {
  it('lets no more through than its rate and what it holds', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), moments, (perSecond, waits) => {
        let bucket = { tokens: 1, at: 0 };
        let through = 0;
        let now = 0;
        for (const wait of waits) {
          now += wait;
          bucket = refill(bucket, perSecond, now);
          if (untilToken(bucket, perSecond) > 0) continue;
          bucket = { ...bucket, tokens: bucket.tokens - 1 };
          through++;
        }
        expect(through).toBeLessThanOrEqual((now / 1_000) * perSecond + Math.max(1, perSecond / 10) + 0.001);
      }),
    );
  });
});

describe('the window', () => {
  const most = fc.integer({ min: 1, max: 200 });
  const moves = fc.array(fc.boolean(), { maxLength: 300 });

  it('stays between one and the limit, whatever the partner answers', () => {
    fc.assert(
      fc.property(most, fc.boolean(), moves, (limit, slow, answers) => {
        let window = slow ? slowStart(limit) : openWindow(limit);
        for (const [now, isGood] of answers.entries()) {
          window = isGood ? afterAnswer(window, limit) : afterOverload(window, now * 10, 25);
          expect(window.size).toBeGreaterThanOrEqual(1);
          expect(window.size).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('comes to the whole limit while all is answered, and no more is lost by one overload than half', () => {
    fc.assert(
      fc.property(most, (limit) => {
        let window: Window = slowStart(limit);
        for (let i = 0; i < limit * limit + 10 && window.size < limit; i++) window = afterAnswer(window, limit);
        expect(window.size).toBe(limit);
        const halved = afterOverload(window, 1_000, 100);
        expect(halved.size).toBe(Math.max(1, Math.floor(limit / 2)));
        expect(afterOverload(halved, 1_050, 100)).toEqual(halved);
      }),
    );
  });

  it('follows a limit that got smaller at the next answer', () => {
    fc.assert(
      fc.property(most, most, (before, after) => {
        expect(afterAnswer({ ...openWindow(before), size: before }, after).size).toBeLessThanOrEqual(
          Math.max(after, before + 1),
        );
        if (before > after) expect(afterAnswer({ ...openWindow(before), size: before }, after).size).toBe(after);
      }),
    );
  });
});

describe('the breaker', () => {
  const policy: BreakerPolicy = { opensAfter: 5, probeFirstMs: 1_000, probeAtMostMs: 30_000 };
  const replies: [Reply, ReturnType<typeof signOf>][] = [
    [{ kind: 'accepted' }, 'alive'],
    [{ kind: 'already-held' }, 'alive'],
    [{ kind: 'refused', reason: '' }, 'alive'],
    [{ kind: 'session-expired' }, 'alive'],
    [{ kind: 'busy', reason: '' }, 'overloaded'],
    [{ kind: 'doubt', reason: '' }, 'gone'],
    [{ kind: 'doubt', reason: '', answered: true }, 'alive'],
  ];

  it.each(replies)('%j says that the partner is %s', (reply, sign) => expect(signOf(reply)).toBe(sign));

  it('counts failures in a row: whatever is alive begins anew', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('alive' as const, 'overloaded' as const, 'gone' as const)), (signs) => {
        const inARow = signs.length - 1 - signs.lastIndexOf('alive');
        expect(signs.reduce(failuresAfter, 0)).toBe(inARow);
      }),
    );
  });

  it('probes ever more seldom, never sooner than half its wait, and never later than its bound', () => {
    const random = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), random, (n, r) => {
        const full = Math.min(policy.probeAtMostMs, policy.probeFirstMs * 2 ** Math.min(n - 1, 30));
        expect(probeWait(n, policy, r)).toBeGreaterThanOrEqual(full / 2);
        expect(probeWait(n, policy, r)).toBeLessThanOrEqual(full);
        expect(probeWait(n + 1, policy, 0)).toBeGreaterThanOrEqual(probeWait(n, policy, 0));
      }),
    );
  });
});
