import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { suppress } from './suppress.js';

type Shown = (number | null)[];

/** What a reader sees: the cells, then the total. */
function shownOf(counts: readonly number[], threshold: number): Shown {
  const { cells, total } = suppress(counts, threshold);
  const sum = counts.reduce((all, count) => all + count, 0);
  return [...counts.map((count, place) => (cells[place] ? null : count)), total ? null : sum];
}

/** Every table of this many cells whose cells are at most `most`. */
function* tables(cells: number, most: number): Generator<number[]> {
  if (cells === 0) return yield [];
  for (const rest of tables(cells - 1, most)) for (let count = 0; count <= most; count++) yield [count, ...rest];
}

describe('small cells', () => {
  it('are hidden with a neighbour; without one, with the total', () => {
    expect(suppress([3, 40, 50, 60])).toEqual({ cells: [true, true, false, false], total: false });
    expect(suppress([40, 50, 60, 7])).toEqual({ cells: [false, false, false, false], total: false });
    expect(suppress([3, 0, 0])).toEqual({ cells: [true, false, false], total: true });
    expect(suppress([0, 0])).toEqual({ cells: [false, false], total: false });
    expect(suppress([1, 1, 70, 80])).toEqual({ cells: [true, true, true, true], total: true });
    expect(suppress([1, 1, 70, 80, 5, 6, 7, 8])).toMatchObject({ total: false });
    expect(suppress([4], 3)).toEqual({ cells: [false], total: false });
  });

  it.each([1, 2, 3, 4, 5])(
    'can’t be reckoned by somebody who tries every table of %s cells by the same rule',
    (cells) => {
      const most = [0, 12, 12, 10, 7, 5][cells]!;
      const byShown = new Map<string, number[][]>();
      for (const table of tables(cells, most)) {
        const shown = shownOf(table, 3);
        // Tables whose sum reaches the edge of what is tried have fewer alternatives here than in the world.
        const key = JSON.stringify(shown);
        const same = byShown.get(key);
        if (same) same.push(table);
        else byShown.set(key, [table]);
      }
      let checked = 0;
      for (const [key, same] of byShown) {
        const shown = JSON.parse(key) as Shown;
        const isAtEdge = same.every((table) => table.some((count) => count === most));
        if (isAtEdge) continue;
        for (let place = 0; place < cells; place++) {
          if (shown[place] !== null) continue;
          checked++;
          expect({ key, values: new Set(same.map((table) => table[place])).size }).not.toMatchObject({ values: 1 });
        }
      }
      expect(checked).toBeGreaterThan(0);
    },
  );

  it('never leave one hidden number that the total and the shown ones give, in tables of any size', () => {
    const count = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 100_000 }));
    fc.assert(
      fc.property(fc.array(count, { maxLength: 40 }), fc.integer({ min: 3, max: 20 }), (counts, threshold) => {
        const { cells, total } = suppress(counts, threshold);
        const hidden = counts.filter((_, place) => cells[place]);
        counts.forEach((each, place) => {
          if (each > 0 && each < threshold) expect(cells[place]).toBe(true);
          if (each === 0) expect(cells[place]).toBe(false);
        });
        const sum = counts.reduce((all, each) => all + each, 0);
        if (sum > 0 && sum < threshold) expect(total).toBe(true);
        if (hidden.length === 0) return expect(total).toBe(false);
        if (total) return;
        // With the total shown, at least two are hidden and they aren't all the least that a hidden one can be.
        expect(hidden.length).toBeGreaterThan(1);
        expect(hidden.reduce((all, each) => all + each, 0)).toBeGreaterThan(hidden.length);
      }),
      { numRuns: 2_000 },
    );
  });
});
