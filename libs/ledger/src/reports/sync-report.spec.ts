import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readPeriod } from '#domain';
import { locateReportFile, type ServiceIndexFile } from '#wire';
import { Database } from '../database.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { tell } from '../testing/told-case.js';
import { applyReports, caseReportOn, serviceIndexOn } from './definitions.js';
import { refreshFacts } from './refresh-facts.js';
import { syncBehind, syncColumns, syncReport, type SyncAsk, type SyncReport } from './sync-report.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let fresh: FreshDatabase;
let db: Database;
let ask: SyncAsk;
const read = (name: string) => locateReportFile(readFileSync(`deploy/reports/${name}.yaml`, 'utf8'), {}).file;
const at = (day: string): string => `2021-${day}T10:00:00+07:00`;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet, 3);
  const deployed = read('index-766') as ServiceIndexFile;
  const index766 = { ...deployed, versions: [{ ...deployed.versions[0]!, validFrom: '2018-01-01' }] };
  await applyReports(db, [read('ii-06a'), index766], { author: 'spec', note: null });
  await db.pool.query(`insert into agencies (id, name) values ('cong-dvc', '{}')`);
  await db.pool.query(
    `insert into contracts (agency_id, valid_from, document) values ('cong-dvc', '2018-01-01', '{"protocol":"national-portal"}')`,
  );
  const [practice, index] = [
    await caseReportOn(db, 'II.06a', '2021-05-31'),
    await serviceIndexOn(db, 'index-766', '2021-05-31'),
  ];
  if (practice.outcome !== 'found' || index.outcome !== 'found') throw new Error('no definition');
  ask = {
    ...{ practice: practice.definition, index: index.definition },
    ...{ period: readPeriod('2021-05')!, by: 'field', today: '2021-06-30' },
  };
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const untold = { reported: null, atPortal: null };

beforeEach(async () => {
  await db.pool
    .query(`truncate streams, aliases, events, event_ids, outbox, plan_cursor, case_facts, report_names, deliveries, book_lines,
    comparisons, discrepancies`);
  await tell(
    db,
    [1, 2, 3, 4, 5].map((i) => ({
      code: `S-${i}`,
      receivedAt: at('05-03'),
      unit: i > 3 ? 'H99.15' : 'H99.14',
      channel: i > 3 ? ('counter' as const) : ('online' as const),
    })),
  );
  await db.pool.query(
    `insert into deliveries (agency_id, stream_id, sequence, event_id, state, ended_at)
     select v.agency, a.stream_id, 1, gen_random_uuid(), v.state::delivery_state, '2021-05-04T10:00:00+07:00'
     from (values ('S-1', 'cong-dvc', 'acknowledged'), ('S-2', 'cong-dvc', 'parked'), ('S-3', 'lltp', 'acknowledged'), ('S-4', 'cong-dvc', 'acknowledged')) v(code, agency, state)
     join aliases a on a.code = v.code`,
  );
  await refreshFacts(db);
});

/** The portal's books of these days, read after this instant, as they stand in what a comparison keeps. */
async function compared(from: string, to: string, cut: string, coverage = 'both'): Promise<void> {
  await db.pool.query(
    `insert into book_lines (agency_id, stream_id, key, received_on, bucket, hash, fields, settled_through)
     select d.agency_id, d.stream_id, a.code, f.received_at::date, 0, '', '{}', 1 from deliveries d join aliases a using (stream_id) join case_facts f using (stream_id)
     where d.agency_id = 'cong-dvc' and d.state = 'acknowledged' on conflict do nothing`,
  );
  await db.pool.query(
    `insert into comparisons (agency_id, day, source, author, range_from, range_to, cut_at, ended_at, state, coverage)
     values ('cong-dvc', $2, 'digest', 'spec', $1, $2, $3, now(), 'done', $4)`,
    [from, to, cut, coverage],
  );
}

async function found(type: string, key: string, more: { day?: string; detail?: object } = {}): Promise<string> {
  const { rows } = await db.pool.query<{ id: string }>(
    `insert into discrepancies (agency_id, type, key, stream_id, received_on, detail, side, first_comparison, last_comparison)
     values ('cong-dvc', $1, $2, (select stream_id from aliases where code = $2), $3, $4, 'ours', 1, 1) returning id`,
    [type, key, more.day ?? '2021-05-03', more.detail ?? {}],
  );
  return rows[0]!.id;
}

const report = (more: Partial<SyncAsk> = {}, told: Parameters<typeof syncReport>[2] = untold): Promise<SyncReport> =>
  syncReport(db, { ...ask, ...more }, told);

/** Every figure, of the total and of each row, is as many as the cases that it opens to. */
async function opens(by: SyncAsk['by']): Promise<void> {
  const whole = await report({ by });
  const behind = async (column: (typeof syncColumns)[number], row?: string): Promise<number> => {
    let n = 0;
    const asked = { ...ask, by, column, ...(row === undefined ? {} : { row }) };
    for await (const _ of syncBehind(db, asked, 2)) n++;
    return n;
  };
  for (const column of syncColumns) {
    const total = column === 'atPortal' ? whole.atPortal.counted : whole[column];
    expect([column, await behind(column)]).toEqual([column, total]);
    for (const row of whole.rows)
      expect([column, row.row, await behind(column, row.row)]).toEqual([column, row.row, row[column]]);
  }
}

