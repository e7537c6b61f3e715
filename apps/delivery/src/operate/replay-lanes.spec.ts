import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectorFor } from '#connectors';
import { findOperation, openBreakers, orderOperation, type ContractBook, type Operation } from '#ledger';
import { createLog } from '#service';
import { json, type ScriptedPartner } from '../../../../libs/connectors/src/testing/partner.js';
import { termsOf } from '../deliver/contract-terms.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { DeskWorld, type Desk } from '../deliver/desk-world.fixture.js';
import type { Worker } from '../worker.js';
import { CarryOutOperations } from './carry-out-operations.js';
import { MergeStreams } from './merge-streams.js';
import type { RehearseRetry } from './rehearse-retry.js';
import { ReplayLanes } from './replay-lanes.js';

let world: DeskWorld;
beforeAll(async () => {
  world = await DeskWorld.begin();
});
afterAll(() => world.end());

const log = createLog('spec', 'silent');
const selection = { from: '2000-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z' };

interface Replayed extends Desk {
  partner: ScriptedPartner;
  /** Keys of what the partner lacks, and of all that it was asked about. */
  lacks: Set<string>;
  askedFor: string[];
  /** Once, after so many questions, it can't be asked. */
  notNow: number;
  /** After each answer to a question. */
  answered: () => Promise<void>;
  operations: CarryOutOperations;
  operation: Operation;
}

/** So many cases of two events each that a partner with a look-up has acknowledged, and a replay of them all. */
async function replayed(agency: string, cases: number): Promise<Replayed> {
  const [lacks, askedFor] = [new Set<string>(), [] as string[]];
  const partner = await world.partner((arrived, response, request) => {
    const key = /^\/held\/(.+)$/.exec(arrived.path)?.[1];
    if (key === undefined) return json({})(arrived, response, request);
    askedFor.push(key);
    json({}, lacks.has(key) ? 404 : 200)(arrived, response, request);
  });
  const settings = { lookUpPath: '/held' };
  const contract = world.contract(partner.url, { inFlight: 4 }, { lookUp: { proves: 'event' }, settings } as never);
  const connector = connectorFor('http-json', {
    agency,
    contract,
    publish: () => Promise.resolve(),
    append: () => Promise.resolve([]),
  });
  const made = await world.desk(agency, contract, undefined, connector);
  await world.waiting(agency, cases, 2);
  made.desk.kick();
  await eventually(async () => expect(await world.lanes(agency)).toMatchObject({ open: 0, held: 0 }));
  const of = Object.assign(made, {
    partner,
    lacks,
    askedFor,
    notNow: -1,
    answered: () => Promise.resolve(),
  }) as Replayed;
  const worker = { id: made.worker, isAlive: () => true } as unknown as Worker;
  const replay = new ReplayLanes({
    db: world.db,
    worker,
    book: { version: () => contract } as unknown as ContractBook,
    tools: { mayStillSend: () => true, secret: () => '', file: () => Promise.reject(new Error('none')) },
    partner: () => ({ contract, terms: termsOf(contract, connector), connector }),
    question: async (_, ask) => {
      if (of.notNow === of.askedFor.length) return void (of.notNow = -1);
      const said = await made.desk.question(ask);
      if (said !== undefined) await of.answered();
      return said;
    },
  });
  of.operations = new CarryOutOperations({
    ...{ db: world.db, worker, log, replay, rehearse: {} as RehearseRetry },
    merge: new MergeStreams({ db: world.db, worker, log, plan: () => Promise.resolve() }),
    kick: () => made.desk.kick(),
  });
  of.operation = await orderOperation(world.db, { kind: 'replay', agency, author: 'lan', selection });
  return of;
}

