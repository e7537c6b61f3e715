import { describe, expect, it } from '@jest/globals';
import { isAtRest, watchUntilRest, type Standing } from './main-job-watch.js';

const nowhere = { oneStop: '', lltp: '', reconciliation: '' };
const still: Standing = {
  pending: 0,
  accepted: 10,
  refused: 0,
  unpublished: 0,
  unplanned: 0,
  waiting: 0,
  parked: 0,
  asked: 0,
};

/** A clock that jumps by what is slept, and a hub that stands as told. */
function watching(standings: (n: number) => Standing, expected = 10) {
  let now = 0;
  let asked = 0;
  const clock = { now: () => now, pause: (ms: number) => ((now += ms), Promise.resolve()) };
  const seen: Standing[] = [];
  const rest = watchUntilRest(
    nowhere,
    expected,
    (standing) => seen.push(standing),
    clock,
    () => Promise.resolve(standings(asked++)),
  );
  return { rest, seen, elapsed: () => now };
}

describe('waiting until nothing moves', () => {
  it('ends as soon as all is entered and nothing waits, parked lanes excepted', async () => {
    const { rest, seen } = watching((n) => ({ ...still, waiting: n < 5 ? 5 - n : 0, parked: 1 }));
    expect((await rest).kind).toBe('at-rest');
    expect(seen).toHaveLength(6);
  });

  it.each(['pending', 'unpublished', 'unplanned', 'waiting', 'asked'] as const)(
    'isn’t at rest while %s is open',
    (name) => {
      expect(isAtRest({ ...still, [name]: 1 }, 10)).toBe(false);
      expect(isAtRest(still, 10)).toBe(true);
    },
  );

  it('isn’t at rest before every submission was answered', () => {
    expect(isAtRest({ ...still, accepted: 9 }, 10)).toBe(false);
    expect(isAtRest({ ...still, accepted: 9, refused: 1 }, 10)).toBe(true);
  });

  it('gives up after a minute without any change, and says how it stands', async () => {
    const { rest, elapsed } = watching((n) => ({ ...still, waiting: Math.max(3, 40 - n) }));
    const end = await rest;
    expect(end).toMatchObject({ kind: 'stuck', standing: { waiting: 3 } });
    expect(elapsed()).toBeGreaterThan(60_000);
  });

  it('goes on for ever while something changes', async () => {
    const { rest, elapsed } = watching((n) => ({ ...still, accepted: Math.min(1_000, n) }), 1_000);
    expect((await rest).kind).toBe('at-rest');
    expect(elapsed()).toBeGreaterThan(200_000);
  });
});
