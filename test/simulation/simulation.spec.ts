import { beforeAll, describe, expect, it } from '@jest/globals';
import { laneMoves } from '#domain';
import { mutants } from './mutants.js';
import { firstBroken, runSeeds } from './run-seeds.js';
import { runWorld } from './world.js';

const SEEDS = 600;
let ran: ReturnType<typeof runSeeds>;
beforeAll(() => {
  ran = runSeeds(1, SEEDS);
});
const MOST_FOR_A_MUTANT = 2_000;

describe('lanes in a world of crashes, freezes, lost and repeated packets', () => {
  it(`break no invariant in ${SEEDS} worlds`, () => {
    const [broken] = ran.broken;
    expect(broken && runWorld(broken.seed, { keeps: true }).history.join('\n')).toBeUndefined();
  });

  it('go the same way twice from the same seed', () => {
    const [once, again] = [1, 2].map(() => runWorld(7, { keeps: true }));
    expect(once).toEqual(again);
    expect(once!.steps.length).toBeGreaterThan(50);
  });

  it('come to know everything that may happen: doubt, death, supersession, revocation, a zombie, an open breaker', () => {
    expect(WORTH_SEEING.filter((what) => !ran.seen.has(what))).toEqual([]);
  });
});

describe('the moves of a lane', () => {
  it('are those of the table: each is seen, and no other', () => {
    const moves = [...ran.seen.keys()].filter((what) => what.startsWith('move '));
    expect(moves.sort()).toEqual(laneMoves.map(({ from, to, by }) => `move ${from} → ${to} by ${by}`).sort());
  });
});

const WORTH_SEEING = [
  'acknowledged',
  'parked',
  'wait',
  'doubt',
  'not-held',
  'nothing-proved',
  'turn',
  'reaped',
  'fenced',
  'superseded',
  'closed unsent',
  'revocation told',
  'zombie',
  'repeat recognised',
  'doubled at a partner without keys',
  'probe',
  'went on at once',
  'stray freed',
];

describe('without one of its rules', () => {
  it.each(Object.keys(mutants))('%s: a world breaks, and the history says where', (name) => {
    const found = firstBroken(mutants[name]!, MOST_FOR_A_MUTANT);
    expect(found?.history.at(-1)).toMatch(/BROKEN/);
  });
});
