import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '../database.js';
import { enter } from '../enter.js';
import type { EntryItem } from '../entry.js';
import type { Direct } from '../plan-decision.js';
import { plan } from '../plan.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { outcomeFor } from '../testing/outcome-for.js';
import { enlist, reapDead, retire } from '../workers.js';
import { openBreaker, pauseAgency, resumeAgency, takeProbe } from './breakers.js';
import { claimLanes } from './claim.js';
import type { ClaimedLane } from './claimed-lane.js';
import { commitOutcomes } from './settle.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const TYPES = {
  F: 'case.status-changed',
  D: 'case.supplemented',
  Q: 'case.result-issued',
  R: 'case.result-revoked',
} as const;
type Letter = keyof typeof TYPES;

let fresh: FreshDatabase;
let db: Database;
let worker: string;
let n = 0;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
});
beforeEach(async () => {
  await db.pool.query(`truncate lanes, deliveries, breakers, contracts, credentials, agencies`);
  await db.pool.query(`insert into agencies (id, name) values ('a', '{}')`);
  worker = await enlist(db, 'spec');
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

/** A case whose agency gets full states (F), deltas (D), results (Q) and revocations (R). */
class Case {
  private readonly code = `S-${++n}`;
  private count = 0;
  stream = '';

  async enters(letters: string): Promise<this> {
    const items = [...letters].map((letter): EntryItem => {
      const nth = ++this.count;
      const opens = nth === 1 ? { opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null } } : {};
      const type = `vn.lienthong.${TYPES[letter as Letter]}.v1` as const;
      const data = { n: nth };
      return { sender: 's', key: `${this.code}/${nth}`, type, caseCode: this.code, data, status: 2, ...opens };
    });
    const [first] = await enter(db, items, () => true);
    this.stream = (first as { stream: string }).stream;
    return this;
  }

  async planned(direct?: Direct): Promise<ClaimedLane[]> {
    const recipients = [{ agency: 'a', fullStates: [TYPES.F] }];
    return (await plan(db, [this.stream], () => ({ recipients, collectFrom: [] }), direct)).claimed;
  }

  async lane(): Promise<Record<string, unknown>> {
    return (await db.pool.query(`select * from lanes where stream_id = $1`, [this.stream])).rows[0] as never;
  }

  async states(): Promise<string> {
    const { rows } = await db.pool.query<{ state: string }>(
      `select state from deliveries where stream_id = $1 order by sequence`,
      [this.stream],
    );
    return rows.map((r) => r.state).join(' ');
  }
}
const caseOf = async (letters: string): Promise<Case> => {
  const one = await new Case().enters(letters);
  await one.planned();
  return one;
};
const claim = async (canAsk = false): Promise<ClaimedLane[]> =>
  (await claimLanes(db, { worker, agency: 'a', limit: 10, late: 0, outSeconds: 0, canAsk })).claimed;
const settle = (lane: ClaimedLane | undefined, ...rest: [Parameters<typeof outcomeFor>[1], object?]) =>
  commitOutcomes(db, worker, [outcomeFor(lane!, ...rest)]);
const refused = { owner: 'data', reason: 'no', fingerprint: 'f' };

describe('a claim whose snapshot is older than the lane it locks', () => {
  /** The claim's statement has begun, and waits for its worker's row, while `meanwhile` commits. */
  async function claimWhile(meanwhile: () => Promise<unknown>): Promise<ClaimedLane[]> {
    const client = await db.pool.connect();
    await client.query('begin');
    await client.query(`select 1 from workers where id = $1 for update`, [worker]);
    const claiming = claim();
    for (;;) {
      const waiting = await db.pool.query(`select 1 from pg_stat_activity where wait_event_type = 'Lock'
        and datname = current_database()`);
      if (waiting.rowCount === 1) break;
    }
    await meanwhile();
    await client.query('commit');
    client.release();
    return claiming;
  }

  it('does not end a lane over what was planned in between', async () => {
    const one = await caseOf('F');
    await db.pool.query(`update deliveries set state = 'closed'`);
    await one.enters('F');
    await claimWhile(() => one.planned());
    const { worker: holder, wait, done } = await one.lane();
    expect({ done, isOpen: holder !== null || wait === 'turn' }).toEqual({ done: 0, isOpen: true });
    expect(await one.states()).toBe('closed open');
  });

  it('does not leave a lane to a person when a newer full state came in between', async () => {
    const one = await caseOf('F');
    await db.pool.query(`update deliveries set state = 'parked'`);
    await one.enters('F');
    const claimed = await claimWhile(() => one.planned());
    expect(claimed.map((lane) => [lane.sequence, lane.covers])).toEqual([[2, 'superseded']]);
  });
});

describe('a lane that is refused', () => {
  it('goes on to a newer full state that was planned meanwhile, as to one that is planned later', async () => {
    const one = await caseOf('F');
    const [held] = await claim();
    await one.enters('F');
    await one.planned();
    expect((await settle(held, 'parked', refused))[0]).toMatchObject({ wait: 'turn' });
    expect((await claim())[0]).toMatchObject({ sequence: 2, covers: 'superseded' });
  });

  it('waits for a person when only a delta follows', async () => {
    await caseOf('FD');
    const [held] = await claim();
    expect((await settle(held, 'parked', refused))[0]).toMatchObject({ wait: 'person' });
  });
});

describe('while an agency stands still', () => {
  it('no lane goes on to its next delivery, and none is taken by the plan', async () => {
    const one = await caseOf('DD');
    const two = await new Case().enters('D');
    const [held] = await claim();
    await pauseAgency(db, 'a', 'r', null);
    const goOn = { outSeconds: 1, withCase: false };
    expect((await settle(held, 'acknowledged', { goOn }))[0]).toMatchObject({ next: null, wait: 'turn' });
    const places = new Map([['a', { lanes: 5, outSeconds: 1, withCase: false }]]);
    expect(await two.planned({ worker, places })).toEqual([]);
    expect(await two.lane()).toMatchObject({ wait: 'turn', worker: null });
    await resumeAgency(db, 'a');
    expect((await claim()).map((lane) => lane.streamId).sort()).toEqual([one.stream, two.stream].sort());
  });
});

describe('a probe', () => {
  it('is taken again by its holder when its claim came to nothing, and by another when the holder has left', async () => {
    await openBreaker(db, 'a', 'gone', 0);
    expect(await takeProbe(db, worker, 'a')).toEqual({ probes: 0 });
    const other = await enlist(db, 'other');
    expect(await takeProbe(db, other, 'a')).toBeUndefined();
    expect(await takeProbe(db, worker, 'a')).toEqual({ probes: 0 });
    await retire(db, worker);
    expect(await takeProbe(db, other, 'a')).toEqual({ probes: 0 });
  });

  it('is one only: its holder takes no second while its lane is out', async () => {
    await caseOf('D');
    await openBreaker(db, 'a', 'gone', 0);
    const probe = await takeProbe(db, worker, 'a');
    await claimLanes(db, { worker, agency: 'a', limit: 1, late: 0, outSeconds: 1, canAsk: false, probe: probe! });
    expect(await takeProbe(db, worker, 'a')).toBeUndefined();
  });
});

describe('a revocation', () => {
  it('is told where any result since the last one was, although a newer result never left', async () => {
    const one = await caseOf('QQ');
    await settle((await claim())[0], 'acknowledged');
    await settle((await claim())[0], 'parked', refused);
    await one.enters('R');
    await one.planned();
    const [held] = await claim();
    expect(held).toMatchObject({ sequence: 3, covers: 'closed' });
    await settle(held, 'acknowledged');
    expect(await one.states()).toBe('acknowledged closed acknowledged');
  });

  it('lets what lies between it and its result go first, and passes by what waits for a person', async () => {
    const one = await caseOf('Q');
    await settle((await claim())[0], 'acknowledged');
    await one.enters('DDR');
    await one.planned();
    const [between] = await claim();
    expect(between).toMatchObject({ sequence: 2, covers: null });
    await settle(between, 'acknowledged');
    await settle((await claim())[0], 'parked', refused);
    expect((await claim())[0]).toMatchObject({ sequence: 4, covers: 'closed' });
  });

  it('of nothing is an event like others; one planned with it, behind a result, is not', async () => {
    const one = await caseOf('RQR');
    expect(await one.lane()).toMatchObject({ revoke_at: 3 });
    await claim();
    expect(await one.states()).toBe('open closed closed');
  });
});

describe('after its worker died over it', () => {
  it('a delivery that a look-up did not find says so to its next attempt: "already held" is then our own copy', async () => {
    const one = await caseOf('D');
    await claim();
    await db.pool.query(`update workers set lease_until = now() - interval '1 second' where id = $1`, [worker]);
    worker = await enlist(db, 'next');
    await reapDead(db, worker);
    await db.pool.query(`update lanes set wait = 'turn', wake_at = null where stream_id = $1`, [one.stream]);
    const [asked] = await claim(true);
    expect(asked).toMatchObject({ purpose: 'ask', inDoubt: true });
    await settle(asked, 'not-held');
    expect((await claim(true))[0]).toMatchObject({ purpose: 'send', inDoubt: false, reaped: true });
  });
});
