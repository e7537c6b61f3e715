import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../database.js';
import { enter } from '../enter.js';
import type { EntryItem } from '../entry.js';
import { plan } from '../plan.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { outcomeFor } from '../testing/outcome-for.js';
import { enlist } from '../workers.js';
import { claimLanes } from './claim.js';
import type { ClaimedLane } from './claimed-lane.js';
import type { Committed, Outcome } from './outcome.js';
import { settleAll } from './settle.js';
import { isPlain, settlePlain } from './settle-plain.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let fresh: FreshDatabase;
let db: Database;
let worker: string;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
  worker = await enlist(db, 'spec');
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

let n = 0;
async function laneOf(agency: string, types: readonly string[], fullStates: readonly string[]): Promise<string> {
  const code = `P-${++n}`;
  const items = types.map((type, i): EntryItem => ({
    sender: 'm',
    key: `${code}/${i}`,
    type: `vn.lienthong.case.${type}.v1` as EntryItem['type'],
    caseCode: code,
    data: { code, i },
    ...(i === 0 ? { opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null } } : {}),
    status: i === 0 ? 2 : 4,
  }));
  const answers = await enter(db, items, () => true);
  const { stream } = answers[0] as { stream: string };
  await plan(db, [stream], () => ({ recipients: [{ agency, fullStates }], collectFrom: [] }));
  return stream;
}

async function rowsOf(agency: string, stream: string): Promise<unknown> {
  const lane = await db.pool.query(
    `select done, last, sending, claim, worker, doubt_at, asked, probing, revoke_at, wait, wake_at, out_until is not null as out from lanes where agency_id = $1 and stream_id = $2`,
    [agency, stream],
  );
  const deliveries = await db.pool.query(
    `select sequence, state, revision, form, taint, attempts, operation, item_hash, contract_version, owner, reason, fingerprint, as_update,
       stood_ms, ended_at is not null as ended, first_attempt_at is not null as tried from deliveries where agency_id = $1 and stream_id = $2 order by sequence`,
    [agency, stream],
  );
  const attempts = await db.pool.query(
    `select sequence, revision, number, asked_by, worker, claim, operation, item_hash, contract_version, started_at, ended_at, outcome, in_doubt, reply, operation_id
     from attempts where agency_id = $1 and stream_id = $2 order by id`,
    [agency, stream],
  );
  return { lane: lane.rows[0] as unknown, deliveries: deliveries.rows, attempts: attempts.rows };
}

/** Everything of a claimed lane that isn't which lane or when it is. */
function comparable(next: ClaimedLane | null): unknown {
  if (!next) return null;
  const known = Object.fromEntries(
    Object.entries(next).filter(
      ([name]) =>
        ![
          'streamId',
          'eventId',
          'caseCode',
          'agencyId',
          'now',
          'recordedAt',
          'settled',
          'wait',
          'tries',
          'wakeInMs',
          'settledClaim',
        ].includes(name),
    ),
  );
  return {
    ...known,
    dataText: next.dataText.replaceAll(/P-\d+/g, 'P'),
    applicationText: next.applicationText?.replaceAll(/P-\d+/g, 'P'),
  };
}

const at = { startedAt: 1_700_000_000_000, endedAt: 1_700_000_000_123 };
const acknowledged = (lane: ClaimedLane, goOn: Outcome['goOn']): Outcome =>
  outcomeFor(lane, 'acknowledged', {
    goOn,
    attempts: [
      { operation: 'op', itemHash: 'ab'.repeat(32), ...at, outcome: 'acknowledged', inDoubt: false, reply: null },
    ],
  });

async function runAll(
  agency: string,
  types: readonly string[],
  fullStates: readonly string[],
  goOn: Outcome['goOn'],
  settle: (outcomes: Outcome[]) => Promise<Committed[]>,
): Promise<unknown[]> {
  const stream = await laneOf(agency, types, fullStates);
  const history: unknown[] = [];
  for (let step = 0; step < 10; step++) {
    const { claimed, looked } = await claimLanes(db, {
      worker,
      agency,
      limit: 1,
      late: 0,
      outSeconds: 60,
      canAsk: false,
    });
    if (looked === 0) break;
    let lane: ClaimedLane | null | undefined = claimed[0];
    while (lane) {
      const outcome = acknowledged(lane, goOn);
      const [done]: Committed[] = isPlain(outcome) ? await settle([outcome]) : await settleAll(db, worker, [outcome]);
      history.push({
        wait: done!.wait,
        attempts: done!.attempts,
        next: comparable(done!.next),
        rows: await rowsOf(agency, stream),
      });
      lane = done!.next;
    }
  }
  return history;
}

describe('the plain statement', () => {
  const full = ['status-changed'].map((type) => `case.${type}`);
  it.each<[string, string[], string[], Outcome['goOn']]>([
    ['one event', ['received'], [], null],
    ['one after the other by claims', ['received', 'status-changed', 'status-changed'], [], null],
    [
      'one after the other in one go',
      ['received', 'status-changed', 'status-changed'],
      [],
      { outSeconds: 60, withCase: true },
    ],
    ['without the case', ['received', 'status-changed'], [], { outSeconds: 60, withCase: false }],
    [
      'a newer full state is left to the claim',
      ['received', 'status-changed', 'status-changed'],
      full,
      { outSeconds: 60, withCase: true },
    ],
    [
      'a result and its revocation',
      ['received', 'result-issued', 'result-revoked'],
      [],
      { outSeconds: 60, withCase: true },
    ],
  ])('writes what the general one does: %s', async (name, types, fullStates, goOn) => {
    const agency = name.replaceAll(' ', '-');
    const plain = await runAll(`plain-${agency}`, types, fullStates, goOn, (outcomes) =>
      settlePlain(db, worker, outcomes),
    );
    const general = await runAll(`all-${agency}`, types, fullStates, goOn, (outcomes) =>
      settleAll(db, worker, outcomes),
    );
    expect(plain.length).toBeGreaterThan(0);
    expect(plain).toEqual(general);
  });

  it('is fenced by worker and claim', async () => {
    await laneOf('fenced', ['received'], []);
    const { claimed } = await claimLanes(db, {
      worker,
      agency: 'fenced',
      limit: 1,
      late: 0,
      outSeconds: 60,
      canAsk: false,
    });
    const outcome = acknowledged(claimed[0]!, null);
    expect(await settlePlain(db, worker, [{ ...outcome, claim: outcome.claim + 1 }])).toEqual([]);
    expect(await settlePlain(db, await enlist(db, 'other'), [outcome])).toEqual([]);
    expect(await settlePlain(db, worker, [outcome])).toHaveLength(1);
    expect(await settlePlain(db, worker, [outcome])).toEqual([]);
  });

  it('says which of two claims of one lane it ended, so that the fenced one is not taken for it', async () => {
    await laneOf('two-claims', ['received', 'status-changed'], []);
    const ask = { worker, agency: 'two-claims', limit: 1, late: 0, outSeconds: 60, canAsk: false };
    const { claimed } = await claimLanes(db, ask);
    const late = { ...acknowledged(claimed[0]!, null), claim: claimed[0]!.claim - 1 };
    const mine = acknowledged(claimed[0]!, { outSeconds: 60, withCase: false });
    const settled = await settlePlain(db, worker, [late, mine]);
    expect(settled.map((c) => c.claim)).toEqual([mine.claim]);
    expect(settled[0]!.next).toMatchObject({ sequence: 2, claim: mine.claim + 1, caseCode: claimed[0]!.caseCode });
  });
});
