import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import './typescript.mjs';

// Runs worlds and mutants under Node 24 and writes what was found. usage: run-simulation.mjs SEEDS FROM RESULT
const [seeds, from, result] = process.argv.slice(2);
const { firstBroken, runSeeds } = await import('../../test/simulation/run-seeds.ts');
const { mutants } = await import('../../test/simulation/mutants.ts');
const { runWorld } = await import('../../test/simulation/world.ts');

const MOST_FOR_A_MUTANT = 2_000;
const AT_A_TIME = 500;
const say = (line) => process.stdout.write(`${line}\n`);

const began = performance.now();
const broken = [];
const seen = new Map();
for (let done = 0; done < Number(seeds); done += AT_A_TIME) {
  const some = runSeeds(Number(from) + done, Math.min(AT_A_TIME, Number(seeds) - done));
  broken.push(...some.broken.map(({ seed }) => seed));
  for (const [what, times] of some.seen) seen.set(what, (seen.get(what) ?? 0) + times);
}
const seconds = (performance.now() - began) / 1_000;
say(`${seeds} thế giới, ${broken.length} vỡ · worlds, broken (${seconds.toFixed(1)} s)`);
say(
  [...seen]
    .sort()
    .map(([what, times]) => `  ${what} ${times}`)
    .join('\n'),
);
if (broken.length > 0) {
  say(runWorld(broken[0], { keeps: true }).history.join('\n'));
  say(`\n--from ${broken[0]} --seeds 1`);
}

let caught = 0;
for (const [name, make] of Object.entries(mutants)) {
  const found = firstBroken(make, MOST_FOR_A_MUTANT);
  if (found) caught++;
  say(`  ${found ? '✓' : '✗'} ${name}${found ? `: seed ${found.seed}, ${found.broken[0]}` : ''}`);
}
const figures = { seeds: Number(seeds), broken: broken.length, mutants: Object.keys(mutants).length, caught };
writeFileSync(result, JSON.stringify(figures));
process.exit(0);
