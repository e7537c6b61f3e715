import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chooseNext, type Form } from '#domain';
import { openBreaker, pauseAgency } from './breakers.js';
import { LaneWorld } from '../testing/lane-world.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

const FORMS: readonly Form[] = ['full', 'delta', 'barrier', 'result', 'revocation'];

describe('a lane that goes on', () => {
  it('is held by the same worker under the next claim, with all that mapping needs, and out anew', async () => {
    const stream = await world.caseOf(['full', 'delta']);
    const held = (await world.claim({ outSeconds: 1 }))!;
    const { next, wait } = await world.settle(held, 'acknowledged', { goOn: { outSeconds: 50, withCase: true } });
    expect(wait).toBeNull();
    expect(next).toMatchObject({
      agencyId: 'a',
      streamId: stream,
      sequence: 2,
      claim: held.claim + 1,
      purpose: 'send',
      inDoubt: false,
      covers: null,
      caseCode: held.caseCode,
      attempts: 0,
    });
    expect(JSON.parse(next!.applicationText!)).toEqual(JSON.parse(held.dataText));
    const row = await world.lane(stream);
    expect(row).toMatchObject({ worker: world.worker, sending: 2, done: 1, claim: held.claim + 1, wait: null });
    expect(row.out_until!.getTime()).toBeGreaterThan(Date.now() + 30_000);
    expect(await world.claim()).toBeUndefined();
    expect(await world.settles(held, 'acknowledged')).toEqual([]);
    expect((await world.settle(next!, 'acknowledged', { goOn: { outSeconds: 50, withCase: true } })).next).toBeNull();
    expect(await world.lane(stream)).toMatchObject({ worker: null, done: 2, wait: null, sending: null });
  });

  it('goes on only with what a claim would have chosen, whatever follows', async () => {
    for (const second of FORMS)
      for (const third of [undefined, ...FORMS]) {
        const forms: Form[] = ['delta', second, ...(third ? [third] : [])];
        await world.clear();
        const stream = await world.caseOf(['delta']);
        const held = (await world.claim())!;
        await world.grows(stream, ...forms.slice(1));
        const { next } = await world.settle(held, 'acknowledged', { goOn: { outSeconds: 60, withCase: true } });
        // A result and its revocation of which the partner hears neither: a claim ends them.
        if (third === 'revocation' && second === 'result') {
          expect(next).toBeNull();
          continue;
        }
        const free = { done: 1, doubt: null, copyMayBeOut: false, revocation: null };
        const deliveries = forms
          .map((form, i) => ({ sequence: i + 1, form, state: 'open', taint: 'none' }) as const)
          .slice(1);
        const choice = chooseNext({ ...free, deliveries }, false);
        if (next) expect([forms, { kind: 'send', sequence: next.sequence }]).toEqual([forms, choice]);
        // Where it stops, a claim decides: full states with a newer one behind them.
        else expect([forms, second]).toEqual([forms, 'full']);
      }
  });

  it('stops before a revocation of its result, and a claim sends that', async () => {
    const stream = await world.caseOf(['result']);
    const held = (await world.claim())!;
    await world.grows(stream, 'delta', 'revocation');
    expect(await world.settle(held, 'acknowledged', { goOn: { outSeconds: 60, withCase: true } })).toMatchObject({
      next: null,
      wait: 'turn',
    });
  });

  it.each(['parked', 'taint'])('stops before a next one that stands out: %s', async (what) => {
    const stream = await world.caseOf(['delta', 'delta']);
    await world.db.pool.query(
      what === 'parked'
        ? `update deliveries set state = 'parked' where stream_id = $1 and sequence = 2`
        : `update deliveries set taint = 2 where stream_id = $1 and sequence = 2`,
      [stream],
    );
    const { next, wait } = await world.settle((await world.claim())!, 'acknowledged', {
      goOn: { outSeconds: 60, withCase: true },
    });
    expect([next, wait]).toEqual([null, 'turn']);
  });

  it.each(['wait', 'doubt', 'parked', 'not-held', 'nothing-proved', 'turn'] as const)(
    'only after an acknowledgement: not after %s',
    async (kind) => {
      const stream = await world.caseOf(['delta', 'delta']);
      expect(
        (await world.settle((await world.claim())!, kind, { goOn: { outSeconds: 60, withCase: true } })).next,
      ).toBeNull();
      expect(await world.lane(stream)).toMatchObject({ worker: null, done: 0 });
    },
  );

  it('not while the agency is paused or its breaker open, whatever the process knows of it', async () => {
    await world.caseOf(['delta', 'delta', 'delta']);
    const held = (await world.claim())!;
    await pauseAgency(world.db, 'a', 'bảo trì', null);
    expect(await world.settle(held, 'acknowledged', { goOn: { outSeconds: 60, withCase: true } })).toMatchObject({
      next: null,
      wait: 'turn',
    });
    await world.clear();
    await world.caseOf(['delta', 'delta', 'delta']);
    const other = (await world.claim())!;
    await openBreaker(world.db, 'a', 'gone', 1_000);
    expect(await world.settle(other, 'acknowledged', { goOn: { outSeconds: 60, withCase: true } })).toMatchObject({
      next: null,
      wait: 'turn',
    });
  });
});
