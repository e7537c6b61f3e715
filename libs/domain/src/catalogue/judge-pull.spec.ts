import { describe, expect, it } from '@jest/globals';
import { judgePull, type PullCounts } from './judge-pull.js';

const whole: PullCounts = { known: 1_000, lost: 0, listed: 1_000, unread: 0 };

describe('a pulled catalogue', () => {
  it.each<[string, Partial<PullCounts>, string]>([
    ['the same again', {}, 'take'],
    ['the first, of nothing known', { known: 0, listed: 3 }, 'take'],
    ['exactly as much lost as may be', { lost: 20, listed: 980 }, 'take'],
    ['one more lost than may be', { lost: 21, listed: 979 }, 'loses-too-many'],
    ['as long as before with others in it', { lost: 21, listed: 1_000 }, 'loses-too-many'],
    ['nothing at all', { lost: 1_000, listed: 0 }, 'empty'],
    ['nothing, first of all', { known: 0, listed: 0 }, 'empty'],
    ['fewer than the partner says', { said: 1_001 }, 'short-of-total'],
    ['more than the partner says', { said: 999 }, 'take'],
    ['a row without a code', { unread: 1 }, 'unread-rows'],
  ])('%s: %s is %s', (_, counts, judged) => {
    expect(judgePull({ ...whole, ...counts }, 2)).toBe(judged);
  });

  it('may lose nothing where the file says 0%, and anything but all where it says 100%', () => {
    expect(judgePull({ ...whole, lost: 1, listed: 999 }, 0)).toBe('loses-too-many');
    expect(judgePull({ ...whole, lost: 999, listed: 1 }, 100)).toBe('take');
    expect(judgePull({ ...whole, lost: 1_000, listed: 0 }, 100)).toBe('empty');
  });
});
