/** A one-dimensional table: its cells in a fixed order, and their sum. */
export interface Suppressed {
  /** In the cells' order: true, not shown. */
  cells: boolean[];
  total: boolean;
}

/** Fewer than this are too few, where a definition doesn't say. */
export const usualThreshold = 5;

/**
 * Which cells may not be shown, so that none with 1 … threshold−1 in it can be reckoned from the others and the total, not
 * even by somebody who knows this rule. A cell of 0 says of nobody anything and is shown. The others stand in blocks of two
 * or three that depend on their places alone, never on their numbers; a block with a small cell in it is hidden whole. A
 * hidden block of nothing but ones (its sum would tell) takes its neighbour with it. Where nothing is left, nor is the total.
 */
export function suppress(counts: readonly number[], threshold = usualThreshold): Suppressed {
  const isSmall = (count: number): boolean => count > 0 && count < threshold;
  const filled = counts.flatMap((count, place) => (count === 0 ? [] : [place]));
  const sum = counts.reduce((all, count) => all + count, 0);
  const hidden = isSmall(sum) ? new Set(filled) : hiddenIn(filled, counts, isSmall);
  return {
    cells: counts.map((_, place) => hidden.has(place)),
    total: hidden.size > 0 && hidden.size === filled.length,
  };
}

function hiddenIn(
  places: readonly number[],
  counts: readonly number[],
  isSmall: (count: number) => boolean,
): Set<number> {
  if (places.length < 4) return new Set(places.some((place) => isSmall(counts[place]!)) ? places : []);
  const middle = places.length >> 1;
  const halves = [places.slice(0, middle), places.slice(middle)].map((half) => ({
    half,
    hidden: hiddenIn(half, counts, isSmall),
  }));
  const onlyOnes = halves.some(({ half, hidden }) => hidden.size === half.length && half.every((p) => counts[p] === 1));
  return onlyOnes ? new Set(places) : new Set(halves.flatMap(({ hidden }) => [...hidden]));
}
