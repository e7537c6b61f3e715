import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readPeriod } from '#domain';
import { locateReportFile, type ServiceIndexFile } from '#wire';
import { Database } from '../database.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { tell, type ToldCase, type ToldEvent } from '../testing/told-case.js';
import { applyReports, caseReportOn, serviceIndexOn } from './definitions.js';
import { judgedColumns } from './judged-cases.js';
import {
  appeals,
  judgedBehind,
  judgedReport,
  scoreOf,
  type Appeal,
  type JudgedAsk,
  type JudgedCase,
} from './judged-report.js';
import { refreshFacts } from './refresh-facts.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const read = (name: string) => locateReportFile(readFileSync(`deploy/reports/${name}.yaml`, 'utf8'), {}).file;
const deployed = read('index-766') as ServiceIndexFile;
/** The rules as they are, said to have held in 2021, too. */
const index = { ...deployed, versions: [{ ...deployed.versions[0]!, validFrom: '2018-01-01' }] };
let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet, 3);
  await applyReports(db, [read('ii-06a'), index], { author: 'spec', note: null });
  await db.pool.query(`insert into agencies (id, name) values ('cong-dvc', '{}')`);
  await db.pool.query(
    `insert into contracts (agency_id, valid_from, document) values ('cong-dvc', '2018-01-01', '{"protocol":"national-portal"}')`,
  );
  // Two working days a weekend apart, as a calendar would say them.
  await db.pool.query(`insert into calendar_history (serial, document, author) values (1, '{}', 'spec')`);
  await db.pool.query(
    `insert into working_days (day, works, hours, worked, serial)
     select d::date, extract(isodow from d) < 6, 8, count(*) filter (where extract(isodow from d) < 6) over (order by d), 1
     from generate_series(date '2021-01-01', date '2021-12-31', interval '1 day') d`,
  );
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const at = (day: string): string => `2021-${day}T10:00:00+07:00`;
const done = (day: string, status: 9 | 10 = 9, ended = day): ToldEvent => ({
  kind: 'status',
  status,
  at: at(day),
  finishedAt: at(ended),
});
const asks = (day: string): ToldEvent => ({ kind: 'status', status: 5, at: at(day) });
const comes = (day: string): ToldEvent => ({ kind: 'supplement', at: at(day) });

async function list(ask: JudgedAsk, column: (typeof judgedColumns)[number]): Promise<JudgedCase[]> {
  const cases: JudgedCase[] = [];
  for await (const one of judgedBehind(db, { ...ask, column }, 3)) cases.push(one);
  return cases;
}

async function asked(period = '2021-03', today = '2026-11-26'): Promise<JudgedAsk> {
  const reads = readPeriod(period)!;
  const practice = await caseReportOn(db, 'II.06a', reads.last);
  const service = await serviceIndexOn(db, 'index-766', reads.last);
  if (practice.outcome !== 'found' || service.outcome !== 'found') throw new Error('no definition');
  return { practice: practice.definition, index: service.definition, period: reads, by: 'field', today };
}

/** Each case by the reason for which the two disagree about it; received on 1 March, due on the 10th unless it says otherwise. */
const world: Record<string, Partial<ToldCase> & { acknowledged?: string }> = {
  agreed: { then: [done('03-09')], acknowledged: '03-09' },
  'agreed-overdue': { then: [done('03-12')] },
  'agreed-open': {},
  'late-sync': { then: [done('03-09')], acknowledged: '03-15' },
  'not-synced': { then: [done('03-10')] },
  'many-supplements': { then: [asks('03-02'), comes('03-03'), asks('03-04'), comes('03-05'), done('03-08')] },
  'supplement-deducted': { then: [asks('03-02'), comes('03-06'), done('03-14')] },
  'waiting-supplement': { then: [asks('03-05')] },
  'no-finishing-record': { then: [{ kind: 'status', status: 7, at: at('03-05') }] },
  'maximum-term': { procedure: '1.000555', then: [done('03-20')] },
  'no-term': { procedure: '1.000556', then: [done('03-20')] },
  'record-time': { then: [done('03-12', 9, '03-09')] },
};
const withoutDue = ['maximum-term', 'no-term'];

