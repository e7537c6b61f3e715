import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lastCases } from '../cases.js';
import { Database } from '../database.js';
import { orderMerge } from '../operations/merge.js';
import { streamsAfter } from '../overview.js';
import { plan } from '../plan.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { verifyChains } from '../verify-chains.js';
import { enterFacts, type Fact } from './enter-facts.js';

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

const at = '2021-06-01T08:00:00+07:00';
const about = { on: '2021-06-01', about: 'land' };
const asked = (code: string, amount = 1_000, sender = 'tay-ninh'): Fact => ({
  sender,
  key: `${code}/asked`,
  type: 'vn.lienthong.payment.requested.v1',
  code,
  data: { code, purpose: 'land', amount, requestedAt: at },
  ...about,
});
const settled = (code: string, sender = 'tay-ninh'): Fact => ({
  sender,
  key: `${code}/settled`,
  type: 'vn.lienthong.payment.settled.v1',
  code,
  data: { outcome: 'succeeded', amount: 1_000, at },
  ...about,
});
const outcomes = async (facts: Fact[]): Promise<string[]> =>
  (await enterFacts(db, facts)).map(({ outcome }) => outcome);

describe('facts of streams that aren’t cases', () => {
  it('are numbered, chained and put out like a case’s events', async () => {
    const answers = await enterFacts(db, [asked('a'), settled('a'), asked('b')]);
    expect(answers).toMatchObject([
      { outcome: 'accepted', sequence: 1 },
      { outcome: 'accepted', sequence: 2 },
      { outcome: 'accepted', sequence: 1 },
    ]);
    expect(await outcomes([settled('b')])).toEqual(['accepted']);
    expect(await verifyChains(db.pool)).toMatchObject({ broken: 0 });
    const { rows } = await db.pool.query(
      `select o.kind, o.type, a.code from outbox o join aliases a using (stream_id) order by a.code, o.sequence`,
    );
    const [first, second] = ['requested', 'settled'].map((what) => `vn.lienthong.payment.${what}.v1`);
    expect(rows).toEqual(
      ['payment/a', 'payment/b'].flatMap((code) => [first, second].map((type) => ({ kind: 'payment', type, code }))),
    );
    const planned = await plan(db, [(answers[0] as { stream: string }).stream], () => ({ recipients: [{ agency: 'ioc' }], collectFrom: [] })); // prettier-ignore
    expect([...planned.reached.values()]).toEqual([2]);
  });

  it('are entered once: the same key gets the earlier answer, with another body it is a conflict', async () => {
    const [first] = await enterFacts(db, [asked('once')]);
    expect(await enterFacts(db, [asked('once')])).toEqual([{ ...first, outcome: 'repeated' }]);
    expect(await outcomes([asked('once', 2_000)])).toEqual(['conflict']);
    expect(await outcomes([asked('twice'), asked('twice')])).toEqual(['accepted', 'repeated']);
  });

  it('are refused alone where their payload is wrong, and the others are taken', async () => {
    const wrong = asked('c', -1);
    const elsewhere = { ...asked('d'), code: 'other' };
    expect(await enterFacts(db, [wrong, asked('e'), elsewhere])).toMatchObject([
      { outcome: 'refused', faults: [{ path: '/amount', rule: 'minimum:0' }] },
      { outcome: 'accepted' },
      { outcome: 'refused', faults: [{ path: '/code', rule: 'equals:subject' }] },
    ]);
  });

  it('begin with what opens their stream, go on by who opened it, and leave nothing behind where they may not', async () => {
    expect(await outcomes([settled('f')])).toEqual(['unknown-stream']);
    expect(await outcomes([settled('e', 'another')])).toEqual(['not-your-stream']);
    const taken = { ...asked('g'), key: 'once/asked' };
    expect(await outcomes([taken])).toEqual(['conflict']);
    const { rowCount } = await db.pool.query(`select 1 from aliases where code in ('payment/f', 'payment/g')`);
    expect(rowCount).toBe(0);
  });

  it('are no cases: neither listed nor counted among them, and never merged', async () => {
    const { rows } = await db.pool.query(`select count(*)::int as n from streams where kind = 'payment'`);
    expect(rows[0]).not.toEqual({ n: 0 });
    expect(await lastCases(db, 10)).toEqual([]);
    expect(await streamsAfter(db, '0')).toMatchObject({ settled: 0, all: 0 });
    expect(await orderMerge(db, { loser: 'payment/a', into: 'payment/b', reason: 'r', author: 'a' })).toMatchObject({ outcome: 'other-kind' }); // prettier-ignore
  });

  it('that open one stream at the same moment open it once', async () => {
    const rounds = Array.from({ length: 8 }, (_, n) => outcomes([asked('race'), { ...settled('race'), key: `r${n}` }]));
    const answers = (await Promise.all(rounds)).flat();
    expect(answers.filter((outcome) => outcome === 'accepted')).toHaveLength(9);
    expect(answers.filter((outcome) => outcome === 'repeated')).toHaveLength(7);
    expect(await verifyChains(db.pool)).toMatchObject({ broken: 0 });
  });
});
