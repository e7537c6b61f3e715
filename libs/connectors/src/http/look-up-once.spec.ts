import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { lookUpOnce } from './look-up-once.js';

type Done = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
const found = [
  { address: '192.0.2.1', family: 4 },
  { address: '2001:db8::1', family: 6 },
];

describe('a partner’s name', () => {
  it('is asked for once, however many connections wait for it, and again later', () => {
    const asked: Done[] = [];
    const lookUp = lookUpOnce((_, __, done) => asked.push(done));
    const said: unknown[] = [];
    const each: Parameters<LookupFunction>[2] = (error, address, family) => said.push(error?.code ?? [address, family]);
    for (let n = 0; n < 50; n++) lookUp('partner.example', { all: n % 2 === 0 }, each);
    lookUp('other.example', {}, each);
    expect(asked).toHaveLength(2);
    asked[0]?.(null, found);
    expect(said.slice(0, 2)).toEqual([
      [found, undefined],
      ['192.0.2.1', 4],
    ]);
    expect(said).toHaveLength(50);

    lookUp('partner.example', {}, each);
    expect(asked).toHaveLength(3);
    asked[1]?.(Object.assign(new Error(), { code: 'ENOTFOUND' }), []);
    asked[2]?.(null, []);
    expect(said.slice(50)).toEqual(['ENOTFOUND', 'ENOTFOUND']);
  });
});
