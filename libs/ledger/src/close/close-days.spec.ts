import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { closeDelivery } from '../operations/change-one.js';
import { orderOperation } from '../operations/operation.js';
import { reenter } from '../operations/replay.js';
import { LaneWorld } from '../testing/lane-world.js';
import { closeDays, type Closed } from './close-days.js';
import { DoesNotAddUp } from './count-day.js';
import type { Running } from './cut-day.js';
import { daysBehind, listDays, recountDay, showDay } from './read-days.js';

let world: LaneWorld;
const spare: pg.Client[] = [];
beforeAll(async () => {
  world = await LaneWorld.begin();
});
afterAll(() => world.end());
beforeEach(async () => {
  for (const client of spare.splice(0)) await client.end().catch(() => undefined);
  await world.db.pool.query(
    `truncate streams, aliases, event_ids, events, outbox, plan_cursor, reopened_deliveries, carried_deliveries, day_counts, ledger_days;
     insert into ledger_days (day) values ('2026-11-01')`,
  );
  await world.clear();
});

const close = (today: string, more: Partial<Parameters<typeof closeDays>[1]> = {}): Promise<Closed> =>
  closeDays(world.db, { today, by: 'spec', ...more });
const counts = async (day: string): Promise<number[] | undefined> => {
  const shown = await showDay(world.db, day);
  const [a] = shown!.agencies;
  if (!a) return undefined;
  const [again] = await recountDay(world.db, day);
  expect(a).toEqual(again);
  return [a.opening, a.planned, a.reopened, a.acknowledged, a.superseded, a.closed, a.carried];
};
const connected = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: world.url, application_name: 'spare' });
  client.on('error', () => undefined);
  await client.connect();
  spare.push(client);
  return client;
};
async function acknowledged(forms: Parameters<LaneWorld['caseOf']>[0] = ['full']): Promise<string> {
  const stream = await world.caseOf(forms);
  for (let lanes = await world.claims(); lanes.claimed.length > 0; lanes = await world.claims())
    for (const lane of lanes.claimed) await world.settle(lane, 'acknowledged');
  return stream;
}

