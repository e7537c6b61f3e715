import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { caseCodeFormats, parseCaseCode } from './case-code.js';

const on = '2026-11-20';

describe('a case code', () => {
  it.each([
    ['000.17.22.H56-210531-0001', 'tt-01-2018', '000.17.22.H56', 'H56', '2021-05-31', 1],
    ['000.00.04.G18-190102-0400', 'tt-01-2018', '000.00.04.G18', 'G18', '2019-01-02', 400],
    ['H21.129-250812-0035', 'qd-20-2020', 'H21.129', 'H21', '2025-08-12', 35],
    ['H56.14-241112-0009', 'qd-20-2020', 'H56.14', 'H56', '2024-11-12', 9],
    ['H37.DN.001-240229-0001', 'qd-20-2020', 'H37.DN.001', 'H37', '2024-02-29', 1],
    ['H53-250701-0001', 'qd-20-2020', 'H53', 'H53', '2025-07-01', 1],
    ['G22.99-250812-0000321', 'qd-20-2020', 'G22.99', 'G22', '2025-08-12', 321],
    ['G09.20-20260609-0092637', 'tt-03-2025', 'G09.20', 'G09', '2026-06-09', 92_637],
  ])('%s is read as %s', (code, format, unit, agency, receivedOn, number) => {
    expect(parseCaseCode(code, on)).toEqual({ kind: 'valid', format, unit, agency, receivedOn, number });
  });

  it.each([
    ['', 'form'],
    ['H56', 'form'],
    ['h56.14-241112-0009', 'form'],
    ['H56.14-241112-0009 ', 'form'],
    ['H56.14-241112-0009\n', 'form'],
    ['H56..14-241112-0009', 'form'],
    ['H56.14-241112-009', 'form'],
    ['17-241112-0009', 'form'],
    ['000.17.22.H56-210531-00001', 'form'],
    ['Ｈ56.14-241112-0009', 'form'],
    ['000.17.22.H56-210231-0001', 'date'],
    ['H56.14-230229-0009', 'date'],
    ['H56.14-241312-0009', 'date'],
    ['H56.14-261122-0001', 'date'],
    ['G09.20-20990101-0000001', 'date'],
    ['000.17.22.H56-171231-0001', 'not-in-force'],
    ['000.17.22.H56-260105-0001', 'not-in-force'],
    ['H56.14-191231-0009', 'not-in-force'],
    ['G09.20-20210609-0092637', 'not-in-force'],
    [`H56.${'A'.repeat(32)}-241112-0009`, 'too-long'],
    ['H56.14-241112-0009'.repeat(1_000), 'too-long'],
  ])('%j breaks the rule %s', (code, rule) => {
    expect(parseCaseCode(code, on)).toEqual({ kind: 'invalid', rule });
  });

  it('may carry the day after the receipt (a clock that runs ahead), but none later, also across a month’s end', () => {
    expect(parseCaseCode('H56.14-240229-0001', '2024-02-28').kind).toBe('valid');
    expect(parseCaseCode('H56.14-240301-0001', '2024-02-28')).toEqual({ kind: 'invalid', rule: 'date' });
    expect(parseCaseCode('H56.14-250101-0001', '2024-12-31').kind).toBe('valid');
  });

  it('has a unit of at most 35 characters: 35 pass, 36 don’t', () => {
    const code = (length: number): string => `H56.${'9'.repeat(length - 4)}-241112-0009`;
    expect(parseCaseCode(code(35), on).kind).toBe('valid');
    expect(parseCaseCode(code(36), on)).toEqual({ kind: 'invalid', rule: 'too-long' });
  });

  it('follows the table of formats that it is given: a province corrects a date without new code', () => {
    const corrected = caseCodeFormats.map((f) => (f.format === 'tt-01-2018' ? { ...f, to: '2026-06-30' } : f));
    expect(parseCaseCode('000.17.22.H56-260105-0001', on, corrected).kind).toBe('valid');
  });
});

describe('every format', () => {
  it.each(caseCodeFormats)('$format reads its own example', ({ format, example }) => {
    expect(parseCaseCode(example, on)).toMatchObject({ kind: 'valid', format });
  });

  it('is tried in a table without doubles, whose starts and ends are days in order', () => {
    expect(new Set(caseCodeFormats.map((f) => f.format)).size).toBe(caseCodeFormats.length);
    for (const { from, to } of caseCodeFormats) expect(from < (to ?? '9999')).toBe(true);
  });

  const day = (from: string, to: string) =>
    fc.date({ min: new Date(from), max: new Date(to), noInvalidDate: true }).map((d) => d.toISOString().slice(0, 10));
  const upper = fc.constantFrom(...'ABCDEGHIKLMNOPQRSTUVXY0123456789');
  const group = fc.string({ unit: upper, minLength: 1, maxLength: 5 });
  const agency = fc
    .tuple(fc.constantFrom('G', 'H'), fc.integer({ min: 1, max: 99 }))
    .map(([l, n]) => `${l}${String(n).padStart(2, '0')}`);

  it('gives back what a code was made from (TT 01/2018)', () => {
    const parts = fc.record({
      levels: fc.tuple(
        fc.integer({ min: 0, max: 999 }),
        fc.integer({ min: 0, max: 99 }),
        fc.integer({ min: 0, max: 99 }),
      ),
      agency,
      day: day('2018-01-01', '2025-12-31'),
      number: fc.integer({ min: 0, max: 9_999 }),
    });
    fc.assert(
      fc.property(parts, ({ levels: [four, three, two], agency, day, number }) => {
        const pad = (n: number, width: number): string => String(n).padStart(width, '0');
        const unit = `${pad(four, 3)}.${pad(three, 2)}.${pad(two, 2)}.${agency}`;
        const code = `${unit}-${day.replaceAll('-', '').slice(2)}-${pad(number, 4)}`;
        expect(parseCaseCode(code, on)).toEqual({
          kind: 'valid',
          format: 'tt-01-2018',
          unit,
          agency,
          receivedOn: day,
          number,
        });
      }),
    );
  });

  it('gives back what a code was made from (agency first, six- or eight-digit date)', () => {
    const parts = fc.record({
      groups: fc.array(group, { maxLength: 5 }),
      agency,
      long: fc.boolean(),
      day: day('2025-01-01', on),
      number: fc.integer({ min: 0, max: 9_999_999 }),
    });
    fc.assert(
      fc.property(parts, ({ groups, agency, long, day, number }) => {
        const unit = [agency, ...groups].join('.');
        const code = `${unit}-${day.replaceAll('-', '').slice(long ? 0 : 2)}-${String(number).padStart(4, '0')}`;
        const format = long ? 'tt-03-2025' : 'qd-20-2020';
        expect(parseCaseCode(code, on)).toEqual({ kind: 'valid', format, unit, agency, receivedOn: day, number });
      }),
    );
  });

  it('answers any string, and what it calls valid is made of its own parts', () => {
    const near = fc.string({ unit: fc.constantFrom(...'GH0123459.-A'), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), near), (code) => {
        const read = parseCaseCode(code, on);
        if (read.kind === 'invalid') return;
        expect(code.startsWith(`${read.unit}-`)).toBe(true);
        expect(Number(code.slice(code.lastIndexOf('-') + 1))).toBe(read.number);
      }),
      { numRuns: 2_000 },
    );
  });
});
