import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, itemHash } from './canonical.js';

/** What JSON.parse can return: no negative zero, no undefined. */
const anyJson = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** The same value with every object's members in the opposite order of insertion. */
function reversed(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    // RFC 8785, 3.2.3: by UTF-16 code unit, so an emoji (surrogates) comes before U+FB33.
    [
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, 1: 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    [{ 10: 1, 9: 2 }, '{"10":1,"9":2}'],
    [[1e21, 0.1, -0, 1e-7, 100], '[1e+21,0.1,0,1e-7,100]'],
    [{ name: 'Nguyễn "Văn" \\ \u0007' }, '{"name":"Nguyễn \\"Văn\\" \\\\ \\u0007"}'],
    [{ gone: undefined, kept: null }, '{"kept":null}'],
    [{}, '{}'],
    [[], '[]'],
    ['đ', '"đ"'],
  ])('of %j is %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('keeps a member named __proto__, as JSON.parse does', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":2}}'))).toBe('{"__proto__":{"a":2},"b":1}');
  });

  it('doesn’t depend on the order of members, nor on writing and reading it again', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });

  it('differs where values differ, and only there', () => {
    const same = (a: unknown, b: unknown): boolean => {
      try {
        expect(a).toEqual(b);
        return true;
      } catch {
        return false;
      }
    };
    const near = fc.oneof(
      fc.tuple(anyJson, anyJson),
      anyJson.map((v) => [v, [v]]),
      anyJson.map((v) => [{ v }, { v: JSON.stringify(v) }]),
      fc.tuple(
        fc.constantFrom(1, '1', true, null, 'null', [], {}),
        fc.constantFrom(1, '1', true, null, 'null', [], {}),
      ),
    );
    fc.assert(fc.property(near, ([a, b]) => expect(canonicalJson(a) === canonicalJson(b)).toBe(same(a, b))));
  });

  it('is JSON.stringify where the members are already in order', () => {
    const flat = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    );
    fc.assert(
      fc.property(flat, (value) => {
        const sorted = Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
        expect(canonicalJson(value)).toBe(JSON.stringify(sorted));
      }),
    );
  });
});

describe('an item’s hash', () => {
  it('is what sha256sum says of the canonical text', () => {
    // printf '{"a":1}' | sha256sum
    expect(itemHash({ a: 1 })).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862');
  });

  it('differs between NFC and NFD of one name: text is normalised before it is compared, never here', () => {
    expect(itemHash('hòa'.normalize('NFC'))).not.toBe(itemHash('hòa'.normalize('NFD')));
  });
});
