import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../../libs/ledger/src/testing/fresh-database.js';
import { mutants } from './mutants.js';
import { PostgresStore } from './postgres-store.js';
import { replay } from './replay.js';

const SEEDS = Number(process.env.SIMULATION_REPLAYS ?? 4);

let fresh: FreshDatabase;
let postgres: PostgresStore;
beforeAll(async () => {
  fresh = await freshDatabase();
  postgres = await PostgresStore.open(fresh.url);
});
afterAll(async () => {
  await postgres.close();
  await fresh.drop();
});

describe('the ledger’s statements', () => {
  /** `SIMULATION_REPLAYS=200 npm test -- on-postgres` for more worlds. */
  it(
    'do what the store in memory says, call by call, also where calls run at once',
    async () => {
      let calls = 0;
      let together = 0;
      for (let seed = 1; seed <= SEEDS; seed++) {
        const done = await replay(postgres, seed);
        expect(done.difference).toBeUndefined();
        calls += done.calls;
        together += done.together;
      }
      expect(calls).toBeGreaterThan(SEEDS * 10);
      expect(together).toBeGreaterThan(SEEDS);
      if (process.env.SIMULATION_REPLAYS) console.log(`${SEEDS} worlds, ${calls} calls, ${together} of them at once`);
    },
    60_000 + SEEDS * 15_000,
  );

  it('are told apart from a store that reaps without doubt', async () => {
    const differences: (string | undefined)[] = [];
    for (let seed = 1; seed <= 10 && !differences.at(-1); seed++)
      differences.push((await replay(postgres, seed, mutants['reap without doubt']!())).difference);
    expect(differences.at(-1)).toMatch(/PostgreSQL/);
  });
});
