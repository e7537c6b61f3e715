import { describe, expect, it } from '@jest/globals';

import { keyOf, sign } from './sign.js';

describe('a signature', () => {
  it('is the one that Standard Webhooks publishes for its example', () => {
    const key = keyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')!;
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
    expect(sign(message, [key])).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('stands there once a key, separated by a space', () => {
    const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const message = { id: 'a', timestamp: 1, body: 'đ' };
    expect(sign(message, keys)).toBe(keys.map((key) => sign(message, [key])).join(' '));
  });
});

describe('a secret', () => {
  const bytes = (n: number): string => `whsec_${Buffer.alloc(n, 7).toString('base64')}`;

  it('is whsec_ and the base64 of 24 to 64 bytes', () => {
    for (const n of [24, 32, 64]) expect(keyOf(bytes(n))).toEqual(Buffer.alloc(n, 7));
  });

  it.each(['', 'whsec_', bytes(23), bytes(65), bytes(32).slice(6), bytes(32).slice(0, -1), `${bytes(32)} `, `${bytes(30)}=`, bytes(32).replace('B', '-')])(
    'is not %j',
    (secret) => expect(keyOf(secret)).toBeUndefined(),
  ); // prettier-ignore
});
