import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { recipients } from '#domain';
import { eventIdFor, shortType, type AgencyFile, type ContractVersion } from '#wire';
import { applyAgency } from './agencies.js';
import { ContractBook } from './contract-book.js';
import { Database } from './database.js';
import { enter } from './enter.js';
import { claimLanes, commitOutcomes, type ClaimedLane, type Outcome, type OutcomeKind } from './lanes.js';
import { plan } from './plan.js';
import { Reckoning, underWay, type BookLine, type Counts, type Reconciliation } from './reconcile.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';
import { enlist } from './workers.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const received = 'vn.lienthong.case.received.v1';
const changed = 'vn.lienthong.case.status-changed.v1';

const version = (receives: ContractVersion['receives'], sends: string[]): ContractVersion => ({
  validFrom: '2018-01-01',
  owner: 'G15',
  protocol: 'topic',
  receives,
  sends,
  limits: { inFlight: 100, timeout: '10s' },
  retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
  replies: [],
  onDuplicate: 'refuse',
});
const agency = (id: string, ...versions: ContractVersion[]): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id,
  name: { vi: id, en: id },
  versions,
});
const all = ['case.received', 'case.status-changed'];
/** A receives cases from 2021 on, all see everything but their own; `ministry` keeps no book. */
const files = [
  agency('one-stop', version([{ procedures: ['*'], cases: 'own', events: all }], all)),
  agency('portal', version([{ procedures: ['*'], events: all }], [])),
  agency('records', { ...version([{ procedures: ['p'], events: ['case.received'] }], all), validFrom: '2021-01-01' }),
  agency('ministry', version([{ procedures: ['p'], events: ['case.received'] }], [])),
];

const hashOf = (item: string): string => createHash('sha256').update(item).digest('hex');
let fresh: FreshDatabase;
let db: Database;
let book: ContractBook;
let worker: string;
let books: Record<string, BookLine[]>;
let submitted: { n: number; code: string; eventId: string }[];

beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
  for (const file of files) await applyAgency(db, file);
  book = new ContractBook(db, quiet);
  await book.refresh();
});
beforeEach(async () => {
  await db.pool.query(
    `truncate streams, aliases, event_ids, events, receipts, outbox, plan_cursor, lanes, deliveries, attempts`,
  );
  worker = await enlist(db, 'spec');
  books = { 'one-stop': [], portal: [], records: [] };
  submitted = [];
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

/** The one-stop enters a case of three events, of which `records` reports the second. */
async function caseOf(code: string, openedOn = '2021-05-05'): Promise<string> {
  const answers = await enter(
    db,
    [
      {
        sender: 'one-stop',
        key: code,
        type: received,
        caseCode: code,
        data: { code },
        opens: { procedure: 'p', openedOn, dueAt: null },
        status: 2,
      },
      { sender: 'records', key: `${code}/4`, type: changed, caseCode: code, data: { status: 4 }, status: 4 },
      { sender: 'one-stop', key: `${code}/8`, type: changed, caseCode: code, data: { status: 8 }, status: 8 },
    ],
    () => true,
  );
  answers.forEach((answer, i) => {
    if (answer.outcome !== 'accepted') throw new Error(answer.outcome);
    if (i !== 1) submitted.push({ n: submitted.length + 1, code, eventId: answer.eventId });
  });
  return (answers[0] as { stream: string }).stream;
}

const planned = (streams: string[]): Promise<unknown> =>
  plan(db, streams, (e) => ({
    recipients: recipients({ ...e, type: shortType(e.type) }, book.receiversOn(e.openedOn)),
    collectFrom: [],
  }));

const itemOf = (lane: ClaimedLane): string => hashOf(`${lane.agencyId}/${lane.caseCode}/${lane.sequence}`);
const write = (to: string, code: string, hash: string, effect: BookLine['effect'] = 'applied'): number =>
  (books[to] ??= []).push({ n: books[to].length + 1, code, hash, effect });

function outcome(lane: ClaimedLane, kind: OutcomeKind, tries = 1, itemHash: string | null = itemOf(lane)): Outcome {
  const attempt = {
    operation: 'op',
    itemHash,
    startedAt: new Date(),
    endedAt: new Date(),
    outcome: kind,
    inDoubt: false,
    reply: null,
  };
  return {
    ...lane,
    kind,
    waitMs: 60_000,
    inDoubt: kind === 'doubt',
    operation: 'op',
    itemHash,
    contractVersion: '2018-01-01',
    owner: null,
    reason: null,
    fingerprint: null,
    attempts: Array.from({ length: tries }, () => attempt),
  };
}

/** Delivers what waits; each partner writes its line before its outcome is committed. */
async function deliver(reply: (lane: ClaimedLane) => OutcomeKind = () => 'acknowledged', tries = 1): Promise<void> {
  for (const { id } of files)
    for (;;) {
      const lanes = await claimLanes(db, { worker, agency: id, limit: 100, outSeconds: 0 });
      if (lanes.length === 0) break;
      const outcomes = lanes.map((lane) => outcome(lane, reply(lane), tries));
      for (const [i, lane] of lanes.entries())
        if (outcomes[i]!.kind === 'acknowledged' && id !== 'ministry') write(id, lane.caseCode, itemOf(lane));
      await commitOutcomes(db, worker, outcomes);
    }
}

async function count(): Promise<Reconciliation> {
  const reckoning = await Reckoning.begin(db);
  try {
    for (const [id, lines] of Object.entries(books)) {
      await reckoning.hasBook(id);
      await reckoning.addBookLines(id, lines);
    }
    await reckoning.addSubmitted('one-stop', submitted);
    const result = await reckoning.count();
    expectBalance(result);
    for (const counts of Object.values(result.byAgency)) expectBalance(counts);
    return result;
  } finally {
    reckoning.end();
  }
}

/** To the unit: nothing that is expected can be in none of the columns, or in two. */
function expectBalance(c: Counts & { discrepancies?: unknown }): void {
  const lostAtIntake =
    c.lost - (c.expected + c.unexpected - c.delivered - c.unverified - c.waiting - c.parked - c.closed);
  expect(lostAtIntake).toBeGreaterThanOrEqual(0);
  if (lostAtIntake > 0) expect(c.entered).toBeGreaterThanOrEqual(lostAtIntake);
}

const clean = {
  lost: 0,
  doubled: 0,
  doubted: 0,
  repeated: 0,
  outOfOrder: 0,
  unknownAtHub: 0,
  unsettled: 0,
  unexpected: 0,
  waiting: 0,
  parked: 0,
  closed: 0,
  brokenChains: 0,
  retried: 0,
};

describe('a count of the books', () => {
  it('finds everything in order after ten cases', async () => {
    const streams = await Promise.all(Array.from({ length: 10 }, (_, i) => caseOf(`C-${i}`)));
    await planned(streams);
    await deliver();
    // Per case: three events to the portal, one back to the one-stop, one to the records, one to the ministry.
    expect(await count()).toMatchObject({
      ...clean,
      entered: 30,
      expected: 60,
      delivered: 50,
      unverified: 10,
      returned: 10,
      discrepancies: [],
    });
    expect(await underWay(db)).toEqual({ unpublished: 30, unplanned: 0, waiting: 0, parked: 0 });
  });

  it('counts per agency, the sender under entered', async () => {
    await planned([await caseOf('C-1')]);
    await deliver();
    const { byAgency } = await count();
    expect(byAgency['one-stop']).toMatchObject({ entered: 2, expected: 1, delivered: 1, returned: 1 });
    expect(byAgency['records']).toMatchObject({ entered: 1, expected: 1, delivered: 1, returned: 0 });
    expect(byAgency['ministry']).toMatchObject({ entered: 0, expected: 1, delivered: 0, unverified: 1 });
  });

  it('takes the contracts of the day on which the case was opened', async () => {
    await planned([await caseOf('C-1', '2020-12-31')]);
    await deliver();
    expect((await count()).byAgency['records']).toMatchObject({ expected: 0, delivered: 0, unexpected: 0 });
  });

  it('finds one acknowledged delivery that the partner does not hold', async () => {
    await planned([await caseOf('C-1'), await caseOf('C-2')]);
    await deliver();
    books['portal'] = books['portal']!.filter((line) => line.hash !== hashOf('portal/C-2/2'));
    const result = await count();
    expect(result).toMatchObject({ ...clean, lost: 1, delivered: 9 });
    expect(result.discrepancies).toEqual([
      { type: 'acknowledged-not-held', agency: 'portal', code: 'C-2', sequence: 2, line: null },
    ]);
  });

  it('finds a 202 that never became an event', async () => {
    await planned([await caseOf('C-1')]);
    await deliver();
    submitted.push({ n: 3, code: 'C-9', eventId: eventIdFor('one-stop', 'C-9') });
    const result = await count();
    expect(result).toMatchObject({ ...clean, lost: 1, entered: 4, delivered: 5 });
    expect(result.discrepancies).toEqual([
      { type: 'accepted-not-in-ledger', agency: 'one-stop', code: 'C-9', sequence: null, line: 3 },
    ]);
  });

  it('finds an event that the plan left out, and one that it should have left out', async () => {
    const stream = await caseOf('C-1');
    await plan(db, [stream], (e) => ({
      recipients:
        e.sequence === 1 ? ['portal', 'records'] : e.sequence === 2 ? ['portal', 'one-stop', 'records'] : ['portal'],
      collectFrom: [],
    }));
    await deliver();
    const result = await count();
    expect(result).toMatchObject({ ...clean, lost: 1, unexpected: 1, expected: 6, delivered: 6, unverified: 0 });
    expect(result.discrepancies).toEqual([
      { type: 'not-planned', agency: 'ministry', code: 'C-1', sequence: 1, line: null },
      { type: 'not-entitled', agency: 'records', code: 'C-1', sequence: 2, line: null },
    ]);
  });

  it('finds an open delivery that nothing will wake', async () => {
    await planned([await caseOf('C-1')]);
    await deliver((lane) => (lane.agencyId === 'portal' && lane.sequence === 3 ? 'wait' : 'acknowledged'));
    expect(await count()).toMatchObject({ ...clean, waiting: 1 });
    await db.pool.query(`update lanes set wait = null where wait = 'timer'`);
    const result = await count();
    expect(result).toMatchObject({ ...clean, lost: 1 });
    expect(result.discrepancies).toMatchObject([{ type: 'stuck', agency: 'portal', code: 'C-1', sequence: 3 }]);
  });

  it('counts parked and what waits behind it apart, and neither as lost', async () => {
    await planned([await caseOf('C-1')]);
    await deliver((lane) => (lane.agencyId === 'portal' ? 'parked' : 'acknowledged'));
    expect(await count()).toMatchObject({ ...clean, parked: 1, waiting: 2, delivered: 2 });
    expect(await underWay(db)).toMatchObject({ waiting: 0, parked: 1 });
  });

  it('counts what nobody has planned yet as waiting', async () => {
    await caseOf('C-1');
    expect(await count()).toMatchObject({ ...clean, expected: 6, waiting: 6, delivered: 0 });
    expect(await underWay(db)).toMatchObject({ unplanned: 1 });
  });

  it('finds a second effect, and says whether a doubt was recorded', async () => {
    await planned([await caseOf('C-1'), await caseOf('C-2')]);
    let doubts = 0;
    await deliver((lane) =>
      lane.agencyId === 'portal' && lane.caseCode === 'C-2' && lane.sequence === 1 && doubts++ === 0
        ? 'doubt'
        : 'acknowledged',
    );
    await db.pool.query(`update lanes set wait = 'turn', wake_at = null where wait = 'timer'`);
    write('portal', 'C-2', hashOf('portal/C-2/1'));
    await deliver();
    write('records', 'C-1', hashOf('records/C-1/1'));
    const result = await count();
    expect(result).toMatchObject({ ...clean, doubled: 2, doubted: 1, retried: 1, delivered: 10 });
    expect(result.discrepancies).toEqual([
      { type: 'doubled', agency: 'records', code: 'C-1', sequence: 1, line: null },
      { type: 'doubled-in-doubt', agency: 'portal', code: 'C-2', sequence: 1, line: null },
    ]);
  });

  it('takes a repeat that the partner recognised for a repeat', async () => {
    await planned([await caseOf('C-1')]);
    await deliver(undefined, 3);
    write('portal', 'C-1', hashOf('portal/C-1/1'), 'repeat');
    write('portal', 'C-1', hashOf('something'), 'refused');
    // Six deliveries of three requests each.
    expect(await count()).toMatchObject({ ...clean, repeated: 1, retried: 12, delivered: 5 });
  });

  it('finds a swapped pair', async () => {
    await planned([await caseOf('C-1'), await caseOf('C-2')]);
    await deliver();
    const lines = books['portal']!.filter((line) => line.code === 'C-1');
    const [, second, third] = lines;
    [second!.hash, third!.hash] = [third!.hash, second!.hash];
    const result = await count();
    expect(result).toMatchObject({ ...clean, outOfOrder: 1, delivered: 10 });
    expect(result.discrepancies).toEqual([
      { type: 'out-of-order', agency: 'portal', code: 'C-1', sequence: 2, line: third!.n },
    ]);
  });

  it('does not take a late repeat of an early item for a swap', async () => {
    await planned([await caseOf('C-1')]);
    await deliver();
    write('portal', 'C-1', hashOf('portal/C-1/1'));
    expect(await count()).toMatchObject({ outOfOrder: 0, doubled: 1 });
  });

  it('finds what the partner holds and the hub never sent', async () => {
    await planned([await caseOf('C-1')]);
    await deliver();
    write('portal', 'C-1', hashOf('alien'));
    write('records', 'C-unknown', hashOf('alien'));
    const result = await count();
    expect(result).toMatchObject({ ...clean, unknownAtHub: 2, delivered: 5 });
    expect(result.discrepancies.map(({ type, agency, code }) => [type, agency, code])).toEqual([
      ['unknown-at-hub', 'portal', 'C-1'],
      ['unknown-at-hub', 'records', 'C-unknown'],
    ]);
  });

  it('does not take an item for unknown whose request is still under way', async () => {
    await planned([await caseOf('C-1')]);
    const [lane] = await claimLanes(db, { worker, agency: 'portal', limit: 1, outSeconds: 60 });
    write('portal', 'C-1', itemOf(lane!));
    expect(await count()).toMatchObject({ unknownAtHub: 0, unsettled: 1, waiting: 6, lost: 0 });
  });

  it('knows two events with the same bytes for two', async () => {
    await planned([await caseOf('C-1')]);
    const same = hashOf('same bytes');
    for (let n = 0; n < 3; n++) {
      const [lane] = await claimLanes(db, { worker, agency: 'portal', limit: 1, outSeconds: 60 });
      await commitOutcomes(db, worker, [outcome(lane!, 'acknowledged', 1, same)]);
    }
    await deliver();
    write('portal', 'C-1', same);
    write('portal', 'C-1', same);
    expect(await count()).toMatchObject({ ...clean, delivered: 4, lost: 1 });
    write('portal', 'C-1', same, 'repeat');
    expect(await count()).toMatchObject({ ...clean, delivered: 5, repeated: 1 });
    write('portal', 'C-1', same);
    expect(await count()).toMatchObject({ ...clean, delivered: 5, repeated: 1 });
    write('portal', 'C-1', same);
    expect(await count()).toMatchObject({ ...clean, delivered: 5, repeated: 1, doubled: 1 });
  });

  it('excuses what was acknowledged after the books were cut, and nothing that was acknowledged before', async () => {
    await planned([await caseOf('C-1')]);
    const reckoning = await Reckoning.begin(db);
    for (const id of Object.keys(books)) await reckoning.hasBook(id);
    await deliver();
    const result = await reckoning.count();
    reckoning.end();
    expect(result).toMatchObject({ lost: 0, waiting: 5, delivered: 0, unverified: 1 });
    books = { 'one-stop': [], portal: [], records: [] };
    expect(await count()).toMatchObject({ lost: 5, waiting: 0, delivered: 0 });
  });
});

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
    const streams = [await caseOf('C-1'), await caseOf('C-2'), await caseOf('C-3')];
    await planned(streams);
    await deliver();
    expect(await count()).toMatchObject({ brokenChains: 0 });
    await db.transaction(async (client) => {
      await client.query(`set local session_replication_role = replica`);
      await client.query(statement, [streams[1]]);
    });
    const result = await count();
    expect(result.brokenChains).toBe(1);
    expect(result.discrepancies.filter((d) => d.type === 'broken-chain')).toEqual([
      { type: 'broken-chain', agency: null, code: 'C-2', sequence, line: null },
    ]);
  });
});
