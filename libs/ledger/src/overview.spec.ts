import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from './database.js';
import { enter } from './enter.js';
import {
  acknowledgedAfter,
  agencyStates,
  eventsOf,
  lanesOf,
  lastAttemptBefore,
  lastStreamBefore,
  streamsAfter,
} from './overview.js';
import { openBreaker, pauseAgency } from './lanes/breakers.js';
import { plan } from './plan.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';

let fresh: FreshDatabase;
let db: Database;
const streams: string[] = [];
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', { info: () => {}, warn: () => {}, error: () => {} });
  await db.pool.query(
    `insert into agencies (id, name) values ('a', '{"vi":"A","en":"A"}'), ('b', '{"vi":"B","en":"B"}'), ('c', '{"vi":"C","en":"C"}')`,
  );
  for (let n = 1; n <= 12; n++) {
    const [entry] = await enter(
      db,
      [
        {
          sender: 's',
          key: `k${n}`,
          type: 'vn.lienthong.case.received.v1',
          caseCode: `C-${n}`,
          data: { secret: 'Nguyễn Văn A' },
          opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null },
          status: 2,
        },
      ],
      () => true,
    );
    if (entry?.outcome === 'accepted') streams.push(entry.stream);
  }
  await plan(db, streams, () => ({ recipients: [{ agency: 'a' }, { agency: 'b' }], collectFrom: [] }));
  // a: 3 on a timer in doubt, 2 parked of one cause and 1 of another, 4 acknowledged, 2 waiting their turn.
  await db.pool.query(`
    with n as (select stream_id, row_number() over (order by stream_id) as i from lanes where agency_id = 'a')
    update lanes set wait = (case when i <= 3 then 'timer' when i <= 6 then 'person' when i <= 10 then null else 'turn' end)::lane_wait, doubt_at = case when i <= 3 then 1 end,
      done = case when i between 7 and 10 then 1 else 0 end, wake_at = case when i <= 3 then now() end
    from n where lanes.agency_id = 'a' and lanes.stream_id = n.stream_id`);
  await db.pool.query(`
    with n as (select stream_id, row_number() over (order by stream_id) as i from lanes where agency_id = 'a')
    update deliveries set state = 'parked', owner = 'data', fingerprint = case when i = 6 then 'g' else 'f' end, reason = 'Nguyễn Văn A: thiếu ngày cấp'
    from n where deliveries.agency_id = 'a' and deliveries.stream_id = n.stream_id and i between 4 and 6`);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

describe('the overview', () => {
  it('says per agency what waits for what, and the commonest cause of parking', async () => {
    const states = await agencyStates(db);
    expect(states).toEqual([
      {
        id: 'a',
        name: { vi: 'A', en: 'A' },
        paused: null,
        breaker: null,
        turn: 2,
        timer: 3,
        sending: 0,
        person: 3,
        inDoubt: 3,
        cause: { owner: 'data', fingerprint: 'f', deliveries: 2 },
      },
      {
        id: 'b',
        name: { vi: 'B', en: 'B' },
        paused: null,
        breaker: null,
        turn: 12,
        timer: 0,
        sending: 0,
        person: 0,
        inDoubt: 0,
        cause: null,
      },
      {
        id: 'c',
        name: { vi: 'C', en: 'C' },
        paused: null,
        breaker: null,
        turn: 0,
        timer: 0,
        sending: 0,
        person: 0,
        inDoubt: 0,
        cause: null,
      },
    ]);
    expect(JSON.stringify(states)).not.toContain('Nguyễn');
  });

  it('shows lanes and events of chosen streams, without bodies', async () => {
    const lanes = await lanesOf(db, [streams[0]!, streams[8]!]);
    expect(lanes.map((l) => [l.agencyId, l.streamId, l.wait, l.inDoubt, l.done])).toEqual([
      ['a', streams[0], 'timer', true, 0],
      ['a', streams[8], null, false, 1],
      ['b', streams[0], 'turn', false, 0],
      ['b', streams[8], 'turn', false, 0],
    ]);
    const events = await eventsOf(db, streams[0]!);
    expect(events).toMatchObject([{ sequence: 1, sender: 's', status: 2 }]);
    expect(JSON.stringify(events)).not.toContain('Nguyễn');
  });
});

describe('what grew since', () => {
  it('finds the last row before an instant', async () => {
    const attempt = (
      at: string,
    ): string => `insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, started_at, ended_at, outcome, in_doubt)
      values ('a', 1, 1, 1, 1, 'schedule', 1, 1, 'op', '${at}', '${at}', '${at < '2026-01-02' ? 'acknowledged' : at < '2026-01-03' ? 'doubt' : 'look-up: held'}', false)`;
    expect(await lastAttemptBefore(db, new Date('2026-01-01T00:00:00Z'))).toBe('0');
    for (const day of ['01', '02', '03', '04'])
      for (let n = 0; n < 5; n++) await db.pool.query(attempt(`2026-01-${day}T00:00:0${n}Z`));
    const ids = (await db.pool.query<{ id: string }>(`select id from attempts order by id`)).rows.map((r) => r.id);
    expect(await lastAttemptBefore(db, new Date('2025-01-01T00:00:00Z'))).toBe('0');
    expect(await lastAttemptBefore(db, new Date('2026-01-03T00:00:00Z'))).toBe(ids[9]);
    expect(await lastAttemptBefore(db, new Date('2026-01-03T00:00:03Z'))).toBe(ids[12]);
    expect(await lastAttemptBefore(db, new Date('2027-01-01T00:00:00Z'))).toBe(ids[19]);
    expect(await acknowledgedAfter(db, '0')).toMatchObject([
      { agencyId: 'a', all: 15, settled: 0, lastAcknowledged: new Date('2026-01-04T00:00:04Z') },
    ]);
    expect(await acknowledgedAfter(db, ids[14]!)).toMatchObject([{ all: 5 }]);
    expect(await acknowledgedAfter(db, ids[19]!)).toEqual([]);
  });

  it('counts streams once, however many pages are asked for', async () => {
    expect(await lastStreamBefore(db, new Date(Date.now() - 86_400_000))).toBe('0');
    expect(await lastStreamBefore(db, new Date(Date.now() + 86_400_000))).toBe(streams[11]);
    expect(await streamsAfter(db, '0')).toEqual({ settledTo: '0', settled: 0, all: 12 });
    await db.pool.query(
      `insert into streams select 1000 + i, 'case', 's', 'p', '2021-01-01', null, 2, 1, '\\x00' from generate_series(1, 6000) i`,
    );
    const first = await streamsAfter(db, '0');
    expect(first).toEqual({ settledTo: '2000', settled: 1012, all: 6012 });
    expect(await streamsAfter(db, first.settledTo)).toEqual({ settledTo: '2000', settled: 0, all: 5000 });
    expect(await streamsAfter(db, '9999')).toEqual({ settledTo: '9999', settled: 0, all: 0 });
  });

  it('says of an agency that is paused or behind its breaker since when and why', async () => {
    await pauseAgency(db, 'c', 'bảo trì', new Date('2999-01-01T00:00:00Z'), 'lan');
    await openBreaker(db, 'c', 'HTTP 503', 60_000);
    const c = (await agencyStates(db)).find(({ id }) => id === 'c')!;
    expect(c).toMatchObject({
      paused: { reason: 'bảo trì', until: new Date('2999-01-01T00:00:00Z') },
      breaker: { reason: 'http #', probes: 0 },
    });
    expect([c.paused!.since, c.breaker!.since]).toEqual([expect.any(Date), expect.any(Date)]);
  });
});
