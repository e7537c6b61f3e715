import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { neighbour, readPeriod } from '#domain';
import { locateReportFile, type CaseReportFile } from '#wire';
import { Database } from '../database.js';
import { countCases, sumOf, usualPractice } from '../figures/count-period.js';
import { mergeStreams, orderMerge } from '../operations/merge.js';
import { plan } from '../plan.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { tell, tellMore, type ToldCase, type ToldEvent } from '../testing/told-case.js';
import { anyCase, countTold } from '../testing/told-case.reference.js';
import { casesBehind, caseReport, type CaseReport } from './case-report.js';
import { caseColumns, reportBys, type ReportBy } from './counted-cases.js';
import { applyReports, caseReportOn } from './definitions.js';
import { rebuildFacts, refreshFacts } from './refresh-facts.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const by = { author: 'spec', note: null };
const file = locateReportFile(readFileSync('deploy/reports/ii-06a.yaml', 'utf8'), {}).file as CaseReportFile;
let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet, 3);
  await applyReports(db, [file], by);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const today = '2026-11-26';
async function asked(period: string, rows: ReportBy = 'field', on = today) {
  const read = readPeriod(period)!;
  const found = await caseReportOn(db, 'II.06a', read.last);
  if (found.outcome !== 'found') throw new Error(found.outcome);
  return { definition: found.definition, period: read, by: rows, today: on };
}
async function report(period: string, rows: ReportBy = 'field', on = today): Promise<CaseReport> {
  await refreshFacts(db);
  return caseReport(db, await asked(period, rows, on));
}

const facts = async (): Promise<unknown[]> => {
  const kept = await db.pool.query(`select * from case_facts order by stream_id`);
  const names = await db.pool.query(`select * from report_names order by kind, code`);
  return [...kept.rows, ...names.rows];
};

const at = (day: string, time = '10:00'): string => `${day}T${time}:00+07:00`;
let n = 0;
const code = (): string => `000.00.14.H99-210301-${String(++n).padStart(4, '0')}`;
const told = (more: Partial<ToldCase>): ToldCase => ({
  code: code(),
  receivedAt: at('2021-03-02'),
  dueAt: at('2021-03-20', '17:00'),
  ...more,
});
const ends = (day: string, time?: string): ToldEvent[] => [
  { kind: 'status', status: 4, at: at('2021-03-03') },
  { kind: 'status', status: 9, at: at(day, time), finishedAt: at(day, time) },
];

