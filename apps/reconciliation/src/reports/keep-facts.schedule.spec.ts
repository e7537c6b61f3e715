import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, factsBehind } from '#ledger';
import { createLog } from '#service';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { tell, tellMore } from '../../../../libs/ledger/src/testing/told-case.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { KeepFactsSchedule } from './keep-facts.schedule.js';

const log = createLog('spec', 'silent');
const told = { code: '000.00.14.H99-210301-0001', receivedAt: '2021-03-02T10:00:00+07:00' };
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

describe('the schedule of facts', () => {
  it('brings them up to the ledger again and again without a report, until its process stops', async () => {
    const schedule = new KeepFactsSchedule(db, 20, log);
    await tell(db, [told]);
    expect(await factsBehind(db)).toBe(1);
    schedule.onApplicationBootstrap();
    await eventually(async () => expect(await factsBehind(db)).toBe(0));
    await tellMore(db, told, [{ kind: 'status', status: 4, at: '2021-03-03T10:00:00+07:00' }]);
    await eventually(async () => {
      const { rows } = await db.pool.query(`select last, status from case_facts`);
      expect(rows).toEqual([{ last: 2, status: 4 }]);
    });
    await schedule.onApplicationShutdown();
    await tellMore(db, { ...told, then: [{ kind: 'status', status: 4, at: '' }] }, [
      { kind: 'status', status: 10, at: '2021-03-04T10:00:00+07:00' },
    ]);
    expect(await factsBehind(db)).toBe(1);
  });

  it('never runs where the interval is 0', async () => {
    const schedule = new KeepFactsSchedule(db, 0, log);
    schedule.onApplicationBootstrap();
    await schedule.onApplicationShutdown();
    expect(await factsBehind(db)).toBe(1);
  });
});
