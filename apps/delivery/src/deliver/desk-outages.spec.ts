import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openBreakers } from '#ledger';
import { json } from '../../../../libs/connectors/src/testing/partner.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { DeskWorld } from './desk-world.fixture.js';

let world: DeskWorld;
beforeAll(async () => {
  world = await DeskWorld.begin();
});
afterAll(() => world.end());

/** What the process does every moment for all its desks, as long as the spec runs. */
async function meanwhile(agency: string, until: () => Promise<unknown>, withinMs?: number): Promise<void> {
  const desks = world.desks.filter(({ desk }) => desk.agency === agency);
  const turn = async (): Promise<void> => {
    const [open] = (await openBreakers(world.db)).filter(({ agencyId }) => agencyId === agency);
    await world.db.pool.query(
      `update lanes set wait = 'turn', wake_at = null where agency_id = $1 and wait = 'timer' and wake_at <= now()`,
      [agency],
    );
    for (const { desk } of desks) {
      desk.breaker.read(open);
      await desk.probe();
      desk.kick();
    }
  };
  await eventually(async () => {
    await turn();
    await until();
  }, withinMs);
}

describe('a partner that is down', () => {
  const breaker = { opensAfter: 3, probeFirst: '50ms', probeAtMost: '400ms' };

  it('gets a handful of requests from two workers, then comes back slowly; nothing is lost or doubled', async () => {
    let down = true;
    let now = 0;
    const most: number[] = [];
    const partner = await world.partner((arrived, response, request) => {
      if (down) return void response.writeHead(503).end();
      most.push(++now);
      setTimeout(() => {
        now--;
        json({})(arrived, response, request);
      }, 5);
    });
    const contract = world.contract(partner.url, { inFlight: 8 }, { breaker });
    const codes = await world.waiting('down', 60, 2);
    for (const rank of [0, 1]) (await world.desk('down', contract, { workers: 2, rank })).desk.kick();
    const until = performance.now() + 3_000;
    await meanwhile('down', () =>
      performance.now() < until ? Promise.reject(new Error('still down')) : Promise.resolve(),
    );
    // Two windows of four at once, then one probe each 50, 100, 200, 400 ms at the least half of it.
    expect(partner.arrived.length).toBeLessThanOrEqual(8 + 4 + Math.ceil(3_000 / 200));
    expect(await world.lanes('down')).toMatchObject({ doubt: 0, person: 0 });
    const before = partner.arrived.length;
    down = false;
    await meanwhile('down', async () => expect(await world.lanes('down')).toMatchObject({ open: 0 }));
    expect(most.slice(0, 2)).toEqual([1, 1]);
    const items = partner.arrived.slice(before).map(({ json: item }) => `${String(item.code)}/${String(item.n)}`);
    expect(items).toHaveLength(120);
    for (const code of codes) expect(items.indexOf(`${code}/1`)).toBeLessThan(items.indexOf(`${code}/2`));
  });

  it('that nothing waits for has no probe to fail: the next failure opens it again', async () => {
    const partner = await world.partner((_, response) => response.writeHead(503).end());
    const contract = world.contract(partner.url, { inFlight: 1 }, { breaker });
    const { desk } = await world.desk('quiet', contract);
    desk.breaker.standStill('a test');
    await eventually(async () =>
      expect((await openBreakers(world.db)).filter((b) => b.agencyId === 'quiet')).toHaveLength(1),
    );
    await meanwhile('quiet', async () => {
      await world.db.pool.query(`update breakers set wake_at = now() where agency_id = 'quiet'`);
      expect((await openBreakers(world.db)).filter((b) => b.agencyId === 'quiet')).toEqual([]);
    });
    await world.waiting('quiet', 5);
    desk.kick();
    await eventually(async () =>
      expect((await openBreakers(world.db)).filter((b) => b.agencyId === 'quiet')).toHaveLength(1),
    );
    expect(partner.arrived).toHaveLength(1);
  });

  it('and asks for time gets it', async () => {
    const at: number[] = [];
    const partner = await world.partner((arrived, response, request) => {
      at.push(performance.now());
      if (at.length === 1) return void response.writeHead(429, { 'retry-after': '2' }).end();
      json({})(arrived, response, request);
    });
    await world.desk('time', world.contract(partner.url, { inFlight: 1 }));
    await world.waiting('time', 1);
    await meanwhile('time', async () => expect(await world.lanes('time')).toMatchObject({ open: 0 }));
    expect(at).toHaveLength(2);
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(1_950);
  });

  it('and cuts every connection leaves doubts, which are sent again under the same key', async () => {
    let cuts = true;
    const partner = await world.partner((arrived, response, request) =>
      cuts ? void request.socket.destroy() : json({})(arrived, response, request),
    );
    const contract = world.contract(partner.url, { inFlight: 4, timeout: '300ms' }, { breaker });
    await world.desk('cuts', contract);
    await world.waiting('cuts', 10);
    await meanwhile('cuts', async () => expect((await world.lanes('cuts')).doubt).toBeGreaterThan(0));
    cuts = false;
    await meanwhile('cuts', async () => expect(await world.lanes('cuts')).toMatchObject({ open: 0, doubt: 0 }));
    const keys = new Map(partner.arrived.map((a) => [String(a.json.code), a.headers['idempotency-key']]));
    for (const { json: item, headers } of partner.arrived)
      expect(headers['idempotency-key']).toBe(keys.get(String(item.code)));
    expect(keys.size).toBe(10);
  });
});