/** Until its questions aren't asked any more; then how it ends. */
const stops: Record<string, (of: Replayed, agency: string) => Promise<() => Promise<void>>> = {
  'a pause': async (of) => {
    of.isPaused = true;
    await unanswered(of);
    return () => Promise.resolve(void (of.isPaused = false));
  },
  'an open breaker': async (of, agency) => {
    const row = async () => (await openBreakers(world.db)).find(({ agencyId }) => agencyId === agency);
    of.desk.breaker.standStill('a test');
    await unanswered(of);
    await eventually(async () => expect(await row()).toBeDefined());
    return async () => {
      await world.db.pool.query(`update breakers set wake_at = now() where agency_id = $1`, [agency]);
      await eventually(async () => {
        await of.desk.probe();
        of.desk.breaker.read(await row());
        expect(of.desk.breaker.isOpen()).toBe(false);
      });
    };
  },
};
const unanswered = ({ desk }: Desk): Promise<void> =>
  eventually(async () => expect(await desk.question(() => Promise.resolve('yes'))).toBeUndefined());

async function keysOf(agency: string): Promise<[first: string, second: string][]> {
  const { rows } = await world.db.pool.query<{ keys: [string, string] }>(
    `select array_agg(event_id || '.' || revision order by sequence) as keys from deliveries where agency_id = $1 group by stream_id order by stream_id`,
    [agency],
  );
  return rows.map(({ keys }) => keys);
}

describe('a replay that waits on', () => {
  it.each(Object.keys(stops))('%s goes on when that ends, and has lost nothing', async (what) => {
    const agency = what.replace(/\W/g, '-');
    const of = await replayed(agency, 60);
    const keys = await keysOf(agency);
    const lacked = keys.filter((_, i) => i % 3 === 0).map(([, second]) => second);
    for (const key of lacked) of.lacks.add(key);
    let goOn: (() => Promise<void>) | undefined;
    of.answered = async () => {
      if (of.askedFor.length === 30) goOn = await stops[what]!(of, agency);
    };
    const before = of.partner.arrived.length;
    await of.operations.round();
    // Nothing more is asked, nor waited for, however often it is tried.
    for (let n = 0; n < 3; n++) await of.operations.round();
    expect(of.askedFor).toHaveLength(30);
    const halfway = (await findOperation(world.db, of.operation.id))!;
    expect(halfway).toMatchObject({ state: 'running', failed: 0 });
    expect(halfway.done).toBeGreaterThan(0);
    await goOn!();
    await of.operations.round();
    expect(await findOperation(world.db, of.operation.id)).toMatchObject({
      ...{ state: 'done', done: 60, failed: 0 },
      result: { missing: 20, kept: 40, unanswered: 0, busy: 0, full: 0 },
    });
    await eventually(async () => expect(await world.lanes(agency)).toMatchObject({ open: 0, held: 0 }));
    const arrived = of.partner.arrived.slice(before).filter(({ path }) => !path.startsWith('/held/'));
    expect(arrived.map(({ headers }) => headers['idempotency-key']).sort()).toEqual(lacked.sort());
    // Each of the twenty twice: of what it lacks and of what came before; and the one that was under way once more.
    expect(of.askedFor.length - new Set(of.askedFor).size).toBeLessThanOrEqual(1);
    expect(new Set(of.askedFor).size).toBe(80);
  });

  it('a moment skips no case, and ends nothing early', async () => {
    const of = await replayed('moment', 12);
    const keys = await keysOf('moment');
    of.lacks.add(keys[5]![1]);
    of.notNow = 5;
    await of.operations.round();
    expect(await findOperation(world.db, of.operation.id)).toMatchObject({
      ...{ state: 'done', done: 12, failed: 0 },
      result: { missing: 1, kept: 11 },
    });
    expect(new Set(of.askedFor).size).toBe(13);
  });

  it('a pause asks again about the lane that it caught halfway: what was held before says nothing about after', async () => {
    const of = await replayed('halfway', 1);
    const [[first, second]] = (await keysOf('halfway')) as [[string, string]];
    of.lacks.add(second);
    let goOn: (() => Promise<void>) | undefined;
    of.answered = async () => void (goOn ??= await stops['a pause']!(of, 'halfway'));
    await of.operations.round();
    expect(of.askedFor).toEqual([second]);
    // Meanwhile its people have entered by hand what was missing.
    of.lacks.delete(second);
    await goOn!();
    await of.operations.round();
    expect(await findOperation(world.db, of.operation.id)).toMatchObject({
      state: 'done',
      result: { kept: 1, missing: 0 },
    });
    expect(of.askedFor).toEqual([second, second]);
    expect(of.askedFor).not.toContain(first);
  });
});
