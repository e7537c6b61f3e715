import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, enter } from '#ledger';
import { freshDatabase, type FreshDatabase } from '../../../libs/ledger/src/testing/fresh-database.js';
import { DayTotals } from './day-totals.js';
import { ReadOverview } from './read-overview.js';

let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', { info: () => {}, warn: () => {}, error: () => {} });
  await db.pool.query(`insert into agencies (id, name) values ('a', '{"vi":"A","en":"A"}')`);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const enterCase = (n: number): Promise<unknown> =>
  enter(
    db,
    [
      {
        sender: 's',
        key: `k${n}`,
        type: 'vn.lienthong.case.received.v1',
        caseCode: `C-${n}`,
        data: {},
        opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null },
        status: 2,
      },
    ],
    () => true,
  );

describe('reading the overview', () => {
  it('asks PostgreSQL once for all who look within a second', async () => {
    await enterCase(1);
    const reader = new ReadOverview(db);
    const read = await Promise.all(Array.from({ length: 10 }, () => reader.read()));
    expect(new Set(read).size).toBe(1);
    expect(read[0]).toMatchObject({
      today: { cases: 1, acknowledged: 0 },
      cases: [{ code: 'C-1' }],
      agencies: [{ id: 'a', lastAcknowledged: null }],
    });
    expect(await reader.readCase('C-1')).toMatchObject({
      header: { code: 'C-1' },
      events: [{ sequence: 1 }],
      deliveries: [],
    });
    expect(await reader.readCase('C-9')).toBeUndefined();
  });

  it('is read anew after a failure', async () => {
    const away = new Database('postgres://postgres@127.0.0.1:1/none', 'spec', {
      info: () => {},
      warn: () => {},
      error: () => {},
    });
    const reader = new ReadOverview(away);
    const first = reader.read();
    await expect(first).rejects.toThrow();
    const second = reader.read();
    expect(second).not.toBe(first);
    await expect(second).rejects.toThrow();
    await away.close();
  });
});

describe('the totals of a day', () => {
  it('grow with what comes, and begin again at midnight in Vietnam', async () => {
    const totals = new DayTotals(db);
    const before = (await totals.look()).cases;
    await enterCase(2);
    await enterCase(3);
    expect((await totals.look()).cases).toBe(before + 2);
    await db.pool
      .query(`insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, started_at, ended_at, outcome, in_doubt)
      values ('a', 1, 1, 1, 1, 'schedule', 1, 1, 'op', now(), now(), 'acknowledged', false), ('a', 1, 1, 1, 1, 'schedule', 1, 1, 'op', now(), now(), 'parked', false)`);
    expect(await totals.look()).toEqual({ cases: before + 2, acknowledged: 1 });
    expect(totals.lastOf('a')).toBeInstanceOf(Date);
    expect(await totals.look(new Date(Date.now() + 86_400_000))).toEqual({ cases: 0, acknowledged: 0 });
    expect(totals.lastOf('a')).toBeInstanceOf(Date);
  });
});