describe('closing days', () => {
  it('counts what was planned, how it ended and what is carried; the next day opens with that', async () => {
    await acknowledged();
    await acknowledged(['full', 'full']);
    const parked = await world.caseOf(['full']);
    await world.settle((await world.claim())!, 'parked', { owner: 'data', fingerprint: 'f' });
    await world.caseOf(['full', 'delta']);
    await world.entered(['full']);
    expect(await close('2026-11-02')).toEqual({ outcome: 'closed', days: ['2026-11-01'], open: '2026-11-02' });
    expect(await counts('2026-11-01')).toEqual([0, 6, 0, 2, 1, 0, 3]);
    expect(await showDay(world.db, '2026-11-01')).toMatchObject({ entered: 7, unplanned: 1, closedBy: 'spec' });

    await closeDelivery(
      world.db,
      { agency: 'a', stream: parked, sequence: null, author: 'spec', reason: 'trùng' },
      null,
    );
    await acknowledged();
    await close('2026-11-03');
    expect(await counts('2026-11-02')).toEqual([3, 1, 0, 3, 0, 1, 0]);
  });

  it('gives the first answer when a day is closed twice, today closed before it is over included', async () => {
    await acknowledged();
    expect(await close('2026-11-01')).toEqual({ outcome: 'closed', days: [], open: '2026-11-01' });
    expect(await close('2026-11-01', { day: '2026-11-01', by: 'an' })).toMatchObject({ days: ['2026-11-01'] });
    const first = await showDay(world.db, '2026-11-01');
    await acknowledged();
    expect(await close('2026-11-01', { day: '2026-11-01', by: 'binh' })).toMatchObject({
      days: [],
      open: '2026-11-02',
    });
    expect(await close('2026-11-02')).toMatchObject({ days: [] });
    expect(await showDay(world.db, '2026-11-01')).toEqual(first);
    expect(await close('2026-11-01', { day: '2026-11-02' })).toEqual({ outcome: 'not-begun', open: '2026-11-02' });
  });

  it('closes each of the days that nobody closed, in order; a clock set back opens none again', async () => {
    const stream = await world.caseOf(['full']);
    expect(await close('2026-11-05')).toMatchObject({
      days: ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'],
      open: '2026-11-05',
    });
    expect(await counts('2026-11-01')).toEqual([0, 1, 0, 0, 0, 0, 1]);
    expect(await counts('2026-11-04')).toEqual([1, 0, 0, 0, 0, 0, 1]);
    expect(await close('2026-11-02')).toEqual({ outcome: 'closed', days: [], open: '2026-11-05' });
    await world.settle((await world.claim())!, 'acknowledged');
    const { rows } = await world.db.pool.query(`select ended_day::text from deliveries where stream_id = $1`, [stream]);
    expect(rows).toEqual([{ ended_day: '2026-11-05' }]);
    expect(await close('2027-01-01')).toEqual({ outcome: 'too-many', days: 57, open: '2026-11-05' });
  });

  it('waits for what was under way at the cut, and holds up nobody meanwhile', async () => {
    const slow = await connected();
    await slow.query('begin');
    await slow.query(
      `insert into deliveries (agency_id, stream_id, sequence, event_id) values ('a', 9000, 1, gen_random_uuid())`,
    );
    let told: (() => void) | undefined;
    const waits = new Promise<void>((resolve) => (told = resolve));
    const waitedFor: Running[] = [];
    const closing = close('2026-11-02', {
      waiting: (_, running) => {
        waitedFor.push(...running);
        told!();
      },
    });
    await waits;
    await acknowledged();
    expect(await showDay(world.db, '2026-11-01')).toMatchObject({ closedAt: null, agencies: [] });
    expect(await daysBehind(world.db)).toMatchObject({ open: '2026-11-02', uncounted: 1, first: '2026-11-01' });
    await slow.query('commit');
    await closing;
    expect(await daysBehind(world.db)).toEqual({ open: '2026-11-02', uncounted: 0, first: null, seconds: 0 });
    expect(waitedFor[0]).toMatchObject({ application: 'spare' });
    expect(await counts('2026-11-01')).toEqual([0, 1, 0, 0, 0, 0, 1]);
    await close('2026-11-03');
    expect(await counts('2026-11-02')).toEqual([1, 1, 0, 1, 0, 0, 1]);
  });

  it('is finished once by the next where it was left between cut and count', async () => {
    await acknowledged();
    const slow = await connected();
    await slow.query('begin; select 1');
    const left = new AbortController();
    expect(await close('2026-11-02', { signal: left.signal, waiting: () => left.abort() })).toMatchObject({ days: [] });
    await slow.query('commit');
    await acknowledged();
    const both = await Promise.all([close('2026-11-02'), close('2026-11-02', { by: 'other' })]);
    expect(both.flatMap((one) => (one.outcome === 'closed' ? one.days : []))).toEqual(['2026-11-01']);
    expect(await counts('2026-11-01')).toEqual([0, 1, 0, 1, 0, 0, 0]);
  });

  it.each(['day_counts', 'carried_deliveries'])(
    'dies while it counts, before it writes to %s: nothing of it stays',
    async (table) => {
      await acknowledged();
      await world.caseOf(['full']);
      const blocker = await connected();
      await blocker.query(
        `create or replace function spec_wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(42); return null; end $$;
         create or replace trigger spec_wait before insert on ${table} for each statement execute function spec_wait()`,
      );
      await blocker.query(`select pg_advisory_lock(42)`);
      const dying = close('2026-11-02').catch((error: Error) => error);
      for (let struck: number | null = 0; struck === 0;)
        ({ rowCount: struck } = await world.db.pool.query(
          `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 42 and not granted`,
        ));
      expect(await dying).toBeInstanceOf(Error);
      await blocker.query(`select pg_advisory_unlock(42); drop trigger spec_wait on ${table}`);
      expect(await showDay(world.db, '2026-11-01')).toMatchObject({ closedAt: null, agencies: [] });
      expect(await close('2026-11-02')).toMatchObject({ days: ['2026-11-01'] });
      expect(await counts('2026-11-01')).toEqual([0, 2, 0, 1, 0, 0, 1]);
    },
  );

  it('makes a late fact a line of the open day: what was acknowledged stays so, and opens again', async () => {
    const stream = await acknowledged();
    await close('2026-11-02');
    const first = await showDay(world.db, '2026-11-01');
    await reopen(stream);
    await close('2026-11-03');
    expect(await counts('2026-11-02')).toEqual([0, 0, 1, 0, 0, 0, 1]);
    await world.settle((await world.claim())!, 'acknowledged');
    await reopen(stream);
    await world.settle((await world.claim())!, 'acknowledged');
    await close('2026-11-04');
    expect(await counts('2026-11-03')).toEqual([1, 0, 1, 2, 0, 0, 0]);
    expect(await showDay(world.db, '2026-11-01')).toEqual(first);
    expect(await counts('2026-11-01')).toEqual([0, 1, 0, 1, 0, 0, 0]);
  });

  it('writes nothing where it doesn’t add up, and says by how much', async () => {
    await world.caseOf(['full']);
    await close('2026-11-02');
    await world.db.pool.query(`delete from deliveries`);
    const failed = await close('2026-11-03').catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(DoesNotAddUp);
    expect((failed as DoesNotAddUp).agencies).toMatchObject([
      { agencyId: 'a', opening: 1, carried: 0, unexplained: 1 },
    ]);
    expect(await showDay(world.db, '2026-11-02')).toMatchObject({ closedAt: null, agencies: [] });
  });

  it('gives an end without a day to the day that finds it', async () => {
    await world.caseOf(['full']);
    await world.db.pool.query(`update deliveries set state = 'closed', ended_at = now()`);
    const carried = await world.caseOf(['full']);
    await close('2026-11-02');
    expect(await counts('2026-11-01')).toEqual([0, 2, 0, 0, 0, 1, 1]);
    await world.db.pool.query(`update deliveries set state = 'closed' where stream_id = $1`, [carried]);
    await close('2026-11-03');
    expect(await counts('2026-11-02')).toEqual([1, 0, 0, 0, 0, 1, 0]);
    await close('2026-11-04');
    expect(await counts('2026-11-03')).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('lets nobody change a closed day', async () => {
    await acknowledged();
    await close('2026-11-02');
    for (const change of [
      `update day_counts set acknowledged = 2, planned = 2`,
      `delete from day_counts`,
      `update ledger_days set closed_by = 'x' where day = '2026-11-01'`,
      `update ledger_days set day = '2026-12-01' where day = '2026-11-02'`,
      `delete from ledger_days where day = '2026-11-02'`,
      `delete from reopened_deliveries`,
    ])
      await world.db.pool.query(change).then(
        (done) => expect(done.rowCount).toBe(0),
        (error: unknown) => expect(error).toMatchObject({ code: '23001' }),
      );
    expect(
      (await listDays(world.db, { before: null, limit: 9 })).map(({ day, total }) => [day, total.acknowledged]),
    ).toEqual([
      ['2026-11-02', 0],
      ['2026-11-01', 1],
    ]);
  });
});

/** As a replay does. */
async function reopen(stream: string): Promise<void> {
  const { claim } = await world.lane(stream);
  const operation = await orderOperation(world.db, {
    kind: 'replay',
    agency: 'a',
    author: 'spec',
    selection: { from: 'x' },
  });
  const done = await world.db.transaction((client) =>
    reenter(client, operation, { streamId: stream, claim }, [{ sequence: 1, as: 'new-revision' }]),
  );
  expect(done).toBe(true);
}
