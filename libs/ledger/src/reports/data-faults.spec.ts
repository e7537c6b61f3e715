import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readPeriod } from '#domain';
import { Database } from '../database.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { tell, type ToldCase } from '../testing/told-case.js';
import { countFaults, dataFaults, faultyCases, type DataFault } from './data-faults.js';
import { refreshFacts } from './refresh-facts.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet, 3);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const now = new Date('2021-06-30T12:00:00+07:00');
const at = (day: string): string => `2021-${day}T10:00:00+07:00`;
const nine = (day: string, finished: string | null = day) => ({
  kind: 'status' as const,
  status: 9 as const,
  at: at(day),
  ...(finished === null ? {} : { finishedAt: at(finished) }),
});

const status = (to: 3 | 4 | 7, day: string) => ({ kind: 'status' as const, status: to, at: at(day) });

describe('data faults', () => {
  const faulty: Record<DataFault, Partial<ToldCase> & { receivedAt?: string | null }> = {
    'no-receipt-date': { receivedAt: null, submittedAt: at('03-01') },
    'no-end-date': { then: [nine('03-05', null)] },
    'received-in-future': { receivedAt: at('07-01') },
    'ended-in-future': { then: [nine('03-05', '07-02')] },
    'ended-before-received': { then: [nine('03-05', '02-28')] },
    'online-without-service': { channel: 'online', procedure: '1.000700' },
  };

  it('are found in the cases that have them, and in no other', async () => {
    const listed = (code: string, ways: string, from: string, until: string | null) =>
      db.pool.query(
        `insert into catalogue_procedures (agency_id, code, name, raw_name, partner_key, facts, raw, seen_from, seen_until) values ('csdl', $1, $1, $1, $1, $2, '{}', $3, $4)`,
        [code, `{"channels":${ways}}`, from, until],
      );
    await listed('1.000700', '["counter"]', at('01-01'), at('04-01'));
    await listed('1.000700', '["counter","online"]', at('04-01'), null);
    await listed('1.000702', '[]', at('01-01'), null);
    const well: Partial<ToldCase>[] = [
      { then: [nine('03-05')] },
      // Not received yet, not received at all, taken back: none has a date of receipt.
      { status: 1, receivedAt: null },
      { status: 1, receivedAt: null, then: [status(3, '03-05')] },
      { status: 1, receivedAt: null, then: [status(7, '03-05')] },
      // Open: no end. Finished by its result, or handed over with an end: that is the end.
      { then: [status(4, '03-05')] },
      { then: [{ kind: 'result', status: 9, at: at('03-05') }] },
      { then: [nine('03-05', null), { kind: 'result', status: 9, at: at('03-05') }] },
      { then: [nine('03-05', null), { kind: 'status', status: 10, at: at('03-06'), finishedAt: at('03-06') }] },
      // Now is not the future; an end of which the day alone is known isn't before that day's receipt.
      { receivedAt: '2021-06-30T12:00:00+07:00' },
      { then: [{ kind: 'status', status: 9, at: at('06-29'), finishedAt: '2021-06-30T12:00:00+07:00' }] },
      { then: [{ kind: 'status', status: 9, at: at('03-01'), finishedAt: '2021-03-01T00:00:00+07:00' }] },
      { then: [nine('03-05', '03-01')] },
      { channel: 'counter', procedure: '1.000700' },
      // By the list of its own day there was a service; a list without ways, or no list at all, proves nothing.
      { channel: 'online', procedure: '1.000700', receivedAt: at('04-02') },
      { channel: 'online', procedure: '1.000701' },
      { channel: 'online', procedure: '1.000702' },
    ];
    await tell(
      db,
      well.map((told, i) => ({ code: `well-${i}`, receivedAt: at('03-01'), ...told })),
    );
    await tell(
      db,
      Object.entries(faulty).map(([code, told]) => ({ code, receivedAt: at('03-01'), ...told })),
    );
    await refreshFacts(db);
    const found: [string, string][] = [];
    for await (const { fault, code } of faultyCases(db, undefined, now, undefined, 2)) found.push([fault, code]);
    const names = (Object.keys(dataFaults) as DataFault[]).sort();
    expect(found).toEqual(names.map((fault) => [fault, fault]));
    expect(await countFaults(db, undefined, now)).toEqual(Object.fromEntries(names.map((fault) => [fault, 1])));
  });

  it('are those of the period that is asked for', async () => {
    expect(await countFaults(db, readPeriod('2021-07'), now)).toMatchObject({
      'received-in-future': 1,
      'no-end-date': 0,
    });
    expect(await countFaults(db, readPeriod('2020'), now)).toMatchObject({
      'received-in-future': 0,
      'no-receipt-date': 0,
    });
    const only: string[] = [];
    for await (const { code } of faultyCases(db, readPeriod('2021-03'), now, 'no-end-date')) only.push(code);
    expect(only).toEqual(['no-end-date']);
  });
});
