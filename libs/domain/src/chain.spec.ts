import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainHash, type ChainedEvent } from './chain.js';

const event: ChainedEvent = {
  stream: '42',
  sequence: 1,
  id: '018f3c5e-0000-5000-8000-000000000001',
  type: 'vn.lienthong.case.received.v1',
  sender: 'mot-cua',
  recordedAt: '2021-05-31T01:15:00.000Z',
  bodyHash: 'ab'.repeat(32),
};

describe('an event’s hash', () => {
  it('can be recomputed by anybody with sha-256 from what docs say: 32 bytes before it, then its members, a line each', () => {
    const lines = Object.values(event).join('\n');
    const first = createHash('sha256').update(Buffer.alloc(32)).update(lines).digest('hex');
    expect(chainHash(null, event).toString('hex')).toBe(first);
    const second = createHash('sha256').update(Buffer.from(first, 'hex')).update(lines).digest('hex');
    expect(chainHash(Buffer.from(first, 'hex'), event).toString('hex')).toBe(second);
  });

  it.each(Object.keys(event))('changes with its %s', (member) => {
    const value = event[member as keyof ChainedEvent];
    const changed = { ...event, [member]: typeof value === 'number' ? value + 1 : `${value}0` };
    expect(chainHash(null, changed)).not.toEqual(chainHash(null, event));
  });

  it('lets no earlier event be altered, left out or exchanged without changing every later hash', () => {
    const events = fc.array(
      fc.tuple(fc.constantFrom('0a', '1b', '2c'), fc.constantFrom('case.received', 'case.status-changed')),
      { minLength: 2, maxLength: 8 },
    );
    const chain = (list: ChainedEvent[]): string =>
      list.reduce<Buffer | null>((head, next) => chainHash(head, next), null)?.toString('hex') ?? '';
    fc.assert(
      fc.property(events, fc.nat(), (made, pick) => {
        const list = made.map(([bodyHash, type], n): ChainedEvent => ({ ...event, sequence: n + 1, bodyHash, type }));
        const head = chain(list);
        const at = pick % list.length;
        expect(chain(list.with(at, { ...list[at]!, bodyHash: `${list[at]!.bodyHash}x` }))).not.toBe(head);
        expect(chain(list.toSpliced(at, 1))).not.toBe(head);
        const next = (at + 1) % list.length;
        expect(chain(list.with(at, list[next]!).with(next, list[at]!))).not.toBe(head);
      }),
    );
  });
});
