import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyFigures, Database, listFigures } from '#ledger';
import { createLog } from '#service';
import type { FigureDefinition } from '#wire';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { PublishFiguresSchedule } from './publish-figures.schedule.js';

const log = createLog('spec', 'silent');
const said = { vi: 'x', en: 'x' };
const definition: FigureDefinition = {
  id: 'open',
  versions: [
    { validFrom: '2018-01-01', name: said, definition: said, unit: 'cases', measure: 'cases-open', every: 'month' },
  ],
};
let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', log);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

describe('the schedule of figures', () => {
  it('publishes what is due at the turn of its interval, and stops with its process', async () => {
    const schedule = new PublishFiguresSchedule(db, 20, log);
    schedule.onApplicationBootstrap();
    await applyFigures(db, [definition], { author: 'spec', note: null });
    await eventually(async () => expect(await listFigures(db.pool)).toHaveLength(2));
    await schedule.onApplicationShutdown();
    expect((await listFigures(db.pool)).map(({ sequence }) => sequence)).toEqual([1, 1]);
  });
});
