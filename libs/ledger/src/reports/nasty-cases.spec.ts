import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readPeriod } from '#domain';
import { locateReportFile, type CaseReportFile } from '#wire';
import { Database } from '../database.js';
import { enter } from '../enter.js';
import { enterFacts } from '../facts/enter-facts.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { tell } from '../testing/told-case.js';
import { caseReport, casesBehind, type CaseCounts } from './case-report.js';
import type { CaseColumn } from './counted-cases.js';
import { countFaults } from './data-faults.js';
import { applyReports, caseReportOn } from './definitions.js';
import { refreshFacts } from './refresh-facts.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const file = locateReportFile(readFileSync('deploy/reports/ii-06a.yaml', 'utf8'), {}).file as CaseReportFile;
const today = '2021-04-02';
let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet, 3);
  await applyReports(db, [file], { author: 'spec', note: null });
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const at = (day: string, time = '10:00'): string => `2021-${day}T${time}:00+07:00`;
const ends = (day: string, time?: string) =>
  ({ kind: 'status', status: 9, at: at(day, time), finishedAt: at(day, time) }) as const;
async function asked(period: string) {
  const found = await caseReportOn(db, 'II.06a', '2021-03-31');
  if (found.outcome !== 'found') throw new Error(found.outcome);
  return { definition: found.definition, period: readPeriod(period)!, by: 'field' as const, today };
}
async function counted(period: string): Promise<Partial<CaseCounts>> {
  await refreshFacts(db);
  const { total } = await caseReport(db, await asked(period));
  return Object.fromEntries(Object.entries(total).filter(([, n]) => n > 0));
}
async function behind(period: string, column: CaseColumn): Promise<string[]> {
  const codes: string[] = [];
  for await (const { code } of casesBehind(db, { ...(await asked(period)), column })) codes.push(code);
  return codes.sort();
}

it('counts by hand: midnight, a revoked result, dates that can’t be, several periods, and nothing but cases', async () => {
  const due = at('03-20', '17:00');
  await tell(db, [
    // The last minute of March and the first of April; on the day, and a minute after it.
    { code: 'last', receivedAt: at('03-31', '23:59'), dueAt: at('04-20') },
    { code: 'first', receivedAt: at('04-01', '00:00'), dueAt: at('04-20') },
    { code: 'on-day', receivedAt: at('03-02'), dueAt: due, then: [ends('03-20', '23:59')] },
    { code: 'after', receivedAt: at('03-02'), dueAt: due, then: [ends('03-21', '00:00')] },
    // Open since January, done in March: carried into two periods, resolved in one.
    { code: 'long', receivedAt: at('01-05'), dueAt: at('02-05'), then: [ends('03-15')] },
    { code: 'revoked', receivedAt: at('03-02'), dueAt: due, then: [ends('03-10')] },
    { code: 'to-and-fro', receivedAt: at('03-02'), dueAt: due, then: [{ kind: 'status', status: 5, at: at('03-03') }, { kind: 'supplement', at: at('03-05') },
      { kind: 'status', status: 5, at: at('03-06') }, { kind: 'supplement', at: at('03-08') }, ends('03-19')] }, // prettier-ignore
    { code: 'before-it-came', receivedAt: at('03-25'), dueAt: at('04-25'), then: [ends('02-20')] },
    { code: 'future', receivedAt: '2031-03-02T08:00:00+07:00', dueAt: '2031-03-20T08:00:00+07:00' },
  ]);
  const revoked = { sender: 'mot-cua', key: 'revoked/x', caseCode: 'revoked', type: 'vn.lienthong.case.result-revoked.v1' } as const; // prettier-ignore
  expect(await enter(db, [{ ...revoked, data: { at: at('03-28') } }], () => true)).toMatchObject([{ outcome: 'accepted' }]); // prettier-ignore
  const payment = { sender: 'thue', type: 'vn.lienthong.payment.requested.v1', code: 'P-1', on: '2021-03-05', about: 'land' } as const; // prettier-ignore
  await enterFacts(db, [{ ...payment, key: 'p', data: { code: 'P-1', purpose: 'land', amount: 1, requestedAt: at('03-05') } }]); // prettier-ignore
  const { rows } = await db.pool.query<{ kind: string; n: number }>(`select kind, count(*)::int as n from streams group by kind order by kind`); // prettier-ignore
  expect(rows).toEqual([{ kind: 'case', n: 9 }, { kind: 'payment', n: 1 }]); // prettier-ignore

  expect(await counted('2021-01')).toEqual({ received: 1, direct: 1, open: 1, openInTime: 1 });
  expect(await counted('2021-02')).toEqual({ received: 1, carriedOver: 1, open: 1, openOverdue: 1 });
  expect(await counted('2021-03')).toEqual({ received: 7, direct: 6, carriedOver: 1, resolved: 6, early: 3, onTime: 1, overdue: 2, open: 1, openInTime: 1 }); // prettier-ignore
  expect(await counted('2021-04')).toEqual({ received: 2, direct: 1, carriedOver: 1, open: 2, openInTime: 2 });
  expect(await behind('2021-03', 'early')).toEqual(['before-it-came', 'revoked', 'to-and-fro']);
  expect(await behind('2021-03', 'overdue')).toEqual(['after', 'long']);
  expect(await behind('2021-03', 'onTime')).toEqual(['on-day']);
  expect(await countFaults(db, undefined, new Date(`${today}T12:00:00+07:00`))).toMatchObject({
    'received-in-future': 1,
    'ended-before-received': 1,
  });
});
