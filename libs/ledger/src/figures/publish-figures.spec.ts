import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { periodOf } from '#domain';
import type { FigureDefinition, FigureVersion } from '#wire';
import { Database } from '../database.js';
import { enter } from '../enter.js';
import type { EntryItem } from '../entry.js';
import { enterFacts } from '../facts/enter-facts.js';
import { eventually } from '../../../wire/src/testing/eventually.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { verifyChains } from '../verify-chains.js';
import { publishedPeriods, publishFigure, publishPeriod, TURN } from './publish-figures.js';
import { figureHistory, listFigures } from './show-figures.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let fresh: FreshDatabase;
let db: Database;
let n = 0;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});
beforeEach(() =>
  db.pool.query('truncate streams, aliases, events, event_ids, outbox, plan_cursor, case_facts, report_names'),
);

const said = { vi: 'x', en: 'x' };
const definition = (
  id: string,
  version: Partial<FigureVersion> & Pick<FigureVersion, 'measure'>,
): FigureDefinition => ({
  id,
  versions: [{ validFrom: '2021-01-01', name: said, definition: said, unit: 'cases', every: 'year', ...version }],
});
const year = periodOf('2021')!;
const received = definition('cases-received', { measure: 'cases-received' });
const byUnit = definition('by-unit', { measure: 'cases-received', by: 'unit' });

interface Told {
  unit?: string;
  opened?: string;
  due?: string;
  finished?: string;
  count?: number;
}
async function has({
  unit = 'H53.1',
  opened = '2021-03-01',
  due = '2021-03-10',
  finished,
  count = 1,
}: Told): Promise<string[]> {
  const codes = Array.from({ length: count }, () => `F-${++n}`);
  const items = codes.flatMap((code): EntryItem[] => [
    {
      sender: 'mot-cua',
      key: code,
      type: 'vn.lienthong.case.received.v1',
      caseCode: code,
      data: {
        code,
        channel: 'online',
        unit: { code: unit },
        receivedAt: `${opened}T08:00:00+07:00`,
        dueAt: `${due}T17:00:00+07:00`,
      },
      opens: { procedure: 'p', openedOn: opened, dueAt: `${due}T17:00:00+07:00`, unit },
      status: 2,
    },
    ...(finished === undefined ? [] : [ends(code, finished)]),
  ]);
  for (const answer of await enter(db, items, () => true)) expect(answer.outcome).toBe('accepted');
  return codes;
}
const ends = (code: string, day: string): EntryItem => ({
  sender: 'mot-cua',
  key: `${code}/9`,
  type: 'vn.lienthong.case.status-changed.v1',
  caseCode: code,
  data: { status: 9, at: `${day}T10:00:00+07:00`, finishedAt: `${day}T10:00:00+07:00` },
  status: 9,
});
const values = async (of: string): Promise<Record<string, number | null>> =>
  Object.fromEntries((await listFigures(db.pool, { definition: of })).map(({ figure, said }) => [figure, said.value]));

