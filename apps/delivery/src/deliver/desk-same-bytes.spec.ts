import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json } from '../../../../libs/connectors/src/testing/partner.js';
import { connectorFor, type Connector, type Prepared } from '#connectors';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { DeskWorld } from './desk-world.fixture.js';

let world: DeskWorld;
beforeAll(async () => {
  world = await DeskWorld.begin();
});
afterAll(() => world.end());

describe('a delivery in doubt', () => {
  it.each<[string, Prepared]>([
    ['maps it otherwise', { kind: 'prepared', prepared: { operation: 'other', item: { mapping: 2 } } }],
    ['can’t map it', { kind: 'unmappable', reason: 'a code table lacks it' }],
  ])('goes under its key as it was, where the contract meanwhile %s', async (how, then) => {
    const agency = `same-bytes-${how.length}`;
    let mapped: Prepared = { kind: 'prepared', prepared: { operation: 'add', item: { z: 1, mapping: 1 } } };
    const partner = await world.partner((arrived, response, request) => {
      if (partner.arrived.length > 1) return json({})(arrived, response, request);
      mapped = then;
      request.socket.destroy();
    });
    const contract = world.contract(partner.url, {});
    const deps = { agency, contract, publish: () => Promise.resolve(), append: () => Promise.resolve([]) };
    const http = connectorFor('http-json', deps);
    const prepare = (): Promise<Prepared> => Promise.resolve(mapped);
    const connector: Connector = { prepare, send: (...sent) => http.send(...sent), close: () => http.close() };
    const { desk } = await world.desk(agency, contract, undefined, connector);
    await world.waiting(agency, 1);
    desk.kick();
    await eventually(async () => {
      desk.kick();
      await world.db.pool.query(`update lanes set wake_at = now() where agency_id = $1 and wait = 'timer'`, [agency]);
      await world.db.pool.query(`update lanes set wait = 'turn', wake_at = null, out_until = null where agency_id = $1 and wait = 'timer'`, [agency]); // prettier-ignore
      expect(partner.arrived).toHaveLength(2);
      expect(await world.lanes(agency)).toMatchObject({ open: 0 });
    }, 90_000);
    const [first, again] = partner.arrived;
    expect(again!.headers['idempotency-key']).toBe(first!.headers['idempotency-key']);
    expect(JSON.parse(again!.body)).toEqual(JSON.parse(first!.body));
    const { rows } = await world.db.pool.query<{ operation: string; hash: string }>(
      `select distinct operation, encode(item_hash, 'hex') as hash from attempts where agency_id = $1`,
      [agency],
    );
    expect(rows).toMatchObject([{ operation: 'add' }]);
  });

  it('goes as it is mapped by now under another key: of that nothing left yet', async () => {
    let mapping = 1;
    const partner = await world.partner((arrived, response, request) => {
      if (partner.arrived.length > 1) return json({})(arrived, response, request);
      mapping = 2;
      request.socket.destroy();
    });
    const contract = world.contract(partner.url, {});
    const deps = { agency: 'new-key', contract, publish: () => Promise.resolve(), append: () => Promise.resolve([]) };
    const http = connectorFor('http-json', deps);
    const prepare = (): Promise<Prepared> =>
      Promise.resolve({ kind: 'prepared', prepared: { operation: 'add', item: { mapping } } });
    const connector: Connector = { prepare, send: (...sent) => http.send(...sent), close: () => http.close() };
    const { desk } = await world.desk('new-key', contract, undefined, connector);
    await world.waiting('new-key', 1);
    desk.kick();
    await eventually(async () => expect(await world.lanes('new-key')).toMatchObject({ timer: 1 }));
    // As after a refusal and a worker that died over the revision that followed.
    await world.db.pool.query(`update deliveries set revision = 2, taint = 2 where agency_id = 'new-key'`);
    await world.db.pool.query(`update lanes set wait = 'turn', wake_at = null, out_until = null where agency_id = 'new-key'`); // prettier-ignore
    await eventually(async () => {
      desk.kick();
      expect(await world.lanes('new-key')).toMatchObject({ open: 0 });
    }, 90_000);
    expect(partner.arrived.map(({ body }) => body)).toEqual(['{"mapping":1}', '{"mapping":2}']);
  });
});
