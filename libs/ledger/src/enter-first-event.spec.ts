import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from './database.js';
import { enter } from './enter.js';
import type { EntryItem, MayReport } from './entry.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const onlyWhoEntered: MayReport = (item, stream) => stream.enteredBy === item.sender;
let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const received = (caseCode: string, sender: string, procedure: string, status: 2 | 9 = 2): EntryItem => ({
  sender,
  key: `case:${caseCode}`,
  type: 'vn.lienthong.case.received.v1',
  caseCode,
  data: { code: caseCode, status },
  opens: { procedure, openedOn: '2021-01-01', dueAt: null },
  status,
});
const reported = (caseCode: string, sender: string): EntryItem => ({
  sender,
  key: `report:${caseCode}`,
  type: 'vn.lienthong.case.status-changed.v1',
  caseCode,
  data: { status: 2 },
  status: 2,
});
const outcomes = async (items: EntryItem[]): Promise<string[]> =>
  (await enter(db, items, onlyWhoEntered)).map(({ outcome }) => outcome);

describe('what comes together with the event that opens its case', () => {
  it('is answered as if it had come alone: a case begins with what was received', async () => {
    expect(await outcomes([reported('F-1', 'stranger')])).toEqual(['unknown-case']);
    expect(await outcomes([reported('F-2', 'stranger'), received('F-2', 'counter', 'p')])).toEqual([
      'unknown-case',
      'accepted',
    ]);
  });

  it('gives the case to whoever entered it, not to whom it was refused', async () => {
    expect(await outcomes([received('F-3', 'stranger', 'other', 9), received('F-3', 'counter', 'p')])).toEqual([
      'status-cannot-follow',
      'accepted',
    ]);
    const { rows } = await db.pool.query<{ entered_by: string; procedure: string }>(
      `select s.entered_by, s.procedure from streams s join aliases a on a.stream_id = s.id where a.code = 'F-3'`,
    );
    expect(rows).toEqual([{ entered_by: 'counter', procedure: 'p' }]);
  });
});