describe('II.06a over a small world of events', () => {
  const shifted = told({ then: ends('2021-03-20') });

  it('fills every column from the events’ own dates', async () => {
    await tell(db, [
      told({ then: ends('2021-03-19'), channel: 'online' }),
      shifted,
      told({ then: ends('2021-03-22'), channel: 'post' }),
      // 00:30 of the 20th in Vietnam is the 19th elsewhere: on time, not early.
      told({ then: ends('2021-03-20', '00:30') }),
      told({ receivedAt: at('2021-02-10'), dueAt: at('2021-03-01'), then: ends('2021-03-04') }),
      // Received and finished before the period, or after it: nowhere.
      told({
        receivedAt: at('2021-02-10'),
        then: [{ kind: 'status', status: 9, at: at('2021-02-11'), finishedAt: at('2021-02-11') }],
      }),
      told({ receivedAt: at('2021-04-01', '00:00') }),
      // Open: in time, overdue, paused although overdue.
      told({ dueAt: at('2021-04-20') }),
      told({}),
      told({ then: [{ kind: 'status', status: 5, at: at('2021-03-05') }] }),
      told({ then: [{ kind: 'status', status: 8, at: at('2021-03-05') }] }),
      // Withdrawn; without a due date.
      told({ then: [{ kind: 'status', status: 7, at: at('2021-03-25') }] }),
      { code: code(), receivedAt: at('2021-03-02'), then: ends('2021-03-31') },
      // Not counted: only registered, refused.
      told({ status: 1, channel: 'online' }),
      told({ then: [{ kind: 'status', status: 3, at: at('2021-03-05') }] }),
    ]);
    expect((await report('2021-03')).total).toEqual({
      received: 11,
      online: 1,
      direct: 9,
      carriedOver: 1,
      resolved: 7,
      early: 1,
      onTime: 4,
      overdue: 2,
      open: 4,
      openInTime: 3,
      openOverdue: 1,
    });
    expect((await report('2021-Q2')).total).toMatchObject({ received: 5, direct: 1, carriedOver: 4, resolved: 0 });
  });

  it('changes exactly the figures of the date that is shifted', async () => {
    const world = (field: string, end: string): ToldCase[] =>
      [ends('2021-03-10'), ends(end), ends('2021-03-25'), []].map((then) => told({ field, then }));
    const worlds = { A: '2021-03-20', B: '2021-03-21', C: '2021-04-01' };
    for (const [field, end] of Object.entries(worlds)) await tell(db, world(field, end));
    const { rows } = await report('2021-03');
    const [a, b, c] = Object.keys(worlds).map((field) => {
      const { row: _, name: __, ...counts } = rows.find(({ row }) => row === field)!;
      return counts;
    });
    expect(b).toEqual({ ...a!, onTime: 0, overdue: 2 });
    expect(c).toEqual({ ...a!, onTime: 0, resolved: 2, open: 2, openOverdue: 2 });
  });

  it('judges what is open on the period’s last day, or today while the period lasts', async () => {
    const on = async (day: string) =>
      (await report('2021-03', 'field', day)).rows.find(({ row }) => row === 'G15-TP10');
    expect(await on('2021-03-20')).toMatchObject({ openInTime: 4, openOverdue: 0 });
    expect(await on('2021-03-21')).toMatchObject({ openInTime: 3, openOverdue: 1 });
  });

  it('keeps a period’s answer when a due date is prolonged after it', async () => {
    const late = told({
      procedure: '1.000777',
      dueAt: at('2021-03-10'),
      then: [{ kind: 'status', status: 5, at: at('2021-04-02') }],
    });
    await tell(db, [late]);
    const of = async (period: string) => (await report(period, 'procedure')).rows.find(({ row }) => row === '1.000777');
    expect(await of('2021-03')).toMatchObject({ openInTime: 0, openOverdue: 1 });
    await tellMore(db, late, [{ kind: 'supplement', at: at('2021-04-06'), dueAt: at('2021-05-10') }]);
    expect(await of('2021-03')).toMatchObject({ openInTime: 0, openOverdue: 1 });
    expect(await of('2021-04')).toMatchObject({ openInTime: 1, openOverdue: 0 });
  });

  it('names rows by what the newest case calls them, and keeps cases without a field in a row of their own', async () => {
    await tell(db, [told({ field: null, procedure: '1.000888' })]);
    const { rows } = await report('2021-03');
    expect(rows.map(({ row, name }) => [row, name]).slice(-2)).toEqual([
      ['G15-TP10', 'Lĩnh vực G15-TP10'],
      ['', null],
    ]);
  });
});

describe('a case that had two codes', () => {
  it('is counted once, with the events of both', async () => {
    const loser = told({ procedure: '1.000999', then: ends('2021-03-19') });
    const survivor = told({ procedure: '1.000999' });
    await tell(db, [loser, survivor]);
    const row = async () => (await report('2021-03', 'procedure')).rows.find(({ row: code }) => code === '1.000999');
    expect(await row()).toMatchObject({ received: 2, resolved: 1, open: 1 });
    const { rows } = await db.pool.query<{ id: string }>(`select stream_id as id from aliases where code = any($1)`, [
      [loser.code, survivor.code],
    ]);
    await plan(
      db,
      rows.map(({ id }) => id),
      () => ({ recipients: [], collectFrom: [] }),
    );
    const order = { loser: loser.code, into: survivor.code, author: 'spec', reason: 'nhập hai lần' };
    const ordered = await orderMerge(db, order);
    if (ordered.outcome !== 'ordered') throw new Error(ordered.outcome);
    const { step } = await db.transaction((client) => mergeStreams(client, ordered.operation));
    expect(step).toEqual({ outcome: 'merged' });
    expect(await row()).toMatchObject({ received: 1, resolved: 1, early: 1, open: 0 });
    const kept = await facts();
    await rebuildFacts(db);
    expect(await facts()).toEqual(kept);
  });
});

