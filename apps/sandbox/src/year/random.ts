/** Chance that depends on a seed, a purpose and an index alone, so that any case can be written again without the others. */
export class Chance {
  private state: number;

  constructor(seed: number, purpose: string, index = 0) {
    this.state = mixed(hashOf(purpose, seed) ^ Math.imul(index + 1, 0x9e3779b1));
  }

  /** 0 ≤ x < 2^32. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    return mixed(this.state);
  }

  /** 0 ≤ x < 1. */
  share(): number {
    return this.next() / 2 ** 32;
  }

  /** A whole number, 0 ≤ x < n. */
  below(n: number): number {
    return Math.floor(this.share() * n);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  happens(probability: number): boolean {
    return this.share() < probability;
  }

  of<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }

  digits(count: number): string {
    let text = '';
    while (text.length < count) text += String(this.below(10));
    return text;
  }
}

/** Chooses by weight; the same share of the way gives the same choice. */
export class Weighted<T> {
  private readonly ends: number[] = [];

  constructor(
    private readonly items: readonly T[],
    weightOf: (item: T) => number,
  ) {
    let end = 0;
    for (const item of items) this.ends.push((end += weightOf(item)));
  }

  choose(chance: Chance): T {
    const at = chance.share() * (this.ends.at(-1) ?? 0);
    const place = firstAbove(this.ends, at);
    return this.items[place] ?? chance.of(this.items);
  }
}

/** Index of the first number above `value` in an ascending list; its length where none is. */
export function firstAbove(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A seeded one-to-one mapping of 0 … n−1 onto itself that needs no table: a Feistel network, walked until it lands inside. */
export function permutation(n: number, seed: number, purpose: string): (index: number) => number {
  let half = 1;
  while (4 ** half < n) half += 1;
  const mask = 2 ** half - 1;
  const keys = [0, 1, 2, 3].map((round) => hashOf(`${purpose}/${round}`, seed));
  const once = (value: number): number => {
    let left = value >>> half;
    let right = value & mask;
    for (const key of keys) [left, right] = [right, left ^ (mixed(right ^ key) & mask)];
    return (left << half) | right;
  };
  return (index) => {
    let value = once(index);
    while (value >= n) value = once(value);
    return value;
  };
}

/** FNV-1a over the text, mixed with the seed. */
function hashOf(text: string, seed: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mixed(hash ^ mixed(seed | 0));
}

/** The finaliser of MurmurHash3, twice as wide as its input needs: every bit depends on every other. */
function mixed(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
