import { runWorld, type Ending, type Settings } from './world.js';

/** Runs worlds until one breaks, or all have ended well. */
export function runSeeds(from: number, count: number, settings: Settings = {}): Ending[] {
  const broken: Ending[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const ending = runWorld(seed, settings);
    if (ending.broken.length > 0) broken.push(ending);
  }
  return broken;
}
