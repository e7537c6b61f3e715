import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listDiscrepancies, settleByHand, takeAsItIs, toCompareAgain } from '#ledger';
import { createLog } from '#service';
import type { Repair } from '#wire';
import { Books, works } from '../lines/books.fixture.js';
import { repairByPolicy } from './repair-by-policy.js';

const log = createLog('spec', 'silent');

let books: Books;
beforeAll(async () => {
  books = await Books.begin();
});
beforeEach(() => books.clear());
afterAll(() => books.end());

describe('repair by policy', () => {
  it('sends again what it may, bounded a day, rehearsed before, and compares its days again', async () => {
    const all = await books.entered(5);
    books.theirs = books.theirs.slice(4);
    const policy = { 'missing-there': { repair: 'resend', atMostADay: 3 } } as const;
    await books.compare();
    // Seen once: it doesn't count yet.
    expect((await repairByPolicy(books.db, log, 'portal', policy)).size).toBe(0);
    await books.compare();
    const done = await repairByPolicy(books.db, log, 'portal', policy);
    expect(done.get('missing-there')!.map(({ outcome }) => outcome)).toEqual(['ordered', 'ordered', 'ordered']);
    expect((await repairByPolicy(books.db, log, 'portal', policy)).size).toBe(0);
    const { rows } = await books.db.pool.query<{ kind: string; author: string; result: object | null }>(
      `select kind, author, result from operations order by id`,
    );
    expect(rows).toMatchObject([
      { kind: 'rehearse-resend', author: 'reconciliation', result: { cases: 3, deliveries: 3 } },
      { kind: 'resend', author: 'reconciliation' },
    ]);
    await books.carryOut();
    await books.deliver();
    const attempts = await books.db.pool.query<{ asked_by: string; n: number }>(
      `select asked_by, count(*)::int as n from attempts group by 1 order by 1`,
    );
    expect(attempts.rows).toEqual([
      { asked_by: 'reconciliation', n: 3 },
      { asked_by: 'schedule', n: 5 },
    ]);
    expect(await toCompareAgain(books.db)).toHaveLength(1);
    await books.agree();
    books.theirs = books.theirs.filter(({ key }) => key !== all[3]);
    await books.compare();
    expect(await books.named()).toEqual([`missing-there ${all[3]}`]);
    const settled = await listDiscrepancies(books.db, { all: true });
    expect(settled.filter(({ settledAs }) => settledAs === 'resend')).toHaveLength(3);
    expect(await toCompareAgain(books.db)).toEqual([]);
  });

  it('sends again the progress row that the partner lost and no other, and nothing is left to note', async () => {
    const row = (status: 4 | 5 | 9, day: string) =>
      ({ ...works, status, data: { status, at: `2026-05-${day}T09:00:00+07:00` } }) as typeof works;
    const [code] = await books.entered(1, row(4, '06'), row(5, '07'), row(9, '08'));
    const lost = '2026-05-07T09:00:00/5';
    books.falsify(code!, ({ fields }) => {
      expect(fields.progress).toContain(lost);
      fields.progress = '2026-05-06T09:00:00/4,2026-05-08T09:00:00/9';
      fields.progressRows = '2';
    });
    for (const kind of ['digest', 'list'] as const) await books.compare(kind);
    expect(await books.open()).toMatchObject([
      { type: 'progress-missing', counted: true, detail: { rows: [lost], settle: 'resend' } },
    ]);
    const policy = { 'progress-missing': settle('resend') };
    expect((await repairByPolicy(books.db, log, 'portal', policy)).get('progress-missing')).toMatchObject([
      { outcome: 'ordered' },
    ]);
    await books.carryOut();
    await books.deliver();
    const { rows } = await books.db.pool.query<{ sequence: number; asked_by: string }>(
      `select sequence, asked_by from attempts where asked_by = 'reconciliation'`,
    );
    expect(rows).toEqual([{ sequence: 3, asked_by: 'reconciliation' }]);
    await books.agree();
    await books.compare();
    expect(await books.open()).toEqual([]);
    expect(await listDiscrepancies(books.db, { all: true })).toMatchObject([{ settledAs: 'resend' }]);
  });

  it('adopts a code that a person says is the same case’s, and the books agree by it', async () => {
    const [code] = await books.entered(3);
    books.falsify(code!, (line) => void (line.key = 'CQ-0001'));
    await books.compare();
    const [one] = await books.open();
    const settling = { agency: 'portal', repair: 'adopt-code', author: 'lan', reason: null } as const;
    expect(await settleByHand(books.db, [one!.id], settling)).toMatchObject([{ outcome: 'ordered' }]);
    await books.compare();
    expect(await books.open()).toEqual([]);
    expect(await listDiscrepancies(books.db, { all: true })).toMatchObject([
      { settledAs: 'adopt-code', settledBy: 'lan' },
    ]);
  });

  it('leaves as it is what a person took as it is, until it says something else', async () => {
    const [code] = await books.entered(3);
    books.falsify(code!, ({ fields }) => void (fields.status = '4'));
    await books.compare();
    await takeAsItIs(books.db, [(await books.open())[0]!.id], 'lan', 'đã gọi điện');
    await books.compare();
    expect(await books.open()).toEqual([]);
    books.falsify(code!, ({ fields }) => void (fields.status = '5'));
    await books.compare();
    expect(await books.open()).toHaveLength(1);
  });

  it('does nothing that would double a case, whoever says so', async () => {
    const all = await books.entered(3);
    books.theirs.push({ ...books.theirs.find(({ key }) => key === all[0])! });
    books.falsify(all[1]!, (line) => void (line.key = 'CQ-0001'));
    await books.compare();
    await books.compare();
    const ids = (await books.open()).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    const policy = { 'doubled-there': settle('resend'), 'other-code': settle('resend') };
    const done = await repairByPolicy(books.db, log, 'portal', policy);
    expect([...done.values()].flat().map(({ outcome }) => outcome)).toEqual(['not-so']);
    const settling = { agency: 'portal', repair: 'resend', author: 'lan', reason: null } as const;
    expect((await settleByHand(books.db, ids, settling)).map(({ outcome }) => outcome)).toEqual(['not-so', 'not-so']);
    const { rows } = await books.db.pool.query(`select 1 from operations`);
    expect(rows).toEqual([]);
  });

  it('comes to those that wait though others are refused each day, and leaves these to a person after three times', async () => {
    const all = await books.entered(4);
    books.theirs = [];
    await books.compare();
    await books.compare();
    const policy = { 'missing-there': { repair: 'resend', atMostADay: 2 } } as const;
    const days: string[][] = [];
    for (let day = 0; day < 7; day++) {
      const done = await repairByPolicy(books.db, log, 'portal', policy);
      days.push((done.get('missing-there') ?? []).map(({ key }) => key).sort());
      // A day later, nothing of it has helped.
      await books.db.pool.query(`alter table discrepancy_repairs disable trigger user`);
      await books.db.pool.query(`update discrepancy_repairs set at = at - interval '1 day'`);
    }
    const [first, second] = [all.slice(0, 2), all.slice(2)];
    expect(days).toEqual([first, second, first, second, first, second, []]);
  });

  it('hides nothing that only people can do: it is noted, and stays open until both sides agree', async () => {
    const [code] = await books.entered(3);
    books.theirs.push({ ...books.theirs.find(({ key }) => key === code)! });
    await books.compare();
    const [one] = await books.open();
    const settling = { agency: 'portal', repair: 'ask-partner', author: 'lan', reason: 'công văn 12' } as const;
    expect(await settleByHand(books.db, [one!.id], settling)).toMatchObject([{ outcome: 'noted' }]);
    await books.compare();
    expect(await books.open()).toMatchObject([{ counted: true, type: 'doubled-there' }]);
    const policy = { 'doubled-there': settle('ask-partner') };
    expect((await repairByPolicy(books.db, log, 'portal', policy)).size).toBe(0);
    await books.agree();
    await books.compare();
    expect(await listDiscrepancies(books.db, { all: true })).toMatchObject([
      { settledAs: 'ask-partner', settledBy: 'lan' },
    ]);
  });

  it('keeps to a day’s bound when two processes do it at once', async () => {
    await books.entered(6);
    books.theirs = [];
    await books.compare();
    await books.compare();
    const policy = { 'missing-there': { repair: 'resend', atMostADay: 4 } } as const;
    const done = await Promise.all([1, 2, 3].map(() => repairByPolicy(books.db, log, 'portal', policy)));
    expect(done.flatMap((one) => one.get('missing-there') ?? [])).toHaveLength(4);
  });

  it('asks the agency for a case that it has and we don’t, and says so where it can’t be asked', async () => {
    const [code] = await books.entered(2);
    books.falsify(code!, (line) => void (line.fields.status = '5'));
    await books.compare('list', {
      contract: { sends: ['case.status-changed'], collect: { ask: 'case', every: '1h' } as never },
    });
    const [one] = await books.open();
    expect(one).toMatchObject({ type: 'status-differs', detail: { settle: 'fetch' } });
    const settling = { agency: 'portal', repair: 'fetch', author: 'lan', reason: null } as const;
    expect(await settleByHand(books.db, [one!.id], settling)).toMatchObject([{ outcome: 'cannot-be-asked' }]);
    await books.db.pool.query(
      `insert into collections (agency_id, stream_id, due_at, ended) values ('portal', $1, now() + interval '1 day', true)`,
      [one!.streamId],
    );
    expect(await settleByHand(books.db, [one!.id], settling)).toMatchObject([{ outcome: 'ordered' }]);
    const { rows } = await books.db.pool.query(`select due_at <= now() as due, ended from collections`);
    expect(rows).toEqual([{ due: true, ended: false }]);
    // A case is fetched in the collectors' own time: not before.
    expect(await toCompareAgain(books.db)).toEqual([]);
    await books.db.pool.query(`update operations set ended_at = now() - interval '2 minutes'`);
    await books.db.pool.query(`update comparisons set began_at = began_at - interval '1 hour'`);
    expect(await toCompareAgain(books.db)).toMatchObject([{ agency: 'portal' }]);
  });
});

const settle = (repair: Repair) => ({ repair, atMostADay: 5 });
