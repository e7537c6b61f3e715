import { describe, expect, it } from '@jest/globals';
import { CredentialCache } from './credential-cache.js';

describe('known keys', () => {
  it('are asked for once in five seconds, unknown ones once in one, and many callers at once are one question', async () => {
    let now = 0;
    const asked: string[] = [];
    const keys = new Map([['good', 'mot-cua']]);
    const cache = new CredentialCache(
      (key) => {
        asked.push(key);
        return Promise.resolve(keys.get(key));
      },
      () => now,
    );
    expect(await Promise.all(['good', 'good', 'bad'].map((key) => cache.agencyOf(key)))).toEqual([
      'mot-cua',
      'mot-cua',
      undefined,
    ]);
    expect(asked).toEqual(['good', 'bad']);
    now = 1_001;
    keys.set('bad', 'lltp');
    expect(await cache.agencyOf('bad')).toBe('lltp');
    keys.delete('good');
    now = 4_999;
    expect(await cache.agencyOf('good')).toBe('mot-cua');
    now = 5_001;
    expect(cache.remembered('good')).toBeUndefined();
    expect(await cache.agencyOf('good')).toBeUndefined();
  });

  it('that could not be looked up are looked up again', async () => {
    let isAway = true;
    const cache = new CredentialCache(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve('mot-cua')));
    await expect(cache.agencyOf('k')).rejects.toThrow('away');
    isAway = false;
    expect(await cache.agencyOf('k')).toBe('mot-cua');
  });
});
