import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { validateFactsRequest, type ToldFact } from '#wire';
import { Database } from '../database.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { enterTold } from './enter-told.js';

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

const asked = (code: string, more: object = {}): ToldFact => ({
  key: `${code}/asked`,
  type: 'vn.lienthong.payment.requested.v1',
  code,
  // 23:30 in London is the next day in Vietnam.
  data: { code, purpose: 'land', amount: 1_000, requestedAt: '2021-05-31T23:30:00Z', ...more },
});
const listed = (code: string, name: string): ToldFact => ({
  key: code,
  type: 'vn.lienthong.procedure.listed.v1',
  code,
  data: { code, name, link: 'none', onlineLevel: 4, onPortal: true, at: '2021-06-01T08:00:00+07:00' },
});

describe('facts as an agency tells them', () => {
  it('are kept on the day, and under what, their payload says', async () => {
    expect(await enterTold(db, 'app', [asked('a'), listed('1.2', 'Cấp bản sao')])).toMatchObject([
      { outcome: 'accepted', sequence: 1 },
      { outcome: 'accepted', sequence: 1 },
    ]);
    const { rows } = await db.pool.query(
      `select kind, procedure as about, opened_on::text as "on" from streams order by kind`,
    );
    expect(rows).toEqual([
      { kind: 'payment', about: 'land', on: '2021-06-01' },
      { kind: 'procedure', about: 'procedure', on: '2021-06-01' },
    ]);
  });

  it('that can’t be kept are refused alone, at their place, and the others are taken in their order', async () => {
    const nfd = 'Cấp bản sao'.normalize('NFD');
    expect(
      await enterTold(db, 'app', [
        listed('nul', 'a\0b'),
        asked('b'),
        listed('nfd', nfd),
        { ...asked('c'), key: 'half\ud800' },
        asked('d', { amount: 1.5 }),
        asked('e', { requestedAt: '0000-01-01T00:00:00Z' }),
        asked('f', { code: 'g' }),
        asked('h'),
      ]),
    ).toMatchObject([
      { outcome: 'refused', faults: [{ path: '/data/name', rule: 'nul' }] },
      { outcome: 'accepted' },
      { outcome: 'refused', faults: [{ path: '/data/name', rule: 'nfc' }] },
      { outcome: 'refused', faults: [{ path: '/key', rule: 'unpaired-surrogate' }] },
      { outcome: 'refused', faults: [{ path: '/data/amount', rule: 'type:integer' }] },
      { outcome: 'refused', faults: [{ path: '/data/requestedAt', rule: 'format:date-time' }] },
      { outcome: 'refused', faults: [{ path: '/data/code', rule: 'equals:subject' }] },
      { outcome: 'accepted' },
    ]);
    const { rows } = await db.pool.query(`select code from aliases where code like 'payment/%' order by 1`);
    expect(rows.map(({ code }: { code: string }) => code)).toEqual(['payment/a', 'payment/b', 'payment/h']);
  });

  it('are no figures: those the hub counts itself', () => {
    const figure = { key: 'x', type: 'vn.lienthong.figure.published.v1', code: 'cases-received/2021-05', data: {} };
    expect(validateFactsRequest({ sender: 'app', facts: [figure] })).toEqual([
      { path: '/facts/0/type', rule: expect.stringMatching(/^enum:/) },
    ]);
    expect(validateFactsRequest({ sender: 'lienthong.hub', facts: [asked('a')] })).not.toEqual([]);
    const many = Array.from({ length: 1_001 }, (_, n) => asked(`m${n}`));
    expect(validateFactsRequest({ sender: 'app', facts: many })).toEqual([{ path: '/facts', rule: 'maxItems:1000' }]);
  });
});
