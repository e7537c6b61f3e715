import type { Rules } from './rules.js';
import { World, runWorld, type Ending, type Settings } from './world.js';

export interface Seeds {
  broken: Ending[];
  /** How often each thing worth seeing happened. */
  seen: Map<string, number>;
}

/** One world a seed. */
export function runSeeds(from: number, count: number, settings: Settings = {}): Seeds {
  const all: Seeds = { broken: [], seen: new Map() };
  for (let seed = from; seed < from + count; seed++) {
    const world = new World(seed, settings);
    const ending = world.run();
    if (ending.broken.length > 0) all.broken.push(ending);
    for (const [what, times] of world.judge.seen) all.seen.set(what, (all.seen.get(what) ?? 0) + times);
  }
  return all;
}

/** The first world that breaks under other rules, with its history. */
export function firstBroken(rules: () => Rules, most: number): Ending | undefined {
  for (let seed = 1; seed <= most; seed++)
    if (runWorld(seed, { rules: rules() }).broken.length > 0) return runWorld(seed, { rules: rules(), keeps: true });
  return undefined;
}