describe('on time by two rules', () => {
  it('gives each case that differs its reason, and every column its cases', async () => {
    await db.pool.query(
      `insert into catalogue_procedures (agency_id, code, name, raw_name, partner_key, facts, raw) values
         ('csdl', '1.000555', 'x', 'x', 'x', '{"terms":[{"amount":3,"unit":"DAY"},{"amount":10,"unit":"WORKING_DAY"},{"amount":90,"unit":"Kỳ"}]}', '{}'),
         ('csdl', '1.000556', 'y', 'y', 'y', '{"terms":[{"amount":3,"unit":"Kỳ"}]}', '{}')`,
    );
    for (const [code, { acknowledged, ...told }] of Object.entries(world)) {
      const due = withoutDue.includes(code) ? {} : { dueAt: at('03-10') };
      await tell(db, [{ code, receivedAt: at('03-01'), ...due, ...told }]);
      if (acknowledged)
        await db.pool.query(
          `insert into deliveries (agency_id, stream_id, sequence, event_id, state, ended_at)
           select 'cong-dvc', e.stream_id, e.sequence, e.id, 'acknowledged', $2 from aliases a join events e on e.stream_id = a.stream_id
           where a.code = $1 and e.status = 9`,
          [code, at(acknowledged)],
        );
    }
    await db.pool.query(
      `insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, started_at, ended_at, outcome, in_doubt)
       select 'cong-dvc', a.stream_id, 2, 1, n, 'schedule', 1, n, 'x', timestamptz '2021-03-09 11:00+07' + n * interval '1 day', now(), case n when 5 then 'accepted' else 'busy' end, false
       from aliases a, generate_series(1, 5) n where a.code = 'late-sync'`,
    );
    await refreshFacts(db);
    const ask = await asked();
    const found = Object.fromEntries((await list(ask, 'received')).map(({ code, reason }) => [code, reason]));
    const expected = Object.fromEntries(
      Object.keys(world).map((code) => [code, code.startsWith('agreed') ? null : code]),
    );
    // A withdrawn case is on time by both, whatever the records say.
    expect(found).toEqual({ ...expected, 'no-finishing-record': null });

    const report = await judgedReport(db, ask);
    expect(report.portals).toEqual(['cong-dvc']);
    expect(report.total).toEqual({
      received: 12,
      practiceOnTime: 8,
      practiceOverdue: 2,
      practiceOpen: 2,
      portalOnTime: 6,
      portalOverdue: 4,
      portalOpen: 1,
      portalUnknown: 1,
      differs: 6,
      lateSync: 1,
      notSynced: 1,
    });
    expect(report.reasons).toMatchObject({ 'late-sync': 1, 'many-supplements': 1, 'supplement-deducted': 1 });
    expect(report.progress.portal).toMatchObject({ onTime: 6, received: 12, ratio: 0.5, score: 10 });
    for (const column of judgedColumns)
      expect([column, (await list(ask, column)).length]).toEqual([column, report.total[column]]);
  });

  it('says of an end that no progress record tells that there is none', async () => {
    const only9 = { ...index, versions: [{ ...index.versions[0]!, finishedBy: [9 as const] }] };
    await tell(db, [{ code: 'by-10', receivedAt: at('06-01'), dueAt: at('06-10'), then: [done('06-05', 10)] }]);
    await refreshFacts(db);
    const ask = await asked('2021-06');
    const byTen = async (asking: JudgedAsk) => (await list(asking, 'received')).find(({ code }) => code === 'by-10')!;
    expect(await byTen(ask)).toMatchObject({ portal: 'on-time' });
    const version = only9.versions[0]!;
    expect(await byTen({ ...ask, index: { ...ask.index, version } })).toMatchObject({
      practice: 'on-time',
      portal: 'open',
      reason: 'no-finishing-record',
    });
  });

  it('takes waiting off by working days where the definition says so', async () => {
    // Asked on Friday, came on Monday: three days off, one working day.
    const told = {
      receivedAt: at('03-01'),
      dueAt: at('03-10'),
      field: 'W',
      then: [asks('03-05'), comes('03-08'), done('03-12')],
    };
    await tell(db, [{ code: 'weekend', ...told }]);
    await refreshFacts(db);
    const ask = await asked();
    const judged = async (deduct: 'elapsed' | 'working-days' | 'nothing') => {
      const version = { ...ask.index.version, deduct };
      return (await list({ ...ask, index: { ...ask.index, version } }, 'received')).find(
        ({ code }) => code === 'weekend',
      )!.portal;
    };
    expect([await judged('elapsed'), await judged('working-days'), await judged('nothing')]).toEqual([
      'on-time',
      'overdue',
      'overdue',
    ]);
  });

  it('judges a period that is over by what had happened in it', async () => {
    const [waiting] = (await list(await asked('2021-03'), 'practiceOpen')).filter(
      ({ code }) => code === 'waiting-supplement',
    );
    expect(waiting).toMatchObject({ portal: 'on-time', portalEndedAt: new Date(at('03-05')) });
    await tell(db, [
      {
        code: 'later',
        receivedAt: at('04-01'),
        dueAt: at('04-10'),
        then: [asks('04-05'), comes('05-02'), asks('05-03')],
      },
    ]);
    await refreshFacts(db);
    const later = async (period: string) =>
      (await list(await asked(period), 'received')).find(({ code }) => code === 'later')!;
    expect(await later('2021-04')).toMatchObject({ portal: 'on-time', reason: 'waiting-supplement' });
    expect(await later('2021-05')).toMatchObject({ portal: 'overdue', reason: 'many-supplements' });
  });

  it('makes an appeal file with both times and what proves them', async () => {
    const lines: Appeal[] = [];
    for await (const line of appeals(db, await asked())) lines.push(line);
    expect(lines.map(({ code, daysLate }) => [code, daysLate])).toEqual([
      ['late-sync', 5],
      ['not-synced', 2087],
    ]);
    expect(lines[0]).toMatchObject({
      endedAt: new Date(at('03-09')),
      acknowledgedAt: new Date(at('03-15')),
      daysUnderWay: 6,
      attempts: 5,
      firstAttemptAt: new Date('2021-03-10T11:00:00+07:00'),
      answers: 'accepted 1, busy 4',
    });
    expect(lines[0]!.eventHash).toMatch(/^[0-9a-f]{64}$/);
    expect(lines[1]).toMatchObject({ acknowledgedAt: null, attempts: 0, answers: null });
    const early: Appeal[] = [];
    for await (const line of appeals(db, await asked('2021-03', '2021-03-10'))) early.push(line);
    expect(early.map(({ code }) => code)).toEqual(['late-sync']);
  });
});

it('reproduces the published score: received is the denominator', () => {
  const { ratio, score } = scoreOf(144_625, 184_513, { most: 20, digits: 2 });
  expect([ratio!.toFixed(4), score]).toEqual(['0.7838', 15.68]);
  expect(scoreOf(0, 0, { most: 20, digits: 2 })).toMatchObject({ ratio: null, score: null });
  expect(scoreOf(0, 5, { most: 20, digits: 2 })).toMatchObject({ ratio: 0, score: 0 });
});
