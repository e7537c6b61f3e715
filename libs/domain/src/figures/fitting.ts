/** A percentage as sources print it. Of nothing it is 0 there; a figure of ours isn't computed then. */
export const percentOf = (part: number, whole: number, places = 2): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 100 * 10 ** places) / 10 ** places;

/** Least and most whole number that print as this percentage of `whole`; null: none does. */
export function partsThatFit(percent: number, whole: number, places = 2): { least: number; most: number } | null {
  const middle = Math.round((percent / 100) * whole);
  const fits = (part: number): boolean => part >= 0 && part <= whole && percentOf(part, whole, places) === percent;
  if (!fits(middle)) return null;
  let [least, most] = [middle, middle];
  while (fits(least - 1)) least -= 1;
  while (fits(most + 1)) most += 1;
  return { least, most };
}
