import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  dayBefore,
  dayOf,
  fromDayMonthYear,
  isDayMonthYear,
  isPartialDate,
  isStamp,
  toDayMonthYear,
} from './real-dates.js';

describe('dates', () => {
  it('takes every day of the calendar and no other', () => {
    const exists = (year: number, month: number, day: number): boolean => {
      const date = new Date(Date.UTC(year, month - 1, day));
      return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    };
    const two = (n: number): string => String(n).padStart(2, '0');
    fc.assert(
      fc.property(
        fc.integer({ min: 1900, max: 2200 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (y, m, d) => {
          const right = m >= 1 && m <= 12 && d >= 1 && exists(y, m, d);
          expect(isDayMonthYear(`${two(d)}/${two(m)}/${y}`)).toBe(right);
          expect(isStamp(`${y}${two(m)}${two(d)}235959`)).toBe(right);
        },
      ),
    );
  });

  it.each(['1990', '08/1990', '08-1990', '15/08/1990'])('takes %s as a birth date', (text) =>
    expect(isPartialDate(text)).toBe(true),
  );
  it.each(['', '90', '13/1990', '30/02/1990', '1990-08-15', '15-08-1990'])('does not take %p as a birth date', (text) =>
    expect(isPartialDate(text)).toBe(false),
  );
  it.each(['20250812240000', '20250812096000', '2025081208', '2025-08-12'])('does not take %s as a stamp', (text) =>
    expect(isStamp(text)).toBe(false),
  );

  it('counts days as people in Hà Nội do', () => {
    expect(dayOf(new Date('2026-11-22T17:00:00Z'))).toBe('2026-11-23');
    expect(dayBefore('2024-03-01')).toBe('2024-02-29');
    expect(toDayMonthYear(fromDayMonthYear('29/02/2024'))).toBe('29/02/2024');
  });
});
