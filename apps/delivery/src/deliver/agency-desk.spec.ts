import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connector } from '#connectors';
import { Database, enlist, enter, plan, type ContractBook, type EntryItem } from '#ledger';
import { createLog } from '#service';
import type { ContractVersion } from '#wire';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import type { Worker } from '../worker.js';
import { AgencyDesk } from './agency-desk.js';
import type { Partner } from './attempt-delivery.js';
import { OutcomeWriter } from './outcome-writer.js';

const log = createLog('spec', 'silent');
const contract = {
  validFrom: '2018-01-01',
  limits: { inFlight: 4, timeout: '60s' },
  retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
  replies: [{ when: { status: '2xx' }, means: 'accepted' }],
  onDuplicate: 'refuse',
} as unknown as ContractVersion;

let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', log);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function lanesFor(agency: string, events: number): Promise<void> {
  const item = (n: number): EntryItem => ({
    sender: 'm',
    key: `${agency}/${n}`,
    type: n === 1 ? 'vn.lienthong.case.received.v1' : 'vn.lienthong.case.status-changed.v1',
    caseCode: agency,
    data: { n },
    status: n === 1 ? 2 : 4,
    ...(n === 1 ? { opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null } } : {}),
  });
  const answers = await enter(
    db,
    Array.from({ length: events }, (_, i) => item(i + 1)),
    () => true,
  );
  await plan(db, [(answers[0] as { stream: string }).stream], () => ({ recipients: [agency], collectFrom: [] }));
}

/** The real ledger, but a commit's fate may be decided by the test: the n-th transaction calls the n-th of these. */
function withFates(fates: ((commit: () => Promise<unknown>) => Promise<unknown>)[]): Database {
  return new Proxy(db, {
    get: (target, name) =>
      name === 'transaction'
        ? (work: Parameters<Database['transaction']>[0]) => {
            const fate = fates.shift();
            return fate ? fate(() => target.transaction(work)) : target.transaction(work);
          }
        : (Reflect.get(target, name) as unknown),
  });
}

async function deskOf(agency: string, partner: () => Partner, ledger: Database = db): Promise<AgencyDesk> {
  const worker = { id: await enlist(db, agency), isAlive: () => true } as unknown as Worker;
  return new AgencyDesk(agency, {
    db,
    book: { version: () => contract, isPaused: () => false } as unknown as ContractBook,
    worker,
    writer: new OutcomeWriter(ledger, worker, log),
    tools: { mayStillSend: () => true, secret: () => '', file: () => Promise.reject(new Error('none')) },
    log,
    partner,
    onTimer: () => undefined,
  });
}

const sending = (send: (sequence: number) => Promise<void>): Partner => ({
  contract,
  connector: {
    prepare: () => Promise.resolve({ kind: 'prepared', prepared: { operation: 'op', item: { a: 1 } } }),
    send: async (_item: unknown, event: { sequence: number }) => {
      await send(event.sequence);
      return { kind: 'answered', status: 200, contentType: '', text: '' };
    },
    close: () => Promise.resolve(),
  } as unknown as Connector,
});

const lane = async (agency: string) =>
  (await db.pool.query(`select done, last, doubt, wait, worker from lanes where agency_id = $1`, [agency])).rows[0] as {
    done: number;
    doubt: boolean;
    wait: string | null;
  };

describe('an agency’s desk', () => {
  it('keeps its hold on a claim when a fenced predecessor of the same lane ends late', async () => {
    await lanesFor('late', 2);
    const sends: number[] = [];
    const second = Promise.withResolvers<void>();
    const lostReply = async (commit: () => Promise<unknown>): Promise<unknown> => {
      await commit();
      setImmediate(() => desk.kick());
      throw new Error('Connection terminated unexpectedly');
    };
    const fenced = Promise.withResolvers<void>();
    const retried = async (commit: () => Promise<unknown>): Promise<unknown> => {
      await until(() => sends.length === 2);
      const rows = await commit();
      setImmediate(fenced.resolve);
      return rows;
    };
    const partner = sending(async (sequence) => {
      sends.push(sequence);
      if (sequence === 2) await second.promise;
    });
    const desk = await deskOf('late', () => partner, withFates([lostReply, retried]));
    desk.kick();
    await fenced.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(desk.busy()).toBe(1);
    await desk.freeStrays();
    second.resolve();
    await until(async () => (await lane('late')).done === 2);
    expect(sends).toEqual([1, 2]);
    await desk.stop();
  });

  it('parks a lane for us when its connector can’t be made, and goes on', async () => {
    await lanesFor('unmade', 1);
    const desk = await deskOf('unmade', () => {
      throw new Error('settings.sendPath is missing');
    });
    desk.kick();
    await until(async () => (await lane('unmade')).wait === 'person');
    expect(await lane('unmade')).toMatchObject({ doubt: false });
    await desk.stop();
  });

  it('records a doubt when an outcome can’t be stored, also over a connection that goes just then', async () => {
    await lanesFor('unstored', 1);
    const refused = (code: string) => () => Promise.reject(Object.assign(new Error('no'), { code }));
    const desk = await deskOf(
      'unstored',
      () => sending(() => Promise.resolve()),
      withFates([refused('22P05'), refused('08006')]),
    );
    desk.kick();
    await until(async () => (await lane('unstored')).wait === 'timer');
    expect(await lane('unstored')).toMatchObject({ doubt: true, done: 0 });
    await desk.stop();
  });
});
