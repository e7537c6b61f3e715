import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LaneWorld } from '../testing/lane-world.js';
import { enlist, reapDead } from '../workers.js';
import { keepStep, keptSteps } from './steps.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

const claimed = async () => {
  const stream = await world.caseOf(['full']);
  const lane = (await world.claim())!;
  expect(lane.streamId).toBe(stream);
  return lane;
};
const kept = async (lane: Parameters<typeof keptSteps>[1]) =>
  (await keptSteps(world.db, lane)).map(({ step, result }) => [step, result]);

describe('steps of a delivery', () => {
  it('are there for whoever claims the lane next; the same step again replaces its result', async () => {
    const lane = await claimed();
    expect(await keepStep(world.db, world.worker, lane, 'code', { value: 'G09.20-1' })).toBe(true);
    expect(await keepStep(world.db, world.worker, lane, 'file/a', { id: '1' })).toBe(true);
    expect(await keepStep(world.db, world.worker, lane, 'file/a', { id: '2' })).toBe(true);
    expect(await kept(lane)).toEqual([
      ['code', { value: 'G09.20-1' }],
      ['file/a', { id: '2' }],
    ]);
  });

  it('of what was merged into the stream are there, too, before its own', async () => {
    const [loser, survivor] = [await world.caseOf(['full']), await world.caseOf(['full'])];
    const { claimed: both } = await world.claims();
    const of = (stream: string) => both.find(({ streamId }) => streamId === stream)!;
    await keepStep(world.db, world.worker, of(survivor), 'code', { value: 'own' });
    await keepStep(world.db, world.worker, of(loser), 'code', { value: 'merged' });
    await keepStep(world.db, world.worker, of(loser), 'file/a', { id: '1' });
    await world.db.pool.query(`update streams set merged_into = $2, merged_at = 1 where id = $1`, [loser, survivor]);
    expect((await keptSteps(world.db, of(survivor))).map(({ own, step }) => [own, step])).toEqual([
      [false, 'code'],
      [false, 'file/a'],
      [true, 'code'],
    ]);
    expect(await kept(of(loser))).toHaveLength(2);
  });

  it('aren’t kept by a worker that was reaped, nor by one whose claim ended', async () => {
    const lane = await claimed();
    expect(await keepStep(world.db, '0', lane, 'code', { value: 'x' })).toBe(false);
    expect(await keepStep(world.db, world.worker, { ...lane, claim: lane.claim - 1 }, 'code', { value: 'x' })).toBe(
      false,
    );
    const survivor = await enlist(world.db, 'other');
    await world.dies();
    expect(await reapDead(world.db, survivor)).toHaveLength(1);
    expect(await keepStep(world.db, world.worker, lane, 'code', { value: 'x' })).toBe(false);
    expect(await kept(lane)).toEqual([]);
  });

  it('aren’t kept by a worker that is being reaped just now', async () => {
    const lane = await claimed();
    const reaper = await world.db.pool.connect();
    await reaper.query('begin');
    await reaper.query('delete from workers where id = $1', [world.worker]);
    const keeping = keepStep(world.db, world.worker, lane, 'code', { value: 'x' });
    for (let waits = false; !waits;) {
      const { rows } = await world.db.pool.query<{ waits: boolean }>(
        `select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits`,
      );
      waits = rows[0]!.waits;
    }
    await reaper.query('commit');
    reaper.release();
    expect(await keeping).toBe(false);
    expect(await kept(lane)).toEqual([]);
  });
});