describe('II.06a over random worlds', () => {
  it('adds up, chains from period to period, opens to its cases, and is what the events say', async () => {
    const all: ToldCase[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyCase, { minLength: 1, maxLength: 40 }),
        fc.constantFrom('2021', '2021-Q1', '2021-02', '2021-03', '2021-03-15'),
        fc.constantFrom(...reportBys),
        fc.constantFrom(...caseColumns),
        async (cases, period, rows, column) => {
          const named = cases.map((one) => ({
            ...one,
            code: `R-${code()}`,
            unit: `R.${one.unit}`,
            field: `R-${one.field}`,
            procedure: `9.${one.procedure}`,
          }));
          await tell(db, named);
          all.push(...named);
          await refreshFacts(db);

          const ask = await asked(period, rows);
          const whole = await caseReport(db, ask);
          const ours = whole.rows.filter(({ row }) => /^(R|9)/.test(row));
          expect(Object.fromEntries(ours.map(({ row, name: _, ...counts }) => [row, counts]))).toEqual(
            countTold(all, ask.period, rows, file.versions[0]!),
          );
          for (const each of [...whole.rows, whole.total]) {
            expect(each.received).toBe(each.online + each.direct + each.carriedOver);
            expect(each.received).toBe(each.resolved + each.open);
            expect(each.resolved).toBe(each.early + each.onTime + each.overdue);
            expect(each.open).toBe(each.openInTime + each.openOverdue);
          }
          // The figures that a monitoring centre gets are the same cases by the same rules.
          const told = sumOf(await countCases(db.pool, { period: { from: ask.period.first, to: ask.period.last } }));
          expect(told).toMatchObject({
            'cases-received': whole.total.received,
            'cases-carried-over': whole.total.carriedOver,
            'cases-resolved': whole.total.resolved,
            'cases-resolved-early': whole.total.early,
            'cases-resolved-on-time': whole.total.onTime,
            'cases-resolved-overdue': whole.total.overdue,
            'cases-open': whole.total.open,
          });
          const next = await caseReport(db, { ...ask, period: neighbour(ask.period, 'after') });
          expect(next.total.carriedOver).toBe(whole.total.open);
          for (const { row, open } of whole.rows)
            expect(next.rows.find((other) => other.row === row)?.carriedOver ?? 0).toBe(open);

          for (const { row, ...counts } of whole.rows) {
            const codes: string[] = [];
            for await (const one of casesBehind(db, { ...ask, column, row }, 7)) codes.push(one.code);
            expect([row, new Set(codes).size, codes.length]).toEqual([row, counts[column], counts[column]]);
          }
          let behindTotal = 0;
          for await (const _ of casesBehind(db, { ...ask, column })) behindTotal++;
          expect(behindTotal).toBe(whole.total[column]);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('keeps facts that are what a rebuild makes of the events', async () => {
    const kept = await facts();
    expect(kept.length).toBeGreaterThan(50);
    expect(await rebuildFacts(db)).toBeGreaterThan(50);
    expect(await facts()).toEqual(kept);
    expect(await refreshFacts(db)).toBe(0);
  });
});

describe('a definition', () => {
  it('that comes with the hub is how figures count where none was applied', () => {
    expect(file.versions.at(-1)).toMatchObject(usualPractice);
  });

  it('holds for the periods of its own days', async () => {
    const [first] = file.versions;
    const dated = {
      ...file,
      versions: [
        { ...first!, refused: 'resolved' as const },
        { ...first!, validFrom: '2021-06-01' },
      ],
    };
    const march = await report('2021-03');
    const june = await report('2021-06');
    await applyReports(db, [dated], by);
    const now = await report('2021-03');
    expect(now.total.resolved).toBeGreaterThan(march.total.resolved);
    expect(now.definition).toMatchObject({ serial: 2, validFrom: first!.validFrom });
    expect((await report('2021-06')).total).toEqual(june.total);
    expect(await applyReports(db, [dated], by)).toEqual([{ report: 'II.06a', serial: 2, isChanged: false }]);
    expect(await caseReportOn(db, 'II.06a', '2017-12-31')).toEqual({ outcome: 'before', first: '2018-01-01' });
    expect(await caseReportOn(db, 'II.07', '2021-12-31')).toEqual({ outcome: 'unknown-report' });
  });
});
