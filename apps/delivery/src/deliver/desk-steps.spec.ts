import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json } from '../../../../libs/connectors/src/testing/partner.js';
import type { Connector, SendContext } from '#connectors';
import type { ClaimedLane } from '#ledger';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { DeskWorld } from './desk-world.fixture.js';
import { stepsOf } from './kept-steps.js';

let world: DeskWorld;
beforeAll(async () => {
  world = await DeskWorld.begin();
});
afterAll(() => world.end());

const accepted = {
  kind: 'answered',
  status: 200,
  contentType: 'application/json',
  text: '{}',
} as const;
type Send = (context: SendContext, sequence: number) => ReturnType<Connector['send']>;

/** A partner that takes several calls; `send` plays one attempt. */
const takingSteps = (send: Send): Connector => ({
  inSteps: true,
  prepare: ({ caseCode }) =>
    Promise.resolve({ kind: 'prepared', prepared: { operation: 'create', item: { code: caseCode } } }),
  send: (_, { sequence }, context) => send(context, sequence),
  close: () => Promise.resolve(),
});

/** One case of so many events, until all are acknowledged or wait for a person. */
async function deliver(agency: string, events: number, send: Send): Promise<void> {
  const { desk } = await world.desk(agency, world.contract('http://127.0.0.1:1', {}), undefined, takingSteps(send));
  await world.waiting(agency, 1, events);
  await eventually(async () => {
    await world.db.pool.query(
      `update lanes set wait = 'turn', wake_at = null where agency_id = $1 and wait = 'timer' and wake_at <= now()`,
      [agency],
    );
    desk.kick();
    const { open, person } = await world.lanes(agency);
    expect(open - person).toBe(0);
  });
}

describe('a delivery that takes several calls', () => {
  it('goes on where it was, and the next of the case knows what was issued', async () => {
    const said: unknown[] = [];
    let tries = 0;
    await deliver('steps', 2, async ({ steps }, sequence) => {
      said.push([sequence, steps!.get('code') ?? null, steps!.ofCase('code') ?? null]);
      if (sequence === 2) return accepted;
      tries++;
      if (tries === 1) {
        expect(await steps!.keep('code', { value: 'G09-1' })).toBe(true);
        return { kind: 'unsent', reason: 'gone meanwhile' };
      }
      return accepted;
    });
    expect(said).toEqual([
      [1, null, null],
      [1, { value: 'G09-1' }, { value: 'G09-1' }],
      [2, null, { value: 'G09-1' }],
    ]);
  });

  it('that can’t be made waits for a person, in no doubt and with its reason', async () => {
    await deliver('unmade', 1, () => Promise.resolve({ kind: 'unmade', reason: 'no code was issued' }));
    const { rows } = await world.db.pool.query(
      `select d.state, d.owner, d.reason, l.doubt_at from deliveries d join lanes l using (agency_id, stream_id) where d.agency_id = 'unmade'`,
    );
    expect(rows).toEqual([{ state: 'parked', owner: 'ours', reason: 'no code was issued', doubt_at: null }]);
  });

  it('costs the others nothing: whoever takes one call is asked for no steps', async () => {
    const before = world.stepsRead;
    const partner = await world.partner(json({}));
    const { desk } = await world.desk('plain', world.contract(partner.url, {}));
    await world.waiting('plain', 3);
    desk.kick();
    await eventually(async () => expect((await world.lanes('plain')).open).toBe(0));
    expect(world.stepsRead).toBe(before);
  });
});

describe('steps while PostgreSQL is away', () => {
  const lane = { agencyId: 'a', streamId: '1', sequence: 1, revision: 1, claim: 1 } as ClaimedLane;
  const away = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

  it('are waited for as long as the worker lives, and never taken for kept', async () => {
    let fails = 1;
    const fail = (): void => {
      if (fails-- > 0) throw away;
    };
    const db = {
      query: async () => Promise.resolve(fail()).then(() => ({ rows: [] })),
      once: async () => Promise.resolve(fail()).then(() => ({ rowCount: 1 })),
    };
    const worker = { id: '1', lives: true, isAlive: () => worker.lives };
    const office = { db: db as never, worker };
    const steps = (await stepsOf(office, lane))!;
    expect(steps.get('code')).toBeUndefined();
    fails = 1;
    expect(await steps.keep('code', { value: 'x' })).toBe(true);
    expect(steps.get('code')).toEqual({ value: 'x' });
    worker.lives = false;
    expect(await steps.keep('other', {})).toBe(false);
    expect(await stepsOf(office, lane)).toBeUndefined();
  });
});
