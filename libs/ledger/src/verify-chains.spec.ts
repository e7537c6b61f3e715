import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CountedWorld } from './testing/counted-world.js';
import { verifyChains } from './verify-chains.js';

let world: CountedWorld;
beforeAll(async () => {
  world = await CountedWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

describe('the chains', () => {
  const tampered: [what: string, statement: string, sequence: number | null][] = [
    ['a body', `update events set body = '{"code":"other"}' where sequence = 1 and stream_id = $1`, 1],
    ['a sender', `update events set sender = 'x' where sequence = 2 and stream_id = $1`, 2],
    [
      'a time',
      `update events set recorded_at = recorded_at + interval '1 millisecond' where sequence = 3 and stream_id = $1`,
      3,
    ],
    ['a removed event in the middle', `delete from events where sequence = 2 and stream_id = $1`, 3],
    ['a removed last event', `delete from events where sequence = 3 and stream_id = $1`, null],
    ['all events removed', `delete from events where stream_id = $1`, null],
  ];
  it.each(tampered)('show %s', async (_what, statement, sequence) => {
    const streams = [await world.caseOf('C-1'), await world.caseOf('C-2'), await world.caseOf('C-3')];
    await world.planned(streams);
    await world.deliver();
    expect(await world.count()).toMatchObject({ brokenChains: 0 });
    await world.db.transaction(async (client) => {
      await client.query(`set local session_replication_role = replica`);
      await client.query(statement, [streams[1]]);
    });
    const result = await world.count();
    expect(result.brokenChains).toBe(1);
    expect(result.discrepancies.filter((d) => d.type === 'broken-chain')).toEqual([
      { type: 'broken-chain', agency: null, code: 'C-2', sequence, line: null },
    ]);
  });

  it('are found page by page, on whichever page they lie', async () => {
    for (let n = 1; n <= 7; n++) await world.caseOf(`C-${n}`);
    await world.db.transaction(async (client) => {
      await client.query(`set local session_replication_role = replica`);
      await client.query(
        `update events set sender = 'x' where stream_id in (select stream_id from aliases where code in ('C-1', 'C-4', 'C-7'))`,
      );
    });
    for (const pageSize of [1, 2, 3, 7, 100]) {
      const { broken, first } = await verifyChains(world.db.pool, pageSize);
      expect([pageSize, broken, first.map(({ code }) => code)]).toEqual([pageSize, 3, ['C-1', 'C-4', 'C-7']]);
    }
  });
});
