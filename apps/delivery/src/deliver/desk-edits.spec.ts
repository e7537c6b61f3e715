import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectorFor, type Connector, type Prepared } from '#connectors';
import { editDelivery } from '#ledger';
import { json } from '../../../../libs/connectors/src/testing/partner.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { DeskWorld, type Desk } from './desk-world.fixture.js';

let world: DeskWorld;
beforeAll(async () => {
  world = await DeskWorld.begin();
});
afterAll(() => world.end());

const text = '{"written":"by hand"}';
const hash = createHash('sha256').update(text).digest('hex');

/** A partner over HTTP for which no item can be made. */
async function unmappable(agency: string, mapped: Omit<Extract<Prepared, { kind: 'unmappable' }>, 'kind'>) {
  const partner = await world.partner(json({}));
  const contract = world.contract(partner.url, {});
  const http = connectorFor('http-json', {
    agency,
    contract,
    publish: () => Promise.resolve(),
    append: () => Promise.resolve([]),
  });
  const prepare = (): Promise<Prepared> => Promise.resolve({ kind: 'unmappable', ...mapped });
  const connector: Connector = { prepare, send: (...sent) => http.send(...sent), close: () => http.close() };
  const made = await world.desk(agency, contract, undefined, connector);
  const [code] = await world.waiting(agency, 1, 2);
  made.desk.kick();
  await eventually(async () => expect(await world.lanes(agency)).toMatchObject({ person: 1 }));
  return { ...made, partner, code: code! };
}

async function edited({ desk }: Desk, agency: string, code: string): Promise<void> {
  const { rows } = await world.db.pool.query<{ stream: string }>(
    'select stream_id as stream from aliases where code = $1',
    [code],
  );
  const named = { agency, stream: rows[0]!.stream, sequence: null, author: 'lan', reason: null };
  expect(await editDelivery(world.db, named, { text, hash })).toMatchObject({ outcome: 'done' });
  desk.kick();
}

const delivery = async (agency: string, sequence: number) =>
  (
    await world.db.pool.query(
      `select state, reason, operation, revision from deliveries where agency_id = $1 and sequence = $2`,
      [agency, sequence],
    )
  ).rows[0] as object;

describe('what can’t be mapped', () => {
  it('is sent as a person wrote it, under a new key; what follows it isn’t', async () => {
    const made = await unmappable('by-hand', { reason: 'field is missing', operation: 'add' });
    expect(made.partner.arrived).toEqual([]);
    await edited(made, 'by-hand', made.code);
    await eventually(async () => expect(await world.lanes('by-hand')).toMatchObject({ person: 1, turn: 0 }));
    expect(made.partner.arrived.map(({ body }) => body)).toEqual([text]);
    expect(made.partner.arrived[0]!.headers['idempotency-key']).toMatch(/\.2$/);
    expect(await delivery('by-hand', 1)).toMatchObject({ state: 'acknowledged', operation: 'add', revision: 2 });
    expect(await delivery('by-hand', 2)).toMatchObject({ state: 'parked', reason: 'field is missing' });
  });

  it('stays parked, with the reason, where the interface takes no such event', async () => {
    const made = await unmappable('not-taken', { reason: 'this interface doesn’t take it' });
    await edited(made, 'not-taken', made.code);
    await eventually(async () =>
      expect(await delivery('not-taken', 1)).toMatchObject({
        state: 'parked',
        revision: 2,
        reason: 'this interface doesn’t take it',
      }),
    );
    expect(made.partner.arrived).toEqual([]);
  });
});
