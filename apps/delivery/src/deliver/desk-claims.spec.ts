import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enter, plan, type Database, type EntryItem } from '#ledger';
import { json } from '../../../../libs/connectors/src/testing/partner.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { DeskWorld } from './desk-world.fixture.js';

let world: DeskWorld;
let claims = 0;
beforeAll(async () => {
  world = await DeskWorld.begin();
  counting(world.db);
});
afterAll(() => world.end());

/** Counts the looks for lanes, whoever takes them. */
function counting(db: Database): void {
  const transaction = db.transaction.bind(db);
  db.transaction = (work, ending, read) =>
    transaction(
      (client) => {
        const query = (statement: { name?: string }, ...more: unknown[]): unknown => {
          if (statement.name === 'lanes.pick') claims++;
          return (client.query as (...args: unknown[]) => unknown)(statement, ...more);
        };
        return work(
          new Proxy(client, { get: (of, key) => (key === 'query' ? query : (Reflect.get(of, key) as unknown)) }),
        );
      },
      ending,
      read,
    );
}

/** A case of these short types, planned together. */
async function planned(agency: string, code: string, ...types: string[]): Promise<void> {
  const items = types.map((type, i): EntryItem => ({
    sender: 'm',
    key: `${code}/${type}/${i}`,
    type: `vn.lienthong.${type}.v1` as EntryItem['type'],
    caseCode: code,
    data: { code, type },
    ...(type === 'case.received' ? { status: 2, opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null } } : {}),
  }));
  const [answer] = await enter(world.db, items, () => true);
  const { stream } = answer as { stream: string };
  await plan(world.db, [stream], () => ({ recipients: [{ agency }], collectFrom: [] }));
}

describe('a claim that found fewer lanes than it asked for', () => {
  it('isn’t repeated, whatever ends meanwhile, until something wakes', async () => {
    const open: (() => void)[] = [];
    const partner = await world.partner((...answer) => void open.push(() => json({})(...answer)));
    const { desk } = await world.desk('fewer', world.contract(partner.url, { inFlight: 8, timeout: '30s' }));
    await world.waiting('fewer', 3);
    claims = 0;
    desk.kick();
    await eventually(() => Promise.resolve(expect(open).toHaveLength(3)));
    await world.waiting('fewer', 2);
    open.splice(0).forEach((answer) => answer());
    await eventually(async () => expect(await world.lanes('fewer')).toMatchObject({ held: 0, open: 2, turn: 2 }));
    await eventually(() => Promise.resolve(expect(desk.busy()).toBe(0)));
    expect(claims).toBe(1);
    desk.kick();
    await eventually(() => Promise.resolve(expect(open).toHaveLength(2)));
    open.splice(0).forEach((answer) => answer());
    await eventually(async () => expect(await world.lanes('fewer')).toMatchObject({ open: 0 }));
    expect(claims).toBe(2);
  });

  it('is repeated at once where it set lanes aside for another turn', async () => {
    const partner = await world.partner(json({}));
    const { desk } = await world.desk('aside', world.contract(partner.url, { inFlight: 8 }));
    await planned('aside', 'ASIDE', 'case.received');
    desk.kick();
    await eventually(async () => expect(await world.lanes('aside')).toMatchObject({ open: 0 }));
    // Of this result and its revocation the partner hears nothing; what follows them waits for the next claim.
    await planned('aside', 'ASIDE', 'case.result-issued', 'case.result-revoked', 'case.status-changed');
    claims = 0;
    desk.kick();
    await eventually(async () => expect(await world.lanes('aside')).toMatchObject({ open: 0 }), 90_000);
    expect(partner.arrived.map((arrived) => arrived.json.type)).toEqual(['case.received', 'case.status-changed']);
    expect(claims).toBe(2);
  });

  it('nor is one that found none', async () => {
    const partner = await world.partner(json({}));
    const { desk } = await world.desk('none', world.contract(partner.url, { inFlight: 8 }));
    for (const kicks of [1, 2]) {
      claims = 0;
      for (let n = 0; n < kicks; n++) desk.kick();
      await eventually(() => Promise.resolve(expect(desk.claims.claiming).toBeUndefined()));
      expect(claims).toBe(1);
    }
  });
});
