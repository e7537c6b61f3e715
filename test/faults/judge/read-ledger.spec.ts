import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Database, enter, plan, type EntryItem } from '#ledger';
import { freshDatabase, type FreshDatabase } from '../../../libs/ledger/src/testing/fresh-database.js';
import { partnerNames } from '../partners/terms.js';
import { crossRead } from './cross-read.js';
import * as ledger from './ledger-invariants.js';
import { readLedger } from './read-ledger.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
let fresh: FreshDatabase;
let client: pg.Client;
let stream: string;

const item = (n: number): EntryItem => ({
  sender: 'mot-cua',
  key: `J-1/${n}`,
  type: n === 1 ? 'vn.lienthong.case.received.v1' : 'vn.lienthong.case.status-changed.v1',
  caseCode: 'J-1',
  data: { n },
  status: n === 1 ? 2 : 4,
  ...(n === 1 ? { opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null } } : {}),
});

beforeAll(async () => {
  fresh = await freshDatabase();
  const db = new Database(fresh.url, 'spec', quiet);
  const answers = await enter(db, [1, 2, 3].map(item), () => true);
  stream = (answers[0] as { stream: string }).stream;
  await plan(db, [stream], () => ({ recipients: partnerNames.map((agency) => ({ agency })), collectFrom: [] }));
  await db.close();
  client = new pg.Client({ connectionString: fresh.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await fresh.drop();
});

/** A real ledger's rows with nothing sent and no books, after these statements. */
async function readAfter(...statements: string[]) {
  for (const sql of statements) await client.query(sql);
  const moments = { struckAt: 0, mendedAt: 0, restedAt: 0 };
  return crossRead({ sent: [], books: [], ledger: await readLedger(fresh.url), moments, leaks: [] });
}

describe('a real ledger, as the judge reads it', () => {
  it('is whole as the hub writes it', async () => {
    const read = await readAfter();
    expect(read.evidence.ledger.deliveries).toHaveLength(12);
    for (const check of [ledger.sequencesHaveNoGap, ledger.oneDeliveryAnEventAndPartner])
      expect(check(read)).toEqual([]);
    expect(ledger.everyOpenLaneIsSomebodys(read)).toEqual([]);
    expect(ledger.everyDeliveryIsAccountedFor(read)).toEqual([]);
  });

  it('shows a stuck lane, a delivery that vanished, and an open one behind its lane', async () => {
    const read = await readAfter(
      `update lanes set wait = null where agency_id = 'thue'`,
      `delete from deliveries where agency_id = 'ho-tich' and sequence = 2`,
      `update lanes set done = 1 where agency_id = 'dat-dai'`,
    );
    expect(ledger.everyOpenLaneIsSomebodys(read)).toEqual([`thue stream ${stream} (0 of 3): open, and nobody's`]);
    expect(ledger.oneDeliveryAnEventAndPartner(read)).toHaveLength(1);
    expect(ledger.everyDeliveryIsAccountedFor(read)).toHaveLength(1);
  });

  it('shows a body that was changed afterwards, and a gap', async () => {
    const changed = await readAfter(
      `alter table events disable trigger events_append_only`,
      `update events set body = '{"n":99}' where sequence = 2`,
    );
    expect(ledger.sequencesHaveNoGap(changed)).toEqual(['chain of J-1 at 2 does not verify']);
    const gap = await readAfter(`delete from events where sequence = 2`);
    expect(ledger.sequencesHaveNoGap(gap).some((found) => found.startsWith('J-1: sequences 1 3'))).toBe(true);
  });
});
