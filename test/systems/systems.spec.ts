import { describe, expect, it } from '@jest/globals';
import { everySystem } from './every-system.js';
import { compared } from './judge.js';
import { isRight, runSystems } from './run-systems.js';
import { kinds } from './system.js';

describe('what is counted between two books', () => {
  it.each<[string, string[], number, number]>([
    ['all of it, once', ['a', 'b'], 2, 0],
    ['one missing', ['a'], 1, 1],
    ['one there twice', ['a', 'b', 'b'], 2, 1],
    ['one that nobody sent', ['a', 'b', 'x'], 2, 1],
    ['one of another row', ['a', 'b', 'known'], 2, 0],
  ])('%s', (_, held, delivered, discrepancies) => {
    const counted = compared(['a', 'b'], held, (key) => key !== 'known');
    expect(counted).toEqual({ sent: 2, delivered, discrepancies });
  });
});

describe('npm run systems', () => {
  it('has for each system every kind of row, or a reason', () => {
    for (const { id, steps, without } of everySystem)
      for (const kind of kinds) {
        const has = steps.some((step) => step.kind === kind);
        expect([id, kind, has]).toEqual([id, kind, without[kind] === undefined]);
      }
    expect(new Set(everySystem.map(({ id }) => id)).size).toBe(everySystem.length);
  });

  it('brings everything to the far ends’ books, both directions, with no discrepancy', async () => {
    // Three of them here, of both directions and with every kind of row; all of them: `npm run systems`.
    const only = ['vneid', 'cong-dvc', 'ho-tich'];
    const rows = await runSystems({ cases: 2, only });
    const chosen = everySystem.filter(({ id }) => only.includes(id));
    const planned = chosen.flatMap(({ id, steps }) => steps.map((step) => `${id} ${step.kind} ${step.direction}`));
    expect(rows.map(({ system, kind, direction }) => `${system} ${kind} ${direction}`)).toEqual(planned);
    expect(rows.filter((row) => !isRight(row))).toEqual([]);
    for (const row of rows) if (row.kind !== 'reconciled') expect(row.sent).toBeGreaterThanOrEqual(2);
  }, 300_000);

  it('sees a book that is falsified: codes without their prefix, items acknowledged and dropped', async () => {
    const rows = await runSystems({
      cases: 2,
      only: ['cong-dvc', 'lltp-gen2'],
      kinds: ['submission', 'reconciled'],
      patienceMs: 3_000,
      before: async (world, { system, kind, direction }) => {
        if (kind !== 'submission' || direction !== 'out') return;
        if (system === 'cong-dvc') await world.partner('cong-dvc').faults({ dropPrefix: true });
        else await world.partner('lltp').faults({ silentLoss: 2 });
      },
    });
    const shown = rows.map((row) => `${row.system} ${row.kind} ${row.direction}: ${isRight(row) ? 'right' : 'wrong'}`);
    expect(shown).toEqual([
      'lltp-gen2 submission out: wrong',
      'lltp-gen2 reconciled out: wrong',
      'cong-dvc submission out: wrong',
      'cong-dvc submission in: right',
      'cong-dvc reconciled out: wrong',
    ]);
    const [lost, , prefix] = rows;
    expect(lost).toMatchObject({ sent: 2, delivered: 0, discrepancies: 2 });
    // Missing under their own codes, and there under codes that nobody sent.
    expect(prefix).toMatchObject({ sent: 2, delivered: 0, discrepancies: 4 });
    for (const { kind, discrepancies } of rows) if (kind === 'reconciled') expect(discrepancies).toBeGreaterThan(0);
  }, 300_000);
});
