import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstNotNfc, textFaults } from './text.js';

const composed = 'hòa'.normalize('NFC');
const decomposed = composed.normalize('NFD');

describe('text in a JSON value', () => {
  it('passes where it is NFC, whatever its letters', () => {
    expect(textFaults({ name: 'Nguyễn Thị Hoà', list: ['Đỗ', 'ASCII', '𠀀', ''], n: 1, no: null, yes: true })).toEqual(
      [],
    );
  });

  it('is named by its JSON Pointer where it isn’t', () => {
    const value = { a: { 'b/c~d': [composed, decomposed] } };
    expect(textFaults(value)).toEqual([{ path: '/a/b~1c~0d/1', rule: 'nfc' }]);
    expect(firstNotNfc(value)).toBe('/a/b~1c~0d/1');
    expect(firstNotNfc(composed)).toBeUndefined();
    expect(firstNotNfc(decomposed)).toBe('');
  });

  it('is looked at in keys as well', () => {
    expect(textFaults({ [decomposed]: 1 })).toEqual([{ path: `/${decomposed}`, rule: 'nfc' }]);
  });

  it('may not hold NUL or half a surrogate pair, and the fault’s own text can be stored', () => {
    const faults = textFaults({ a: 'x\0', b: '\ud83d', ['k\0\udc00']: 'fine' });
    expect(faults).toEqual([
      { path: '/a', rule: 'nul' },
      { path: '/b', rule: 'unpaired-surrogate' },
      { path: '/k\uFFFD\uFFFD', rule: 'nul' },
    ]);
  });

  it('is reported at most 20 times, in the document’s order', () => {
    const faults = textFaults(Array.from({ length: 100 }, () => decomposed));
    expect(faults.map(({ path }) => path)).toEqual(Array.from({ length: 20 }, (_, n) => `/${n}`));
  });

  it('isn’t searched deeper than any payload goes: a hostile body can’t exhaust the stack', () => {
    let deep: unknown = decomposed;
    for (let n = 0; n < 200_000; n++) deep = [deep];
    expect(textFaults(deep)).toEqual([{ path: '/0'.repeat(32), rule: 'too-deep' }]);
    let enough: unknown = decomposed;
    for (let n = 0; n < 32; n++) enough = [enough];
    expect(textFaults(enough)).toEqual([{ path: '/0'.repeat(32), rule: 'nfc' }]);
  });

  it('is faulty exactly where normalising, storing or encoding would change it', () => {
    const letters = fc.constantFrom(
      'a',
      'ê',
      '\u0302',
      '\u0323',
      'ệ',
      'đ',
      '\0',
      '\ud800',
      '\udc00',
      '𠀀',
      '\u0340',
      '\u2126',
      'é',
    );
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 6 }), (parts) => {
        const text = parts.join('');
        const kept = text.isWellFormed() && !text.includes('\0') && text.normalize('NFC') === text;
        expect(textFaults({ text }).length === 0).toBe(kept);
      }),
      { numRuns: 3_000 },
    );
  });
});
