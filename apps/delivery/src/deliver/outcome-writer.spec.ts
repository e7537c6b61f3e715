import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ClaimedLane, Outcome } from '#ledger';
import { createLog } from '#service';
import { json } from '../../../../libs/connectors/src/testing/partner.js';
import type { Worker } from '../worker.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { DeskWorld } from './desk-world.fixture.js';
import { OutcomeWriter } from './outcome-writer.js';

let world: DeskWorld;
let statements: jest.SpiedFunction<DeskWorld['db']['once']>;
beforeAll(async () => {
  world = await DeskWorld.begin();
  statements = jest.spyOn(world.db, 'once');
});
afterEach(() => void jest.useRealTimers());
afterAll(() => world.end());

const setImmediateTwice = async (): Promise<void> => {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Of a lane that nobody has: fenced, so nothing goes on by it. */
const late = (streamId: string): Outcome => ({
  lane: { attempts: 0, inDoubt: false, type: 'vn.lienthong.case.received.v1' } as ClaimedLane,
  agencyId: 'nobody',
  streamId,
  sequence: 1,
  claim: 1,
  revision: 1,
  kind: 'acknowledged',
  waitMs: 0,
  inDoubt: false,
  covers: null,
  expired: false,
  stands: false,
  goOn: null,
  probe: null,
  operation: 'events',
  asUpdate: false,
  itemHash: '00',
  body: null,
  contractVersion: '2018-01-01',
  owner: null,
  reason: null,
  fingerprint: null,
  operationId: null,
  attempts: [
    { operation: 'events', itemHash: '00', startedAt: 0, endedAt: 1, outcome: 'accepted', inDoubt: false, reply: null },
  ],
});

describe('outcomes that come one by one', () => {
  it('leave together while no lane goes on by them', async () => {
    const writer = new OutcomeWriter(world.db, { id: '1' } as Worker, createLog('spec', 'silent'));
    await writer.commit(late('1'));
    expect(statements).toHaveBeenCalledTimes(1);
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
    const second = writer.commit(late('2'));
    await setImmediateTwice();
    const third = writer.commit(late('3'));
    await setImmediateTwice();
    expect(statements).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(5);
    jest.useRealTimers();
    expect(await Promise.all([second, third])).toMatchObject([{ committed: undefined }, { committed: undefined }]);
    expect(statements).toHaveBeenCalledTimes(2);
  });

  it('leave at once where a lane goes on: a long lane pays for no wait', async () => {
    const partner = await world.partner(json({}));
    const { desk } = await world.desk('goes-on', world.contract(partner.url, { inFlight: 4 }));
    await world.waiting('goes-on', 1, 5);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    desk.kick();
    await eventually(async () => expect(await world.lanes('goes-on')).toMatchObject({ open: 0 }));
    const waits = timers.mock.calls.filter(([, ms]) => ms === 5);
    timers.mockRestore();
    expect(partner.arrived).toHaveLength(5);
    expect(waits).toEqual([]);
  });
});
