import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from './database.js';
import { enter } from './enter.js';
import type { Compared, Entry, EntryItem } from './entry.js';
import { senderViews } from './sender-views.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
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

const opened = (code: string): EntryItem => ({
  sender: 'mot-cua',
  key: `case:${code}`,
  type: 'vn.lienthong.case.received.v1',
  caseCode: code,
  data: { code },
  opens: { procedure: '2.000488', openedOn: '2021-05-31', dueAt: null },
  status: 2,
  state: 'a',
});
const moved = (code: string, status: 2 | 4, state: string, compared: Compared): EntryItem => ({
  sender: 'mot-cua',
  key: null,
  type: 'vn.lienthong.case.status-changed.v1',
  caseCode: code,
  data: { status },
  status,
  state,
  compared,
});
const say = async (...items: EntryItem[]): Promise<string[]> =>
  (await enter(db, items, () => true)).map(({ outcome }: Entry) => outcome);
const stateOf = async (code: string) => (await senderViews(db, 'mot-cua', [code])).get(code)?.state;

describe('a door that compares states itself', () => {
  it('is overtaken where the sender’s state is another by now, and gets a receipt where it is the same', async () => {
    expect(await say(opened('C-1'))).toEqual(['accepted']);
    expect(await say(moved('C-1', 4, 'b', { with: 'a', isNews: true }))).toEqual(['accepted']);
    expect(await say(moved('C-1', 4, 'c', { with: 'a', isNews: true }))).toEqual(['overtaken']);
    expect(await say(moved('C-1', 4, 'b', { with: 'a', isNews: true }))).toEqual(['unchanged']);
    expect(await stateOf('C-1')).toBe('b');
  });

  it('makes one event of what two bring at once', async () => {
    await say(opened('C-2'));
    const both = await Promise.all(['b', 'c'].map((state) => say(moved('C-2', 4, state, { with: 'a', isNews: true }))));
    expect(both.flat().sort()).toEqual(['accepted', 'overtaken']);
  });

  it('decides itself what is news: the same status again is an event, or is remembered without one', async () => {
    await say(opened('C-3'));
    expect(await say(moved('C-3', 2, 'b', { with: 'a', isNews: true }))).toEqual(['accepted']);
    expect(await say(moved('C-3', 2, 'c', { with: 'b', isNews: false }))).toEqual(['unchanged']);
    expect(await stateOf('C-3')).toBe('c');
    const views = await senderViews(db, 'mot-cua', ['C-3', 'C-none']);
    expect([...views.values()]).toEqual([
      { code: 'C-3', enteredBy: 'mot-cua', status: 2, state: 'c', resultFrom: null },
    ]);
    expect((await senderViews(db, 'lltp', ['C-3'])).get('C-3')).toMatchObject({ state: null });
  });

  it('may name the only status from which it is taken, whatever else could follow: judged under the lock', async () => {
    await say(opened('C-4'));
    const onlyFrom4 = { ...moved('C-4', 4, 'b', { with: 'a', isNews: true }), onlyFrom: 4 as const };
    expect(await say(onlyFrom4)).toEqual(['status-cannot-follow']);
    expect(await say(moved('C-4', 4, 'b', { with: 'a', isNews: true }))).toEqual(['accepted']);
    expect(await say({ ...onlyFrom4, state: 'c', compared: { with: 'b', isNews: true } })).toEqual(['accepted']);
  });
});
