import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json } from '../../../../libs/connectors/src/testing/partner.js';
import { aheadOfRate } from '../../../../libs/connectors/src/testing/rate.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { DeskWorld } from './desk-world.fixture.js';

let world: DeskWorld;
beforeAll(async () => {
  world = await DeskWorld.begin();
});
afterAll(() => world.end());

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const yes = (): Promise<string> => Promise.resolve('yes');

describe('a question that belongs to no claim', () => {
  it('takes a place as a request does: together never more than the partner allows', async () => {
    let now = 0;
    let most = 0;
    const began = (): void => void (most = Math.max(most, ++now));
    const partner = await world.partner((arrived, response, request) => {
      began();
      setTimeout(() => {
        now--;
        json({})(arrived, response, request);
      }, 3);
    });
    const { desk } = await world.desk('places', world.contract(partner.url, { inFlight: 4, timeout: '30s' }));
    await world.waiting('places', 200);
    desk.kick();
    const ask = async (): Promise<string> => {
      began();
      await wait(3);
      now--;
      return 'yes';
    };
    expect(await Promise.all(Array.from({ length: 30 }, () => desk.question(ask)))).toEqual(Array(30).fill('yes'));
    await eventually(async () => expect(await world.lanes('places')).toMatchObject({ open: 0 }));
    expect(most).toBe(4);
  });

  it('keeps to the agency’s rate, together with deliveries', async () => {
    const at: number[] = [];
    const partner = await world.partner((arrived, response, request) => {
      at.push(performance.now());
      json({})(arrived, response, request);
    });
    const { desk } = await world.desk('asks-rate', world.contract(partner.url, { inFlight: 8, perSecond: 40 }));
    await world.waiting('asks-rate', 30);
    const began = performance.now();
    desk.kick();
    const ask = (): Promise<void> => Promise.resolve(void at.push(performance.now()));
    for (let n = 0; n < 30; n++) await desk.question(ask);
    await eventually(async () => expect(await world.lanes('asks-rate')).toMatchObject({ open: 0 }));
    expect(at).toHaveLength(60);
    // A tenth of a second's worth may come at once.
    expect(aheadOfRate(at, began, 40)).toBeLessThanOrEqual(4);
  });

  it('gets the next place that is free, whatever waits', async () => {
    const partner = await world.partner((...answer) => void setTimeout(() => json({})(...answer), 20));
    const { desk } = await world.desk('next-place', world.contract(partner.url, { inFlight: 1, timeout: '30s' }));
    await world.waiting('next-place', 40);
    desk.kick();
    await eventually(() => Promise.resolve(expect(partner.arrived.length).toBeGreaterThan(0)));
    const before = partner.arrived.length;
    expect(await desk.question(yes)).toBe('yes');
    expect(partner.arrived.length - before).toBeLessThanOrEqual(1);
    await eventually(async () => expect(await world.lanes('next-place')).toMatchObject({ open: 0 }));
  });

  it('gives its place back also when it fails', async () => {
    const partner = await world.partner(json({}));
    const { desk } = await world.desk('fails', world.contract(partner.url, { inFlight: 1 }));
    await expect(desk.question(() => Promise.reject(new Error('no such host')))).rejects.toThrow('no such host');
    expect(await desk.question(yes)).toBe('yes');
    await world.waiting('fails', 3);
    desk.kick();
    await eventually(async () => expect(await world.lanes('fails')).toMatchObject({ open: 0 }));
  });

  it('isn’t asked of an agency that is paused, also where it waited for a place', async () => {
    const open: (() => void)[] = [];
    const partner = await world.partner((...answer) => void open.push(() => json({})(...answer)));
    const made = await world.desk('pauses', world.contract(partner.url, { inFlight: 1, timeout: '30s' }));
    await world.waiting('pauses', 1);
    made.desk.kick();
    await eventually(() => Promise.resolve(expect(open).toHaveLength(1)));
    let asked = 0;
    const waiting = made.desk.question(() => Promise.resolve(++asked));
    made.isPaused = true;
    expect(await waiting).toBeUndefined();
    open[0]!();
    await eventually(async () => expect(await world.lanes('pauses')).toMatchObject({ open: 0 }));
    expect(await made.desk.question(yes)).toBeUndefined();
    expect(asked).toBe(0);
    made.isPaused = false;
    expect(await made.desk.question(yes)).toBe('yes');
  });

  it('isn’t asked behind an open breaker, nor by a desk that stops', async () => {
    const open: (() => void)[] = [];
    const partner = await world.partner((...answer) => void open.push(() => json({})(...answer)));
    const { desk } = await world.desk('opens', world.contract(partner.url, { inFlight: 1, timeout: '30s' }));
    await world.waiting('opens', 1);
    desk.kick();
    await eventually(() => Promise.resolve(expect(open).toHaveLength(1)));
    let asked = 0;
    const waiting = desk.question(() => Promise.resolve(++asked));
    desk.breaker.standStill('a test');
    expect(await waiting).toBeUndefined();
    open[0]!();
    await eventually(async () => expect(await world.lanes('opens')).toMatchObject({ open: 0 }));
    expect(await desk.question(yes)).toBeUndefined();
    await eventually(async () => {
      desk.breaker.closedByProbe();
      expect(await desk.question(yes)).toBe('yes');
    });
    await desk.stop();
    expect(await desk.question(yes)).toBeUndefined();
    expect(asked).toBe(0);
  });
});
