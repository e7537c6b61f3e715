import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { Database, enter, type ContractBook, type EntryItem } from '#ledger';
import type { Batch } from '#messaging';
import { createLog } from '#service';
import type { StreamAdvanced } from '#wire';
import { PlanDeliveriesConsumer } from './plan-deliveries.consumer.js';
import { PlanDeliveries } from './plan-deliveries.js';

const log = createLog('spec', 'silent');
const UNPLANNABLE = '1999-01-01';

let fresh: FreshDatabase;
let db: Database;
let cases = 0;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', log);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

/** A new case's stream; `openedOn` decides whose contracts are asked. */
async function streamOf(openedOn = '2021-01-01'): Promise<string> {
  const code = `case-${++cases}`;
  const item: EntryItem = {
    sender: 'mot-cua',
    key: code,
    type: 'vn.lienthong.case.received.v1',
    caseCode: code,
    data: { code },
    status: 2,
    opens: { procedure: 'p', openedOn, dueAt: null },
  };
  const [answer] = await enter(db, [item], () => true);
  return (answer as { stream: string }).stream;
}

function planning() {
  const book = {
    receiversOn: (day: string) => {
      if (day === UNPLANNABLE) throw new Error('a contract that nobody can read');
      return [{ agency: 'so-tu-phap', receives: [{ procedures: ['*'], events: ['case.received'] }] }];
    },
    version: () => undefined,
    routing: { onRoute: () => undefined },
  } as unknown as ContractBook;
  let transactions = 0;
  const ports = {
    promise: () => {
      transactions++;
      return new Map();
    },
    begin: () => undefined,
    worker: () => '0',
    planned: () => undefined,
  };
  return { plan: new PlanDeliveries(db, book, 100, ports, log), transactions: () => transactions };
}

const isPlanned = async (stream: string): Promise<boolean> => {
  const { rows } = await db.pool.query<{ planned: boolean }>(
    `select p.planned = s.last as planned from streams s join plan_cursor p on p.stream_id = s.id where s.id = $1`,
    [stream],
  );
  return rows[0]!.planned;
};

describe('streams that are to be planned', () => {
  it('are planned when run returns; those that come meanwhile together, by one transaction', async () => {
    const streams = await Promise.all(Array.from({ length: 9 }, () => streamOf()));
    const { plan, transactions } = planning();
    await Promise.all(streams.map(async (stream) => {
      await plan.run([stream]);
      expect(await isPlanned(stream)).toBe(true);
    })); // prettier-ignore
    expect(transactions()).toBe(2);
  });

  it('hold up nobody else where one of them can’t be planned', async () => {
    const { plan } = planning();
    const [first, good, bad, better] = [
      await streamOf(),
      await streamOf(),
      await streamOf(UNPLANNABLE),
      await streamOf(),
    ];
    const outcomes = await Promise.allSettled([first, good, bad, better].map((stream) => plan.run([stream])));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await Promise.all([first, good, bad, better].map(isPlanned))).toEqual([true, true, false, true]);
  });

  it('aren’t planned again by the message that follows the ring, but by one that says more', async () => {
    const stream = await streamOf();
    const { plan, transactions } = planning();
    const consumer = new PlanDeliveriesConsumer(plan);
    const says = (sequence: number): Promise<void> =>
      consumer.onStreamsAdvanced({ messages: [{ value: { stream, sequence } }] } as Batch<StreamAdvanced>);
    await plan.run([stream], 'ring');
    await says(1);
    expect([await isPlanned(stream), transactions()]).toEqual([true, 1]);
    await says(2);
    expect(transactions()).toBe(2);
  });

  it('are left in peace where there are none', async () => {
    const { plan, transactions } = planning();
    await plan.run([]);
    expect(transactions()).toBe(0);
  });
});
