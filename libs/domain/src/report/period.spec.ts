import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { neighbour, readPeriod } from './period.js';

describe('a period', () => {
  it.each([
    ['2021', 'year', '2021-01-01', '2021-12-31'],
    ['2021-Q1', 'quarter', '2021-01-01', '2021-03-31'],
    ['2024-Q4', 'quarter', '2024-10-01', '2024-12-31'],
    ['2024-02', 'month', '2024-02-01', '2024-02-29'],
    ['2021-05-31', 'day', '2021-05-31', '2021-05-31'],
  ])('%s is a %s from %s to %s', (text, kind, first, last) => {
    expect(readPeriod(text)).toEqual({ kind, text, first, last });
  });

  it.each(['', '21', '2021-Q5', '2021-13', '2021-02-29', '2021-2', '2021-Q1-01', '2021-05-31T00:00'])(
    '%j is none',
    (text) => {
      expect(readPeriod(text)).toBeUndefined();
    },
  );

  it('lies between its neighbours without a day left out or twice', () => {
    const texts = fc
      .tuple(fc.integer({ min: 1950, max: 2150 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
      .chain(([y, m, d]) => {
        const two = (n: number): string => String(n).padStart(2, '0');
        const quarter = `${y}-Q${Math.ceil(m / 3)}`;
        return fc.constantFrom(`${y}`, quarter, `${y}-${two(m)}`, `${y}-${two(m)}-${two(d)}`);
      });
    fc.assert(
      fc.property(texts, (text) => {
        const period = readPeriod(text)!;
        const after = neighbour(period, 'after');
        expect(Date.parse(after.first) - Date.parse(period.last)).toBe(86_400_000);
        expect(after.kind).toBe(period.kind);
        expect(neighbour(after, 'before')).toEqual(period);
      }),
    );
  });
});
