import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventIdFor } from './event-id.js';

/** What an agency's id may be (agency file). */
const sender = fc.stringMatching(/^[a-z0-9]{1,4}(-[a-z0-9]{1,4})?$/);

describe('an event’s id', () => {
  it('never changes: it is the same in every version of the hub, and what another UUID library makes', () => {
    // Python: uuid.uuid5(uuid.UUID('6f1d2f3e8a9b4c57b1e05d2c7a94e3f0'), 'mot-cua\0' + key)
    expect(eventIdFor('mot-cua', '000.17.22.H53-210531-0001')).toBe('1b211f7e-29d2-5ce0-9740-a61f8ec5a75a');
    expect(eventIdFor('lltp', 'khóa có dấu')).toBe('de402123-e53a-5fd1-b8ad-24cfdf75630d');
  });

  it('is a UUID of version 5 (RFC 9562), the same for the same sender and key', () => {
    fc.assert(
      fc.property(sender, fc.string({ unit: 'binary' }), (sender, key) => {
        const id = eventIdFor(sender, key);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(eventIdFor(sender, key)).toBe(id);
      }),
    );
  });

  it('differs between any two pairs, also where sender and key read the same one after the other', () => {
    expect(eventIdFor('ab', 'c')).not.toBe(eventIdFor('a', 'bc'));
    expect(eventIdFor('a', '')).not.toBe(eventIdFor('', 'a'));
    const pair = fc.tuple(sender, fc.string({ unit: fc.constantFrom('a', 'b', '-', '\0', 'ê'), maxLength: 4 }));
    fc.assert(
      fc.property(pair, pair, (one, other) => {
        const equal = one[0] === other[0] && one[1] === other[1];
        expect(eventIdFor(...one) === eventIdFor(...other)).toBe(equal);
      }),
      { numRuns: 2_000 },
    );
  });
});
