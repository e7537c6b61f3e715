import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connector } from '#connectors';
import { Database, enlist, enter, openBreakers, plan, type ContractBook, type EntryItem } from '#ledger';
import { createLog } from '#service';
import type { ContractVersion } from '#wire';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import type { Worker } from '../worker.js';
import { AgencyDesk } from './agency-desk.js';
import type { Partner } from './attempt-delivery.js';
import { termsOf } from './contract-terms.js';
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
  for (const from = Date.now(); !(await check());) {
    if (Date.now() - from > 20_000) throw new Error('waited for 20 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
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
  await plan(db, [(answers[0] as { stream: string }).stream], () => ({ recipients: [{ agency }], collectFrom: [] }));
}

/** The real ledger, but a commit's fate may be decided by the test: the n-th write calls the n-th of these. */
function withFates(fates: ((commit: () => Promise<unknown>) => Promise<unknown>)[]): Database {
  const fated =
    (write: (...args: never[]) => Promise<unknown>) =>
    (...args: never[]) => {
      const fate = fates.shift();
      return fate ? fate(() => write(...args)) : write(...args);
    };
  return new Proxy(db, {
    get: (target, name) =>
      name === 'transaction' || name === 'once'
        ? fated((target[name] as (...args: never[]) => Promise<unknown>).bind(target))
        : (Reflect.get(target, name) as unknown),
  });
}

async function deskOf(agency: string, partner: () => Partner, ledger: Database = db): Promise<AgencyDesk> {
  const worker = {
    id: await enlist(db, agency),
    isAlive: () => true,
    place: () => ({ workers: 1, rank: 0 }),
  } as unknown as Worker;
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
  terms: termsOf(contract, {}),
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
  it('finds a lane again whose next claim was committed by a statement whose reply was lost', async () => {
    await lanesFor('late', 2);
    const sends: number[] = [];
    const lostReply = async (commit: () => Promise<unknown>): Promise<unknown> => {
      await commit();
      throw new Error('Connection terminated unexpectedly');
    };
    const partner = sending((sequence) => Promise.resolve(void sends.push(sequence)));
    const desk = await deskOf('late', () => partner, withFates([lostReply]));
    desk.kick();
    await until(async () => (await lane('late')).done === 2);
    expect(sends).toEqual([1, 2]);
    const { rows } = await db.pool.query(`select sequence, number from attempts where agency_id = 'late' order by id`);
    expect(rows).toEqual([1, 2].map((sequence) => ({ sequence, number: 1 })));
    await desk.stop();
    expect(desk.busy()).toBe(0);
  });

  it('stands still, with the reason shown, while its connector can’t be made, and goes on when it can', async () => {
    await lanesFor('unmade', 1);
    let missing = true;
    const desk = await deskOf('unmade', () => {
      if (missing) throw new Error('settings.sendPath is missing');
      return sending(() => Promise.resolve());
    });
    desk.kick();
    await until(async () => (await openBreakers(db)).some((b) => b.agencyId === 'unmade'));
    expect(await lane('unmade')).toMatchObject({ wait: 'turn', doubt: false });
    expect((await openBreakers(db))[0]?.reason).toContain('connector');
    missing = false;
    await until(async () => {
      await desk.probe();
      return (await lane('unmade')).done === 1;
    });
    await until(async () => (await openBreakers(db)).length === 0);
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
