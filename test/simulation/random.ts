/** A seeded stream of numbers in [0, 1): the same seed, the same world. */
export interface Random {
  next(): number;
  /** True with this probability. */
  chance(p: number): boolean;
  /** A whole number from `low` up to and including `high`. */
  whole(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
}

export function seeded(seed: number): Random {
  let a = (seed * 0x9e3779b9) >>> 0;
  const next = (): number => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return { next, whole, chance: (p) => next() < p, pick: (from) => from[whole(0, from.length - 1)]! };
}
