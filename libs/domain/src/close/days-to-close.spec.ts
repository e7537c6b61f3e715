import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daysOver, daysUpTo, MOST_DAYS_AT_ONCE, nextDay } from './days-to-close.js';

const day = fc
  .integer({ min: Date.parse('2020-01-01') / 86_400_000, max: Date.parse('2030-01-01') / 86_400_000 })
  .map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
const later = (from: string, n: number): string => (n === 0 ? from : later(nextDay(from), n - 1));

describe('which days are to be closed', () => {
  it('yesterday, when it is over', () => {
    expect(daysOver('2026-02-28', '2026-03-01')).toEqual({ kind: 'close', days: ['2026-02-28'], then: '2026-03-01' });
  });

  it('each of the days that nobody closed, in order', () => {
    expect(daysOver('2024-02-27', '2024-03-01')).toMatchObject({
      days: ['2024-02-27', '2024-02-28', '2024-02-29'],
      then: '2024-03-01',
    });
  });

  it('none where the clock was set back, and none twice', () => {
    fc.assert(
      fc.property(day, fc.nat(40), (open, back) =>
        expect(daysOver(later(open, back), open)).toEqual({ kind: 'close', days: [], then: later(open, back) }),
      ),
    );
  });

  it('not a month and more at once, unless a person names the day', () => {
    const open = '2026-01-01';
    const today = later(open, MOST_DAYS_AT_ONCE + 1);
    expect(daysOver(open, later(open, MOST_DAYS_AT_ONCE))).toMatchObject({ kind: 'close' });
    expect(daysOver(open, today)).toEqual({ kind: 'too-many', days: MOST_DAYS_AT_ONCE + 1 });
    expect(daysUpTo(today, open, today)).toMatchObject({ kind: 'close', then: nextDay(today) });
  });

  it('today too where a person says so; tomorrow not; one that was cut not again', () => {
    expect(daysUpTo('2026-11-26', '2026-11-26', '2026-11-26')).toEqual({
      kind: 'close',
      days: ['2026-11-26'],
      then: '2026-11-27',
    });
    expect(daysUpTo('2026-11-27', '2026-11-27', '2026-11-26')).toEqual({ kind: 'not-begun' });
    expect(daysUpTo('2026-11-25', '2026-11-26', '2026-11-26')).toEqual({ kind: 'cut-already' });
  });

  it('leaves no day out between the first that was open and the one that is open then', () => {
    fc.assert(
      fc.property(day, fc.nat(MOST_DAYS_AT_ONCE), (open, n) => {
        const over = daysOver(open, later(open, n));
        if (over.kind !== 'close') throw new Error(over.kind);
        const all = [...over.days, over.then];
        expect(all[0]).toBe(open);
        all.slice(1).forEach((one, i) => expect(one).toBe(nextDay(all[i]!)));
      }),
    );
  });
});
