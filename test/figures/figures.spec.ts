import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, enter, verifyChains } from '#ledger';
import { validatePayload } from '#wire';
import { freshDatabase, type FreshDatabase } from '../../libs/ledger/src/testing/fresh-database.js';
import { figures, reproduce, type Reproduced } from './figures.js';
import { centre, plannedFor } from './planned.js';
import { keyOf, published, publishedRows } from './published.js';
import { enterSeeds, measure, type Measured } from './replay.js';
import { centreCases, centreSender, communeCases } from './worlds/uong-bi.js';
import { payments } from './worlds/tay-ninh.js';

const planned = plannedFor(600);
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let fresh: FreshDatabase;
let db: Database;
let measured: Measured;
let rows: Reproduced[];
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
  await enterSeeds(db, planned);
  measured = await measure(db);
  rows = reproduce(measured);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const of = (figure: string, place?: string): Reproduced =>
  rows.find((row) => row.figure === figure && (place === undefined || row.place === place))!;

describe('the seeds’ figures', () => {
  it('are every row of the sources, each with its definition, and null only where a hub can’t compute it', () => {
    expect(Object.keys(figures).sort()).toEqual(publishedRows.map(keyOf).sort());
    expect(rows.map(({ seed, figure, published: value }) => [seed, figure, value])).toEqual(
      publishedRows.map(({ source, figure, value }) => [source, figure, value]),
    );
    const uncomputed = rows.filter(({ reproduced }) => reproduced === null);
    expect(uncomputed.map(({ figure }) => figure)).toEqual([
      'PAR index rank',
      'SIPAS rank',
      'PAR index rank',
      'communes on the one-stop software (target)',
    ]);
    for (const { note } of rows) expect(note).toMatch(/\S · \S/);
  });

  it('are the whole numbers of the sources when everything is replayed', () => {
    const all = plannedFor();
    expect(all.centre).toEqual({ cases: 129_023, carriedOver: 580, resolved: 128_539, early: 122_562 });
    expect(all.communes).toMatchObject({ received: 38_303, resolved: 28_373 });
    expect(all.payments).toEqual({ asked: 4_602, amount: 12_901_272_304, succeeded: 2_223, amountSucceeded: 6_901_272_304 }); // prettier-ignore
    expect(all).toMatchObject({ accounts: 74_853, petitions: { received: 1_501, answered: 1_097, inTime: 921 } });
    const sums = { asked: 0, paid: 0 };
    for (const [asked, settled] of payments(all)) {
      sums.asked += (asked!.data as { amount: number }).amount;
      sums.paid += (settled?.data as { amount: number } | undefined)?.amount ?? 0;
    }
    expect(sums).toEqual({ asked: 12_901_272_304, paid: 6_901_272_304 });
  });

  it('of a smaller world are exactly what that world was planned to have', () => {
    const { centre: c, communes: k, payments: p, petitions: q } = planned;
    expect(measured.centre).toMatchObject({
      'cases-received': c.cases,
      'cases-carried-over': c.carriedOver,
      'cases-resolved': c.resolved,
      'cases-resolved-early': c.early,
      'cases-resolved-on-time': c.resolved - c.early,
      'cases-resolved-overdue': 0,
      'cases-open': c.cases - c.resolved,
    });
    expect(measured.communes).toMatchObject({
      'cases-received': k.received,
      'cases-resolved': k.resolved,
      'cases-resolved-early': k.early,
      'cases-resolved-overdue': 0,
      'open-past-due': k.pastDue,
    });
    expect(Object.values(measured.payments)).toEqual([p.asked, p.succeeded, p.amount, p.amountSucceeded]);
    expect(Object.values(measured.petitions)).toEqual([q.received, q.answered, q.inTime]);
    expect(measured.accounts).toBe(planned.accounts);
  });

  it('that are lists are the sources’ own, whatever the size of the world', () => {
    for (const row of rows.filter(({ unit }) => ['procedures', 'services', 'units', 'fields'].includes(unit)))
      expect({ figure: row.figure, reproduced: row.reproduced }).toEqual({
        figure: row.figure,
        reproduced: row.published,
      });
    expect(of('connected to the national portal').beside).toEqual({
      'share on the portal, percent': 81.9,
      'procedures unclassified': 147,
    });
  });

  it('show the other reading beside the one that was taken', () => {
    const { cases, resolved, carriedOver } = planned.centre;
    expect(of('cases resolved', centre).beside).toEqual({
      'left, the carried-over among the received': cases - resolved,
      'left, the carried-over on top': cases - resolved + carriedOver,
      'received, the carried-over on top': cases + carriedOver,
    });
    expect(of('cases resolved', centre).note).toContain('1,064 left');
    expect(of('resolved before the deadline').note).toContain('13 integers fit (122,556 to 122,568)');
    expect(of('sum of the successful').note).toMatch(/ĐÁNH DẤU.*2,379 transactions and exactly 6,000,000,000 đ/);
  });

  it('are of events that any door would take', () => {
    for (const world of [centreCases, communeCases])
      for (const items of [...world(planned)].slice(0, 50))
        for (const { type, data } of items) expect(validatePayload(type, data)).toEqual([]);
  });

  it('follow an event that comes later, and a replay of everything changes nothing', async () => {
    const again = await enterSeeds(db, planned);
    expect(again).toBeGreaterThan(planned.centre.cases);
    expect(await measure(db)).toEqual(measured);
    const open = [...centreCases(planned)].find((items) => items.length === 1)![0]!;
    const ends = { status: 9, at: '2021-12-31T16:00:00+07:00', finishedAt: '2021-12-31T16:00:00+07:00' };
    const [answer] = await enter(
      db,
      [{ sender: centreSender, key: 'late', type: 'vn.lienthong.case.status-changed.v1', caseCode: open.caseCode, data: ends, status: 9 }], // prettier-ignore
      () => true,
    );
    expect(answer).toMatchObject({ outcome: 'accepted' });
    expect((await measure(db)).centre['cases-resolved']).toBe(planned.centre.resolved + 1);
    expect(await verifyChains(db.pool)).toMatchObject({ broken: 0 });
    expect(published(`${centre}: cases received`)).toBe(129_023);
  });
});