describe('figures as events', () => {
  it('are said once, again when late facts change them, and not when they don’t', async () => {
    const [late] = await has({ count: 20 });
    const resolved = definition('resolved', { measure: 'cases-resolved-early', of: 'cases-received', unit: 'percent' });
    expect(await publishFigure(db, received, year)).toMatchObject({ first: 1, revised: 0, unchanged: 0 });
    expect(await publishFigure(db, received, year)).toMatchObject({ first: 0, revised: 0, unchanged: 1 });
    await publishFigure(db, resolved, year);
    // A case of March that the ledger hears of now, and the end of one that it knew.
    await has({ opened: '2021-03-02' });
    await has({ opened: '2022-03-02' });
    expect(await publishFigure(db, received, year)).toMatchObject({ first: 0, revised: 1 });
    const history = await figureHistory(db.pool, 'figure/cases-received/2021');
    expect(history.map(({ sequence, said: { value, revises } }) => ({ sequence, value, revises }))).toEqual([
      { sequence: 1, value: 20, revises: undefined },
      { sequence: 2, value: 21, revises: { sequence: 1, value: 20, reason: 'late-facts' } },
    ]);
    await enter(db, [ends(late!, '2021-03-05')], () => true);
    expect(await publishFigure(db, resolved, year)).toMatchObject({ revised: 1 });
    // One of 21 is too few.
    expect((await listFigures(db.pool, { definition: 'resolved' }))[0]!.said).toMatchObject({
      value: null,
      suppressed: true,
      revises: { value: 0 },
    });
    expect(await publishedPeriods(db, 'cases-received', '2021-12-31')).toEqual([year]);
    expect(await publishedPeriods(db, 'cases-received', '2022-01-01')).toEqual([]);
    expect(await verifyChains(db.pool)).toMatchObject({ broken: 0 });
  });

  it('hide a small cell with one beside it, and show both when neither is small any more', async () => {
    await has({ unit: 'H53.1', count: 3 });
    for (const unit of ['H53.2', 'H53.3', 'H53.4']) await has({ unit, count: 9 });
    expect(await publishFigure(db, byUnit, year)).toMatchObject({ first: 5 });
    expect(await values('by-unit')).toEqual({
      'figure/by-unit/2021': 30,
      'figure/by-unit/2021/H53.1': null,
      'figure/by-unit/2021/H53.2': null,
      'figure/by-unit/2021/H53.3': 9,
      'figure/by-unit/2021/H53.4': 9,
    });
    await has({ unit: 'H53.1', count: 2 });
    expect(await publishFigure(db, byUnit, year)).toMatchObject({ revised: 3, unchanged: 2 });
    expect(await values('by-unit')).toMatchObject({ 'figure/by-unit/2021/H53.1': 5, 'figure/by-unit/2021/H53.2': 9 });
    const shown = await db.pool.query(
      `select body::text from events where type like '%figure%' and body->>'suppressed' = 'true'`,
    );
    for (const { body } of shown.rows as { body: string }[]) expect(JSON.parse(body)).not.toHaveProperty('numerator');
  });

  it('hide together what one would give away of another: received less resolved is open', async () => {
    await has({ finished: '2021-03-05', count: 8 });
    await has({ count: 3 });
    const [resolved, open] = [definition('resolved-all', { measure: 'cases-resolved' }), definition('still-open', { measure: 'cases-open' })]; // prettier-ignore
    await publishPeriod(db, [received, resolved, open], year);
    expect(await values('still-open')).toEqual({ 'figure/still-open/2021': null });
    const shown = { ...(await values('cases-received')), ...(await values('resolved-all')) };
    // One of the two is enough.
    expect(Object.values(shown).filter((value) => value === null)).toHaveLength(1);
    await has({ count: 2 });
    await publishPeriod(db, [received, resolved, open], year);
    expect(await values('still-open')).toEqual({ 'figure/still-open/2021': 5 });
    expect({ ...(await values('cases-received')), ...(await values('resolved-all')) }).toEqual({
      'figure/cases-received/2021': 13,
      'figure/resolved-all/2021': 8,
    });
  });

  it('are not computable where they are a share of nothing, which isn’t 0', async () => {
    const share = definition('paid', { measure: 'payments-succeeded', of: 'payments-requested', unit: 'percent' });
    await publishFigure(db, share, year);
    const [standing] = await listFigures(db.pool, { definition: 'paid' });
    expect(standing!.said).toMatchObject({ value: null, numerator: 0, denominator: 0 });
    expect(standing!.said).not.toHaveProperty('suppressed');
    expect(await publishFigure(db, share, year)).toMatchObject({ unchanged: 1 });
  });

  it('of a year’s ends are a table of three, and a new definition revises what the old one said', async () => {
    await has({ finished: '2021-03-05', count: 8 });
    await has({ finished: '2021-03-10', count: 7 });
    await has({ finished: '2021-03-11', count: 6 });
    const outcome = definition('outcome', { measure: 'cases-resolved', by: 'outcome' });
    await publishFigure(db, outcome, year);
    expect(await values('outcome')).toEqual({
      'figure/outcome/2021': 21,
      'figure/outcome/2021/early': 8,
      'figure/outcome/2021/on-time': 7,
      'figure/outcome/2021/overdue': 6,
    });
    outcome.versions.push({ ...outcome.versions[0]!, validFrom: '2021-12-31', suppressBelow: 7 });
    expect(await publishFigure(db, outcome, year)).toMatchObject({ revised: 4 });
    const [, ...revised] = await figureHistory(db.pool, 'figure/outcome/2021/overdue');
    expect(revised.map(({ said }) => [said.value, said.revises])).toEqual([
      [null, { sequence: 1, value: 6, reason: 'definition' }],
    ]);
    expect(await publishFigure(db, outcome, periodOf('2021-Q1')!)).toBeUndefined();
    expect(await publishFigure(db, outcome, periodOf('2020')!)).toBeUndefined();
  });

  it('of sums are hidden by the number of payments, and exact beyond 2^31', async () => {
    const amounts = [6_901_272_304, 6_000_000_000, 1, 2, 3];
    const facts = amounts.map((amount, i) => ({
      sender: 'thue',
      key: `${++n}`,
      type: 'vn.lienthong.payment.requested.v1' as const,
      code: `P-${i}`,
      data: { code: `P-${i}`, purpose: 'land' as const, amount, requestedAt: '2021-05-01T08:00:00+07:00' },
      on: '2021-05-01',
      about: 'land',
    }));
    const sums = definition('sums', { measure: 'amount-requested', unit: 'VND' });
    await enterFacts(db, facts.slice(0, 4));
    await publishFigure(db, sums, year);
    expect(await values('sums')).toEqual({ 'figure/sums/2021': null });
    await enterFacts(db, facts);
    await publishFigure(db, sums, year);
    expect(await values('sums')).toEqual({ 'figure/sums/2021': 12_901_272_310 });
  });

  it('counted by several at once are said once', async () => {
    await has({ count: 6 });
    const first = await db.pool.connect();
    await first.query('begin');
    await first.query(TURN);
    const rounds = Array.from({ length: 3 }, () => publishFigure(db, received, year));
    // All of them stand before the count that decides what is news.
    await eventually(async () => {
      const { rows } =
        await first.query(`select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`);
      expect(rows).toEqual([{ n: 3 }]);
    });
    await first.query('commit');
    first.release();
    expect((await Promise.all(rounds)).map((round) => round!.first).sort()).toEqual([0, 0, 1]);
  });
});
