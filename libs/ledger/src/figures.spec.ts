import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settleCollections } from './collections.js';
import { Database } from './database.js';
import { enter } from './enter.js';
import type { EntryItem } from './entry.js';
import { standing, yearReport } from './figures.js';
import { claimLanes } from './lanes/claim.js';
import { commitOutcomes } from './lanes/settle.js';
import { plan } from './plan.js';
import { outcomeFor } from './testing/outcome-for.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';
import { enlist } from './workers.js';

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

interface Told {
  procedure?: string;
  opened: string;
  due?: string;
  /** Status and finishedAt, in order. */
  then?: [9 | 10, string?][];
  by?: string;
}

async function has({ procedure = 'p', opened, due, then = [], by = 'mot-cua' }: Told): Promise<string> {
  const code = `F-${++n}`;
  const received: EntryItem = {
    sender: by,
    key: code,
    type: 'vn.lienthong.case.received.v1',
    caseCode: code,
    data: { code, receivedAt: `${opened}T08:00:00+07:00`, ...(due ? { dueAt: `${due}T17:00:00+07:00` } : {}) },
    opens: { procedure, openedOn: opened, dueAt: due ? `${due}T17:00:00+07:00` : null },
    status: 2,
  };
  const changes = then.map(([status, finishedAt]): EntryItem => {
    const data = { status, at: '2030-01-01T00:00:00+07:00', ...(finishedAt ? { finishedAt } : {}) };
    return {
      sender: by,
      key: `${code}/${status}`,
      type: 'vn.lienthong.case.status-changed.v1',
      caseCode: code,
      data,
      status,
    };
  });
  const answers = await enter(db, [received, ...changes], () => true);
  for (const answer of answers) expect(answer.outcome).toBe('accepted');
  return (answers[0] as { stream: string }).stream;
}

describe('the year, counted from the ledger’s events', () => {
  it('compares the days of end and due in Vietnam, and knows what was carried over', async () => {
    const at = (day: string, time = '10:00:00+07:00'): string => `${day}T${time}`;
    await has({ opened: '2021-03-01', due: '2021-03-10', then: [[9, at('2021-03-09')], [10]] });
    await has({ opened: '2021-03-01', due: '2021-03-10', then: [[9, at('2021-03-10')]] });
    await has({ opened: '2021-03-01', due: '2021-03-10', then: [[10, at('2021-03-11')]] });
    // 23:30 UTC of the 9th is the 10th in Vietnam: the day of the deadline.
    await has({ opened: '2021-03-01', due: '2021-03-10', then: [[9, at('2021-03-09', '23:30:00Z')]] });
    await has({ opened: '2021-03-02', then: [[9, at('2021-09-09')]] });
    // The end that 9 names counts, not the later one of 10.
    await has({
      procedure: 'q',
      opened: '2021-03-02',
      due: '2021-03-10',
      then: [
        [9, at('2021-03-08')],
        [10, at('2021-03-20')],
      ],
    });
    await has({ procedure: 'q', opened: '2020-12-30', due: '2021-01-10', then: [[9, at('2021-01-05')]] });
    await has({ opened: '2021-12-30', due: '2022-01-10', then: [[9, at('2022-01-05')]] });
    await has({ opened: '2021-06-01', due: '2021-06-05' });
    await has({ opened: '2020-12-01', due: '2020-12-05', then: [[9, at('2020-12-04')]] });
    await has({ opened: '2022-01-04', due: '2022-01-05' });
    await has({ opened: '2021-05-05', due: '2021-05-06', then: [[9, at('2021-05-05')]], by: 'other' });

    const report = await yearReport(db, 2021, 'mot-cua');
    expect(report).toMatchObject({
      received: 9,
      carriedOver: 1,
      resolved: 7,
      early: 3,
      onTime: 3,
      overdue: 1,
      unresolved: 2,
    });
    expect(report.procedures.map(({ procedure, received }) => [procedure, received])).toEqual([
      ['p', 7],
      ['q', 2],
    ]);
    expect(await yearReport(db, 2021)).toMatchObject({ received: 10, early: 4 });
    expect(await yearReport(db, 2022, 'mot-cua')).toMatchObject({ received: 3, carriedOver: 2, resolved: 1, early: 1 });
  });
});

describe('whether anything still moves', () => {
  it('follows a case from the outbox over its lane to the question at its agency', async () => {
    await db.pool.query('truncate outbox, plan_cursor, lanes, deliveries, collections');
    const stream = await has({ opened: '2021-03-01' });
    expect(await standing(db)).toEqual({ unpublished: 1, unplanned: 1, waiting: 0, parked: 0, asked: 0 });
    await db.pool.query('delete from outbox');
    await plan(db, [stream], () => ({
      recipients: [{ agency: 'lltp' }],
      collectFrom: [{ agency: 'lltp', everyMs: 0 }],
    }));
    expect(await standing(db)).toEqual({ unpublished: 0, unplanned: 0, waiting: 1, parked: 0, asked: 0 });
    const worker = await enlist(db, 'spec');
    const lane = (await claimLanes(db, { worker, agency: 'lltp', limit: 1, late: 0, outSeconds: 60, canAsk: false }))
      .claimed[0];
    expect(await standing(db)).toMatchObject({ waiting: 1, asked: 0 });
    await commitOutcomes(db, worker, [outcomeFor(lane!, 'acknowledged')]);
    expect(await standing(db)).toEqual({ unpublished: 0, unplanned: 0, waiting: 0, parked: 0, asked: 1 });
    await settleCollections(db, 'lltp', [{ streamId: stream, ended: true, nextInMs: 0 }]);
    expect(await standing(db)).toEqual({ unpublished: 0, unplanned: 0, waiting: 0, parked: 0, asked: 0 });
  });
});
