import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { claimLanes } from '#ledger';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { DeskWorld } from './desk-world.fixture.js';

let world: DeskWorld;
beforeAll(async () => {
  world = await DeskWorld.begin();
});
afterAll(() => world.end());

const accepts = (_: unknown, response: { writeHead: (status: number) => { end: () => void } }): void =>
  response.writeHead(200).end();

it('a claim that comes after it was freed as a stray sends nothing', async () => {
  const partner = await world.partner(accepts);
  const { desk, worker } = await world.desk('late', world.contract(partner.url, {}));
  await world.waiting('late', 3);
  const startedAt = performance.now();
  const ask = { worker, agency: 'late', limit: 3, late: 0, outSeconds: 10, canAsk: false };
  const { claimed } = await claimLanes(world.db, ask);
  expect(claimed).toHaveLength(3);
  await desk.freeStrays();
  await desk.begin(claimed, startedAt);
  await eventually(async () => expect(await world.lanes('late')).toMatchObject({ open: 0, held: 0 }));
  expect(partner.arrived).toHaveLength(3);
});

it('long cases give their places to others that are due before them', async () => {
  const [long, events] = [4, 24];
  const held: (() => void)[] = [];
  const partner = await world.partner((_, response) => void held.push(() => response.writeHead(200).end()));
  // With a rate, nothing is claimed ahead of its request: the long ones have all places.
  const limits = { inFlight: long, perSecond: 100_000 };
  const { desk } = await world.desk('turns', world.contract(partner.url, limits));
  await world.waiting('turns', long, events);
  desk.kick();
  await eventually(() => expect([desk.busy(), partner.arrived.length]).toEqual([long, long]));
  const others = await world.waiting('turns', 12);
  await world.db.pool.query(
    `update lanes set deadline = deadline - interval '1 hour' where agency_id = 'turns' and last = 1`,
  );
  desk.kick();
  partner.answers(accepts);
  for (const answer of held) answer();
  await eventually(async () => expect(await world.lanes('turns')).toMatchObject({ open: 0, held: 0 }));
  const order = partner.arrived.map(({ body }) => others.find((code) => body.includes(`"${code}"`)));
  expect(order).toHaveLength(long * events + others.length);
  // Half of the long ones' turns at most: they give way after eight of twenty-four.
  const before = order.slice(0, (long * events) / 2).filter((code) => code !== undefined);
  expect(new Set(before).size).toBe(others.length);
});
