import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import * as wire from '#wire';

import { sample } from '../testing/run-for-a-test.js';
import { canonicalJson, itemHash } from './item-hash.js';

const folder = join(import.meta.dirname, '..', '..', 'samples');
const samples = readdirSync(folder)
  .flatMap((name) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`))
  .filter((path) => path.endsWith('.json'));

describe('an item’s hash', () => {
  it('does not depend on the order of keys, and survives a trip through JSON', () => {
    const turned = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(turned)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, member]) => [key, turned(member)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  it('tells NFC from NFD, a string from a number, and an empty list from none', () => {
    const different = [{ a: 'hòa' }, { a: 'hòa'.normalize('NFD') }, { a: 1 }, { a: '1' }, { a: [] }, {}];
    expect(new Set(different.map(itemHash)).size).toBe(different.length);
  });

  it.each(samples)('is the hub’s own for %s, though written apart', (path) => {
    expect(itemHash(sample(path))).toBe(wire.itemHash(sample(path)));
  });
});