describe('the sync rate', () => {
  it('divides what the portal has by the larger count, and costs the online rate as much', async () => {
    const told = await report();
    expect(told).toMatchObject({
      ...{ received: 5, online: 3, synced: 2, notSynced: 3, denominator: 5, syncRate: 0.4, reported: null },
      ...{ atPortal: { count: 2, by: 'acknowledged', counted: 2 }, days: { compared: 0, of: 31 } },
    });
    expect(told.onlineRateCounted).toBeCloseTo(0.6 * 0.4);
    expect(await report({}, { reported: 4, atPortal: 8 })).toMatchObject({
      ...{ denominator: 8, syncRate: 0.25, atPortal: { count: 8, by: 'told', counted: 2 } },
    });
    expect(await report({}, { reported: 0, atPortal: null })).toMatchObject({ denominator: 2, syncRate: 1 });
    expect(await report({ period: readPeriod('2019')! })).toMatchObject({
      ...{ received: 0, syncRate: null, onlineRateCounted: null, rows: [] },
    });
    await opens('field');
  });

  it('is of what the portal’s books showed: what it lost, has alone, or has twice moves it, and its repair moves it back', async () => {
    await compared('2021-05-01', '2021-05-31', at('05-20'));
    const [books, days] = [{ by: 'compared' }, { compared: 31, of: 31 }];
    expect(await report()).toMatchObject({
      synced: 2,
      compared: 2,
      lostThere: 0,
      days,
      atPortal: { ...books, count: 2 },
    });
    const lost = await found('missing-there', 'S-1');
    expect(await report()).toMatchObject({ synced: 1, lostThere: 1, syncRate: 0.2, atPortal: { ...books, count: 1 } });
    await found('missing-here', 'ZZ-1');
    await found('missing-here', 'ZZ-2', { day: '2021-05-09' });
    await found('doubled-there', 'S-4', { detail: { times: 4 } });
    // Of another month, and one that says something else of the case.
    await found('missing-here', 'ZZ-3', { day: '2021-06-01' });
    await found('status-differs', 'S-4');
    const whole = await report({ by: 'unit' });
    expect(whole).toMatchObject({ onlyThere: 2, doubledThere: 3, atPortal: { ...books, count: 6 }, denominator: 6 });
    expect(whole.syncRate).toBeCloseTo(1 / 6);
    expect(whole.rows.map(({ row, received, synced, atPortal }) => [row, received, synced, atPortal])).toEqual([
      ['H99.14', 3, 0, 0],
      ['H99.15', 2, 1, 1],
      ['', 0, 0, 5],
    ]);
    for (const by of ['unit', 'month'] as const) await opens(by);
    const settled = (as: string) =>
      db.pool.query(`update discrepancies set settled_at = '2021-05-21T00:00:00Z', settled_as = $2 where id = $1`, [
        lost,
        as,
      ]);
    // Taken as it is, it is as missing as before; agreed, it is there.
    await settled('as-it-is');
    expect(await report()).toMatchObject({ synced: 1, lostThere: 1 });
    await settled('agreed');
    expect(await report()).toMatchObject({ synced: 2, lostThere: 0 });
  });

  it('goes by the acknowledgement on days that nobody compared, and says how many were', async () => {
    await compared('2021-05-01', '2021-05-02', at('05-20'));
    await compared('2021-05-03', '2021-05-31', at('05-20'), 'ours only');
    await found('missing-there', 'S-1');
    expect(await report()).toMatchObject({
      ...{ synced: 2, compared: 0, lostThere: 0, days: { compared: 2, of: 31 } },
      atPortal: { count: 2, by: 'partly-compared' },
    });
    // Acknowledged after the books were read: they needn't have shown it.
    await compared('2021-05-03', '2021-05-31', at('05-03'));
    expect(await report()).toMatchObject({ synced: 2, compared: 0, days: { compared: 31, of: 31 } });
    // A month that lasts has only had the days that have come.
    expect(await report({ today: '2021-05-10' })).toMatchObject({ days: { of: 10 } });
  });

  it('follows a case that is shifted to another month', async () => {
    await compared('2021-04-01', '2021-05-31', at('05-20'));
    await found('missing-there', 'S-1');
    const months = async (): Promise<unknown[]> =>
      (await report({ period: readPeriod('2021-Q2')!, by: 'month' })).rows.map((r) => [
        r.row,
        r.received,
        r.lostThere,
        r.syncRate,
      ]);
    expect(await months()).toEqual([['2021-05', 5, 1, 0.2]]);
    await db.pool.query(`update case_facts set received_at = '2021-04-30T10:00:00+07:00' where code = 'S-1'`);
    expect(await months()).toEqual([
      ['2021-04', 1, 1, 0],
      ['2021-05', 4, 0, 0.25],
    ]);
  });

  it('goes by the dated rules: which discrepancies mean that a case isn’t there is data', async () => {
    await compared('2021-05-01', '2021-05-31', at('05-20'));
    await found('two-under-one', 'S', { detail: { ours: ['S-1', 'S-4'] } });
    expect(await report()).toMatchObject({ synced: 0, lostThere: 2, onlyThere: 1, atPortal: { count: 1 } });
    const { index } = ask;
    const version = { ...index.version, sync: { notThere: [], onlyThere: [], doubledThere: [] } };
    expect(await report({ index: { ...index, version } })).toMatchObject({ synced: 2, lostThere: 0, onlyThere: 0 });
  });
});
