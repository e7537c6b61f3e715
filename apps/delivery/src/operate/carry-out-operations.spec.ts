import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  cancelOperation,
  Database,
  enlist,
  enter,
  findOperation,
  orderOperation,
  plan,
  reapDead,
  type ContractBook,
  type Operation,
  type OperationKind,
} from '#ledger';
import { createLog } from '#service';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import type { Worker } from '../worker.js';
import { CarryOutOperations, type OperationsOffice } from './carry-out-operations.js';
import { MergeStreams } from './merge-streams.js';
import { RehearseRetry } from './rehearse-retry.js';
import { ReplayLanes } from './replay-lanes.js';

const log = createLog('spec', 'silent');
/** Two batches and a part of a third. */
const CASES = { retry: 430, close: 430, replay: 130 };

let fresh: FreshDatabase;
let db: Database;
let cases = 0;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', log, 20);
});
beforeEach(async () => {
  await db.pool.query(`truncate lanes, deliveries, workers, operations, agencies cascade`);
  await db.pool.query(`insert into agencies (id, name) values ('a', '{}')`);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

/** So many cases of one full state each, all refused by the partner, or all acknowledged. */
async function ended(as: 'parked' | 'acknowledged', count: number): Promise<void> {
  const items = Array.from({ length: count }, () => {
    const code = `C-${++cases}`;
    const opens = { procedure: 'p', openedOn: '2021-01-01', dueAt: null };
    return {
      sender: 'm',
      key: code,
      type: 'vn.lienthong.case.received.v1',
      caseCode: code,
      data: { code },
      status: 2,
      opens,
    } as const;
  });
  const answers = await enter(db, items, () => true);
  const streams = answers.map((answer) => (answer as { stream: string }).stream);
  const recipients = [{ agency: 'a', fullStates: ['case.received'] }];
  await plan(db, streams, () => ({ recipients, collectFrom: [] }));
  if (as === 'acknowledged') return acknowledged();
  await db.pool.query(
    `update deliveries set state = 'parked', attempts = 1, owner = 'data', reason = 'thiếu', fingerprint = 'f', parked_at = now()
     where state = 'open'`,
  );
  await db.pool.query(`update lanes set wait = 'person' where done < last`);
}

/** The partner takes whatever is on its way. */
async function acknowledged(): Promise<void> {
  await db.pool.query(
    `update deliveries set state = 'acknowledged', attempts = attempts + 1, ended_at = now() where state = 'open'`,
  );
  await db.pool.query(`update lanes set done = last, wait = null, claim = claim + 1 where wait = 'turn'`);
}

const PERIOD = { from: '2000-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z' };
const order = (kind: OperationKind, more: Partial<Operation['selection']> = {}): Promise<Operation> =>
  orderOperation(db, {
    kind,
    agency: 'a',
    author: 'lan',
    reason: 'r',
    selection: kind === 'replay' ? PERIOD : { fingerprint: 'f', ...more },
  });

interface Hooks {
  /** Before the nth batch's transaction, and in it after all that it wrote. */
  before?(nth: number): Promise<void>;
  within?(nth: number): Promise<void>;
}

interface Process extends CarryOutOperations {
  id: string;
  /** As if the machine had gone: its connections are cut in the middle of this. */
  dies(): Promise<never>;
}

async function begins(name: string, hooks: Hooks = {}, office: Partial<OperationsOffice> = {}): Promise<Process> {
  const id = await enlist(db, name);
  await db.pool.query(`update workers set lease_until = now() + interval '1 hour' where id = $1`, [id]);
  const own = new Database(fresh.url, `spec-${name}`, log, 4);
  let nth = 0;
  const transaction: Database['transaction'] = async (work, ending) => {
    const mine = ++nth;
    await hooks.before?.(mine);
    return own.transaction(async (client) => {
      const done = await work(client);
      await hooks.within?.(mine);
      return done;
    }, ending);
  };
  const hooked = new Proxy(own, {
    get: (target, key) => {
      if (key === 'transaction') return transaction;
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const worker = { id, isAlive: () => true } as unknown as Worker;
  const book = { version: () => undefined } as unknown as ContractBook;
  const tools = { mayStillSend: () => true, secret: () => '', file: () => Promise.reject(new Error('none')) };
  const rehearse = { db: hooked, worker, book, tools, partner: () => undefined };
  const made = new CarryOutOperations({
    db: hooked,
    worker,
    log,
    rehearse: new RehearseRetry(rehearse),
    replay: new ReplayLanes({ ...rehearse, question: () => Promise.resolve(undefined) }),
    merge: new MergeStreams({ db: hooked, worker, log, plan: () => Promise.resolve() }),
    kick: () => undefined,
    ...office,
  });
  closes.push(() => own.close());
  const dies = async (): Promise<never> => {
    await db.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1`, [
      `spec-${name}`,
    ]);
    await db.pool.query(`update workers set lease_until = now() - interval '1 second' where id = $1`, [id]);
    throw new Error('died');
  };
  return Object.assign(made, { id, dies });
}
const closes: (() => Promise<void>)[] = [];
afterAll(async () => void (await Promise.all(closes.map((close) => close()))));

/** One whose nth batch waits before its transaction until it is let go. */
async function gated(name: string, nth: number): Promise<[Process, () => void]> {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  return [await begins(name, { before: (n) => (n === nth ? gate : Promise.resolve()) }), letGo];
}

/** How many deliveries went by each revision. */
async function revisions(): Promise<Record<string, number>> {
  const { rows } = await db.pool.query<{ said: string; n: number }>(
    `select state || ' ' || revision as said, count(*)::int as n from deliveries group by 1`,
  );
  return Object.fromEntries(rows.map(({ said, n }) => [said, n]));
}

/** For a lock of this ledger. */
async function someoneWaits(): Promise<void> {
  for (let waits = false; !waits;) {
    const { rows } = await db.pool.query<{ waits: boolean }>(
      `select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits`,
    );
    waits = rows[0]!.waits;
  }
}

describe('what operators ordered', () => {
  it('is shared by two processes, each operation carried out by one of them, each lane once', async () => {
    await ended('parked', 100);
    // A process takes sixteen: the others are left to the next.
    const orders = await Promise.all(Array.from({ length: 20 }, () => order('retry', { atMost: 5 })));
    const [one, letGo] = await gated('one', 1);
    const two = await begins('two');
    const first = one.round();
    await holds(one, 16);
    await two.round();
    expect(await revisions()).toEqual({ 'parked 1': 80, 'open 2': 20 });
    letGo();
    await Promise.all([first, two.round()]);
    expect(await revisions()).toEqual({ 'open 2': 100 });
    for (const { id } of orders) expect(await findOperation(db, id)).toMatchObject({ state: 'done', done: 5 });
  });

  it.each(['retry', 'replay'] as const)(
    'a %s goes on where a process died in the middle of a batch, without repeating or skipping a delivery',
    async (kind) => {
      const count = CASES[kind];
      await ended(kind === 'retry' ? 'parked' : 'acknowledged', count);
      const { id } = await order(kind);
      const one: Process = await begins('dies', { within: (nth) => (nth === 2 ? one.dies() : Promise.resolve()) });
      const two = await begins('goes-on');
      await one.round().catch(() => undefined);
      const batch = (await findOperation(db, id))!.done;
      expect(await revisions()).toEqual({
        [kind === 'retry' ? 'parked 1' : 'acknowledged 1']: count - batch,
        'open 2': batch,
      });
      // What it has sent arrives meanwhile; one sent once more would be seen by its revision.
      await acknowledged();
      await two.round();
      expect(await findOperation(db, id)).toMatchObject({ state: 'running', done: batch });
      await reapDead(db, two.id);
      await two.round();
      expect(await findOperation(db, id)).toMatchObject({ state: 'done', done: count, failed: 0 });
      expect(await revisions()).toEqual({ 'acknowledged 2': batch, 'open 2': count - batch });
    },
  );

  it('cancelled in the middle of a batch, does that one whole and soon no other', async () => {
    await ended('parked', CASES.close);
    const { id } = await order('close');
    let cancelled: Promise<boolean> | undefined;
    const one = await begins('cancelled', {
      within: async (nth) => {
        if (nth > 1) return;
        cancelled = cancelOperation(db, id);
        await someoneWaits();
      },
    });
    await one.round();
    // The lock is free for an instant between two batches: who waits for it isn't always the next.
    const wasInTime = await cancelled;
    const { done, state } = (await findOperation(db, id))!;
    expect([state, done % 200]).toEqual(wasInTime ? ['cancelled', 0] : ['done', CASES.close % 200]);
    expect(await revisions()).toEqual({ 'closed 1': done, ...(wasInTime && { 'parked 1': CASES.close - done }) });
    await one.round();
    expect(await revisions()).toMatchObject({ 'closed 1': done });
  });

  it('of a kind that no process knows fails, in words, and holds up nothing else', async () => {
    await ended('parked', 3);
    const unknown = await order('dance' as OperationKind);
    const retry = await order('retry');
    await (await begins('knows-not')).round();
    expect(await findOperation(db, unknown.id)).toMatchObject({
      state: 'failed',
      result: { failure: 'no delivery process carries out "dance"' },
    });
    expect(await findOperation(db, retry.id)).toMatchObject({ state: 'done', done: 3 });
  });

  it('and can’t go on now is asked once a round, and goes on in a later one', async () => {
    const { id } = await order('replay');
    let asked = 0;
    let now = false;
    const replay = {
      batch: () => {
        asked++;
        return now ? real.batch(operation) : Promise.resolve('not-now' as const);
      },
    } as unknown as ReplayLanes;
    const one = await begins('waits', {}, { replay });
    const operation = (await findOperation(db, id))!;
    const worker = { id: one.id } as Worker;
    const book = { version: () => undefined };
    const real = new ReplayLanes({ db, worker, book } as unknown as ConstructorParameters<typeof ReplayLanes>[0]);
    for (const round of [1, 2, 3]) {
      await one.round();
      expect(asked).toBe(round);
    }
    expect(await findOperation(db, id)).toMatchObject({ state: 'running', done: 0 });
    now = true;
    await one.round();
    expect(await findOperation(db, id)).toMatchObject({ state: 'done' });
  });

  it('and fails on our side holds up nothing else, and is tried again', async () => {
    await ended('parked', 3);
    const broken = await order('replay');
    const retry = await order('retry');
    let tried = 0;
    const replay = { batch: () => Promise.reject(new Error(`bug ${++tried}`)) } as unknown as ReplayLanes;
    const one = await begins('fails', {}, { replay });
    await one.round();
    expect(await findOperation(db, retry.id)).toMatchObject({ state: 'done', done: 3 });
    expect(await findOperation(db, broken.id)).toMatchObject({ state: 'running', done: 0 });
    const before = tried;
    await one.round();
    expect(tried).toBe(before + 1);
  });

  it('is given back at once by a process that stops; the batch under way there is fenced', async () => {
    await ended('acknowledged', CASES.replay);
    const { id } = await order('replay');
    const [one, letOneGo] = await gated('stops', 2);
    const [two, letTwoGo] = await gated('takes-over', 2);
    const first = one.round();
    await holds(one, 1, 50);
    await two.round();
    expect(await findOperation(db, id)).toMatchObject({ done: 50 });
    await one.stop();
    const second = two.round();
    await holds(two, 1, 100);
    await acknowledged();
    letOneGo();
    await first;
    expect(await findOperation(db, id)).toMatchObject({ state: 'running', done: 100, failed: 0 });
    letTwoGo();
    await second;
    expect(await findOperation(db, id)).toMatchObject({ state: 'done', done: CASES.replay, failed: 0 });
    await acknowledged();
    expect(await revisions()).toEqual({ 'acknowledged 2': CASES.replay });
  });
});

/** Until this process holds so many operations, of which so many lanes are done. */
async function holds({ id }: Process, operations: number, done = 0): Promise<void> {
  for (;;) {
    const { rows } = await db.pool.query<{ n: number }>(
      `select count(*)::int as n from operations where worker = $1 and done >= $2`,
      [id, done],
    );
    if (rows[0]!.n === operations) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
