import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { nextDay } from '#domain';
import { Database } from '../database.js';
import { migrate } from '../migrate.js';
import { closeDays } from './close-days.js';
import { openDay } from './cut-day.js';
import { recountDay, showDay } from './read-days.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const BEFORE_DAYS = 15;

describe('a ledger that is older than its days', () => {
  it('opens its first day with what is open; an older version’s plans are of the open day', async () => {
    const url = new URL(process.env.DATABASE_URL!);
    const name = `lt_test_${randomUUID().replaceAll('-', '')}`;
    const admin = new pg.Client(process.env.DATABASE_URL);
    await admin.connect();
    await admin.query(`create database ${name}`);
    url.pathname = `/${name}`;
    const db = new Database(url.href, 'spec', quiet, 3);
    try {
      await runner({
        databaseUrl: url.href,
        dir: fileURLToPath(new URL('../migrations', import.meta.url)),
        direction: 'up',
        count: BEFORE_DAYS,
        migrationsTable: 'migrations',
        log: () => {},
      });
      const plan = (state: string, stream: number): Promise<unknown> =>
        db.pool.query(`insert into deliveries (agency_id, stream_id, sequence, event_id, state) values ('a', $1, 1, gen_random_uuid(), $2)`, [stream, state]); // prettier-ignore
      for (const [i, state] of ['open', 'parked', 'acknowledged', 'superseded', 'closed', 'open'].entries())
        await plan(state, i);
      await migrate(url.href);
      await plan('open', 9);
      await db.pool.query(`update deliveries set state = 'acknowledged', ended_day = (select day from ledger_days) where stream_id = 0`); // prettier-ignore

      const { day } = await openDay(db);
      await closeDays(db, { today: nextDay(day), by: 'spec' });
      const { agencies } = (await showDay(db, day))!;
      expect(agencies).toMatchObject([{ agencyId: 'a', opening: 3, planned: 1, acknowledged: 1, carried: 3 }]);
      expect(await recountDay(db, day)).toEqual(agencies);
    } finally {
      await db.close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  });
});
