import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, listDays } from '#ledger';
import { createLog } from '#service';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { CloseDaySchedule } from './close-day.schedule.js';

const hour = 3_600_000;
let fresh: FreshDatabase;
let db: Database;
let now: Date;
let said: object[];
let schedules: CloseDaySchedule[];
const log = Object.assign(createLog('spec', 'silent'), {
  error: (o: object): void => void said.push(o),
});
const starts = (afterMs: number | null): CloseDaySchedule => {
  const schedule = new CloseDaySchedule(db, afterMs, log, () => now);
  schedules.push(schedule);
  schedule.onApplicationBootstrap();
  return schedule;
};
const days = async (): Promise<(string | null)[][]> =>
  (await listDays(db, { before: null, limit: 99 })).map(({ day, closedBy }) => [day, closedBy]);

beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', log, 4);
});
beforeEach(async () => {
  said = [];
  schedules = [];
  await db.pool.query(`truncate day_counts, ledger_days; insert into ledger_days (day) values ('2026-02-27')`);
});
afterEach(() => Promise.all(schedules.map((schedule) => schedule.onApplicationShutdown())));
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

describe('the schedule of the daily close', () => {
  it('closes at its start what was missed, and a day once its hour has come; two instances are one too many for nothing', async () => {
    now = new Date('2026-03-01T00:10:00+07:00');
    starts(hour / 2);
    starts(hour / 2);
    await eventually(async () =>
      expect(await days()).toEqual([
        ['2026-02-28', null],
        ['2026-02-27', 'schedule'],
      ]),
    );
    now = new Date('2026-03-01T00:30:00+07:00');
    await eventually(async () =>
      expect(await days()).toEqual([
        ['2026-03-01', null],
        ['2026-02-28', 'schedule'],
        ['2026-02-27', 'schedule'],
      ]),
    );
  });

  it('closes no month by itself that a wrong clock tells of, and nothing where a person closes', async () => {
    now = new Date('2026-06-01T12:00:00+07:00');
    starts(null);
    starts(0);
    await eventually(() => expect(said).toEqual([{ open: '2026-02-27', days: 94 }]));
    expect(await days()).toEqual([['2026-02-27', null]]);
  });
});
