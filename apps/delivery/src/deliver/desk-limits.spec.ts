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

describe('the limits of a partner', () => {
  it('a rate holds over two workers together, and is used', async () => {
    const at: number[] = [];
    const partner = await world.partner((arrived, response, request) => {
      at.push(performance.now());
      json({})(arrived, response, request);
    });
    const contract = world.contract(partner.url, { inFlight: 8, perSecond: 20 });
    await world.waiting('rate', 80);
    const began = performance.now();
    for (const rank of [0, 1]) (await world.desk('rate', contract, { workers: 2, rank })).desk.kick();
    await eventually(async () => expect(await world.lanes('rate')).toMatchObject({ open: 0 }));
    expect(at).toHaveLength(80);
    // A tenth of a second's worth may come at once, of each worker.
    expect(aheadOfRate(at, began, 20)).toBeLessThanOrEqual(4);
    // Used: it doesn't wait for a sweep between requests.
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('one request at a time among two workers: the one without a share holds nothing, and takes it over', async () => {
    let now = 0;
    let most = 0;
    const partner = await world.partner((arrived, response, request) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        json({})(arrived, response, request);
      }, 3);
    });
    const contract = world.contract(partner.url, { inFlight: 1 });
    const first = await world.desk('single', contract, { workers: 2, rank: 0 });
    const second = await world.desk('single', contract, { workers: 2, rank: 1 });
    await world.waiting('single', 30);
    second.desk.kick();
    first.desk.kick();
    await eventually(async () => expect(await world.lanes('single')).toMatchObject({ open: 0, held: 0 }));
    expect(second.desk.busy()).toBe(0);
    expect(most).toBe(1);
    await first.desk.stop();
    second.place = { workers: 1, rank: 0 };
    await world.waiting('single', 5);
    second.desk.kick();
    await eventually(async () => expect(await world.lanes('single')).toMatchObject({ open: 0 }));
  });

  it('a newcomer that doesn’t know its share yet holds nothing, and sends once it does', async () => {
    const partner = await world.partner(json({}));
    const newcomer = await world.desk('newcomer', world.contract(partner.url, { inFlight: 16 }), undefined);
    newcomer.place = undefined;
    await world.waiting('newcomer', 20);
    newcomer.desk.kick();
    expect(newcomer.desk.promise()).toBeUndefined();
    expect(await world.lanes('newcomer')).toMatchObject({ turn: 20, held: 0 });
    newcomer.place = { workers: 2, rank: 1 };
    newcomer.desk.kick();
    await eventually(async () => expect(await world.lanes('newcomer')).toMatchObject({ open: 0 }));
  });

  it('a worker that loses its share gives back what hasn’t left', async () => {
    const open: (() => void)[] = [];
    const partner = await world.partner((arrived, response, request) => {
      open.push(() => json({})(arrived, response, request));
    });
    const { desk } = await world.desk('loses', world.contract(partner.url, { inFlight: 1 }));
    await world.waiting('loses', 9);
    desk.kick();
    await eventually(() => Promise.resolve(expect([open.length, desk.busy() > 1]).toEqual([1, true])));
    world.desks.at(-1)!.place = { workers: 2, rank: 1 };
    open.forEach((answer) => answer());
    await eventually(async () => expect(await world.lanes('loses')).toMatchObject({ open: 8, turn: 8, held: 0 }));
  });

  it('a partner that hangs takes no place of another’s', async () => {
    const hanging = await world.partner(() => undefined);
    const quick = await world.partner(json({}));
    const one = await world.desk('hangs', world.contract(hanging.url, { inFlight: 4, timeout: '30s' }));
    const two = await world.desk('quick', world.contract(quick.url, { inFlight: 4 }));
    await world.waiting('hangs', 60);
    await world.waiting('quick', 60, 3);
    one.desk.kick();
    await eventually(() => Promise.resolve(expect(hanging.arrived).toHaveLength(4)));
    two.desk.kick();
    await eventually(async () => expect(await world.lanes('quick')).toMatchObject({ open: 0 }));
    expect(hanging.arrived).toHaveLength(4);
    await hanging.stop();
    world.partners.splice(world.partners.indexOf(hanging), 1);
  });

  it('what is held never exceeds what may be under way and as much ahead, whatever waits', async () => {
    let most = 0;
    const held = { busy: () => 0 };
    const partner = await world.partner((arrived, response, request) => {
      most = Math.max(most, held.busy());
      json({})(arrived, response, request);
    });
    const { desk } = await world.desk('bounded', world.contract(partner.url, { inFlight: 16, timeout: '30s' }));
    held.busy = () => desk.busy();
    await world.waiting('bounded', 150, 3);
    desk.kick();
    await eventually(async () => expect(await world.lanes('bounded')).toMatchObject({ open: 0 }));
    expect(most).toBeGreaterThan(8);
    // In flight, and at most eight rounds of as many ahead (agency-throttle.ts).
    expect(most).toBeLessThanOrEqual(16 * (1 + 8));
    const order = new Map<string, number>();
    for (const { json: item } of partner.arrived) {
      const { code, n } = item as { code: string; n: number };
      expect(n).toBe((order.get(code) ?? 0) + 1);
      order.set(code, n);
    }
  });

  it('a kick that finds no room is not forgotten: the next that ends looks again', async () => {
    const open: (() => void)[] = [];
    const partner = await world.partner((arrived, response, request) => {
      open.push(() => json({})(arrived, response, request));
    });
    const { desk } = await world.desk('recalls', world.contract(partner.url, { inFlight: 8, timeout: '30s' }));
    await world.waiting('recalls', 15);
    desk.kick();
    await eventually(() => Promise.resolve(expect([open.length, desk.busy()]).toEqual([8, 15])));
    await world.waiting('recalls', 10);
    desk.kick();
    await eventually(async () => {
      open.splice(0).forEach((answer) => answer());
      expect(await world.lanes('recalls')).toMatchObject({ open: 0 });
    });
  });

  it('while it claims, half the places are the plan’s, and never more than there are', async () => {
    const partner = await world.partner(json({}));
    const { desk } = await world.desk('shared', world.contract(partner.url, { inFlight: 8 }));
    await world.waiting('shared', 1);
    desk.kick();
    await eventually(async () => expect(await world.lanes('shared')).toMatchObject({ open: 0 }));
    // None waits now, and it knows: the next kick asks for half.
    const free = desk.promise()?.lanes ?? 0;
    await desk.begin([], performance.now(), free);
    // A plan of one stream leaves the rest to whoever comes beside it.
    expect(desk.promise(1)?.lanes).toBe(1);
    expect(desk.promise()?.lanes).toBe(free - 1);
    await desk.begin([], performance.now(), free);
    const blocking = await world.db.pool.connect();
    try {
      await blocking.query(`begin; lock table lanes in access exclusive mode`);
      desk.kick();
      await eventually(() => Promise.resolve(expect(desk.claims.asked).toBeGreaterThan(0)));
      const promised = desk.promise()?.lanes ?? 0;
      expect(promised).toBe(Math.floor(free / 2));
      expect(desk.promise()).toBeUndefined();
      void desk.begin([], performance.now(), promised);
    } finally {
      await blocking.query('rollback');
      blocking.release();
    }
    await eventually(() => Promise.resolve(expect(desk.claims.asked).toBe(0)));
    expect(desk.promise()?.lanes).toBe(free);
  });

  it('stopped, it gives back at once what hasn’t left, and ends with what has', async () => {
    const open: (() => void)[] = [];
    const partner = await world.partner((arrived, response, request) => {
      open.push(() => json({})(arrived, response, request));
    });
    const { desk } = await world.desk('stops', world.contract(partner.url, { inFlight: 4, timeout: '30s' }));
    await world.waiting('stops', 40);
    desk.kick();
    await eventually(() => Promise.resolve(expect(open).toHaveLength(4)));
    const stopped = desk.stop();
    await eventually(async () => expect(await world.lanes('stops')).toMatchObject({ held: 4, turn: 36 }));
    open.forEach((answer) => answer());
    await stopped;
    expect(await world.lanes('stops')).toMatchObject({ held: 0, turn: 36, open: 36 });
    expect(open).toHaveLength(4);
  });

  it('stopped while it claims, it sends nothing more', async () => {
    const partner = await world.partner(json({}));
    const { desk } = await world.desk('late-stop', world.contract(partner.url, { inFlight: 4 }));
    await world.waiting('late-stop', 10);
    desk.kick();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    await desk.stop();
    expect(partner.arrived).toEqual([]);
    expect(await world.lanes('late-stop')).toMatchObject({ held: 0, turn: 10 });
  });
});
