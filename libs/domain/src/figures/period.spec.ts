import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partsThatFit, percentOf } from './fitting.js';
import { periodBefore, periodOf, periodWith, type PeriodLength } from './period.js';

describe('a period', () => {
  it.each([
    ['2021', '2021-01-01', '2021-12-31'],
    ['2021-Q3', '2021-07-01', '2021-09-30'],
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2021-08-31', '2021-08-31', '2021-08-31'],
  ])('%s runs from %s to %s', (name, from, to) => {
    expect(periodOf(name)).toMatchObject({ name, from, to });
  });

  it.each(['', '21', '2021-13', '2021-Q5', '2021-02-30', '0021', '2021-1', ' 2021'])('%j is none', (name) => {
    expect(periodOf(name)).toBeUndefined();
  });

  it('ends the day before the next one begins, and has all its days in it', () => {
    const day = fc
      .date({ min: new Date('1950-01-01'), max: new Date('2150-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, fc.constantFrom<PeriodLength>('day', 'month', 'quarter', 'year'), (on, length) => {
        const period = periodWith(on, length);
        expect(period.from <= on && on <= period.to).toBe(true);
        expect(periodOf(period.name)).toEqual(period);
        expect(Date.parse(period.from) - Date.parse(periodBefore(period).to)).toBe(86_400_000);
      }),
    );
  });
});

describe('the whole numbers behind a printed percentage', () => {
  it('are those of the sources', () => {
    expect(partsThatFit(95.35, 128_539)).toEqual({ least: 122_556, most: 122_568 });
    expect(partsThatFit(84, 1_097, 0)).toEqual({ least: 916, most: 926 });
    expect(partsThatFit(84, 1_501, 0)).toEqual({ least: 1_254, most: 1_268 });
    expect(partsThatFit(0.01, 20)).toBeNull();
  });

  it('all print as it, and their neighbours don’t', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }), (whole, n) => {
        const percent = percentOf(Math.min(n, whole), whole);
        const { least, most } = partsThatFit(percent, whole)!;
        for (const part of [least, most]) expect(percentOf(part, whole)).toBe(percent);
        expect(percentOf(least - 1, whole)).not.toBe(percent);
        expect(percentOf(most + 1, whole)).not.toBe(percent);
      }),
    );
  });
});
