import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import type { Listed, Reported } from '#connectors';
import { applyAgency, closeUntaken, ContractBook, Database, enter, isUnavailable, listUntaken } from '#ledger';
import type { PartnerAnswer } from '#domain';
import { createLog } from '#service';
import type { AgencyFile, ContractVersion, Json } from '#wire';
import { contractsInForce } from '../enter/contracts-in-force.js';
import { EnterReport } from '../enter/enter-report.js';
import { EntryBatcher } from '../enter/entry-batcher.js';
import { CollectList, type ListConnector } from './collect-list.js';

const quiet = createLog('spec', 'silent');
const received = 'vn.lienthong.case.received.v1';
const contract: ContractVersion = {
  validFrom: '2018-01-01',
  owner: 'G15',
  protocol: 'http',
  endpoint: { baseUrl: 'http://127.0.0.1:1' },
  receives: [{ procedures: ['2.000488'], events: ['case.received'] }],
  sends: ['case.status-changed'],
  collect: { ask: 'list', every: '1ms' },
  limits: { inFlight: 1, timeout: '1s' },
  retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
  replies: [
    { when: { status: 200 }, means: 'accepted' },
    { when: { status: 409 }, means: 'already-held' },
  ],
  onDuplicate: 'refuse',
};
const file = (id: string, version: ContractVersion): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id,
  name: { vi: id, en: id },
  versions: [version],
});

let fresh: FreshDatabase;
let db: Database;
let collect: CollectList;
let book: ContractBook;
let batcher: EntryBatcher;
let serial = 0;
const counted: string[] = [];
const logged: object[] = [];
const heard = Object.assign(Object.create(quiet) as typeof quiet, { warn: (of: object) => void logged.push(of) });

beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
  await applyAgency(db, file('records', contract));
  await applyAgency(db, file('one-stop', { ...contract, sends: ['case.received'], receives: [] }));
  book = new ContractBook(db, quiet);
  await book.refresh();
  batcher = new EntryBatcher(
    {
      enter: (items) => enter(db, items, book.mayReport),
      isUnavailable,
      committed: () => undefined,
      measured: () => undefined,
      failed: () => undefined,
    },
    { batch: 10, underWay: 1, queue: 100, answerWithinMs: 10_000 },
  );
  const enterReport = new EnterReport(batcher, contractsInForce(book), () => undefined);
  const count = (_: string, answer: string): void => void counted.push(answer);
  collect = new CollectList({ db, enterReport, secret: () => '', log: heard, count });
});
afterAll(async () => {
  await batcher.close();
  await db.close();
  await fresh.drop();
});
beforeEach(() => db.pool.query('truncate collected_lists, untaken_reports'));

/** A case that the one-stop has entered. */
async function caseOf(code = `H56.14-240812-${String(++serial).padStart(4, '0')}`): Promise<string> {
  const opens = { procedure: '2.000488', openedOn: '2024-08-12', dueAt: null };
  const item = {
    sender: 'one-stop',
    key: code,
    type: received,
    caseCode: code,
    data: { code },
    status: 2 as const,
    opens,
  };
  const [answer] = await enter(db, [{ ...item, type: received } as never], () => true);
  if (answer?.outcome !== 'accepted') throw new Error(answer?.outcome);
  return code;
}
const says = (caseCode: string, status: number | string): Reported => ({
  type: 'vn.lienthong.case.status-changed.v1',
  caseCode,
  data: { status, at: '2024-08-20T09:00:00+07:00' },
  state: String(status),
  files: [],
});
const statusesOf = async (code: string): Promise<number[]> => {
  const { rows } = await db.pool.query<{ status: number }>(
    `select e.status from events e join aliases a using (stream_id) where a.code = $1 and e.sender = 'records' order by e.sequence`,
    [code],
  );
  return rows.map(({ status }) => status);
};

/** A partner that tells pages by cursor, or all its news until they are acknowledged. */
class Played {
  readonly asked: (string | undefined)[] = [];
  readonly acknowledged: Json[] = [];
  takes: PartnerAnswer = { kind: 'answered', status: 200, contentType: '', text: '' };
  constructor(private readonly page: (cursor: string | undefined) => Listed) {}
  readonly connector = {
    collectList: (cursor: string | undefined) => {
      this.asked.push(cursor);
      return Promise.resolve(this.page(cursor));
    },
    acknowledgeList: (acknowledge: Json) => {
      this.acknowledged.push(acknowledge);
      return Promise.resolve(this.takes);
    },
  } as unknown as ListConnector;
}
const round = (played: Played) => collect.round('records', contract, played.connector);
/** Until its list is due and a round has been made. */
async function again(played: Played): Promise<void> {
  const before = played.asked.length;
  await db.pool.query(`update collected_lists set due_at = now()`);
  await round(played);
  expect(played.asked.length).toBeGreaterThan(before);
}
const page = (reports: Reported[], more: Partial<Extract<Listed, { kind: 'page' }>> = {}): Listed => ({
  kind: 'page',
  reports,
  more: false,
  ...more,
});

describe('a list of news', () => {
  it('is entered in its order, then acknowledged', async () => {
    const [a, b] = [await caseOf(), await caseOf()];
    const played = new Played(() => page([says(a, 4), says(b, 4), says(a, 9)], { acknowledge: '1;2;3' }));
    expect(await round(played)).toBe('idle');
    expect(await statusesOf(a)).toEqual([4, 9]);
    expect(await statusesOf(b)).toEqual([4]);
    expect(played.acknowledged).toEqual(['1;2;3']);
  });

  it('that wasn’t acknowledged comes again: receipts, and no event twice', async () => {
    const code = await caseOf();
    const news = [says(code, 4), says(code, 5)];
    const played = new Played(() => page(news, { acknowledge: 'x' }));
    played.takes = { kind: 'no-answer', reason: 'cut' };
    expect(await round(played)).toBe('busy');
    expect(await statusesOf(code)).toEqual([4, 5]);
    news.push(says(code, 9));
    played.takes = { kind: 'answered', status: 200, contentType: '', text: '' };
    // 5 to 9 skips 4, as real systems do.
    await again(played);
    expect(await statusesOf(code)).toEqual([4, 5, 9]);
    expect(played.acknowledged).toEqual(['x', 'x']);
    const { rows } = await db.pool.query(
      `select kind from receipts r join aliases a using (stream_id) where a.code = $1 and r.sender = 'records'`,
      [code],
    );
    expect(rows).toEqual([{ kind: 'unchanged' }]);
  });

  it('is read on from its cursor, which is kept once the page is entered', async () => {
    const [a, b] = [await caseOf(), await caseOf()];
    const pages: Record<string, Listed> = {
      first: page([says(a, 4)], { cursor: 'c1', more: true }),
      c1: page([says(b, 4)], { cursor: 'c2' }),
      c2: page([]),
    };
    const played = new Played((cursor) => pages[cursor ?? 'first']!);
    await round(played);
    await again(played);
    expect(played.asked).toEqual([undefined, 'c1', 'c2']);
  });

  // Not mended: what a sender said before its last word isn't recognised. Doubles events each round where a list is read
  // anew from its first page (`cursor: { page: 1 }`, no acknowledgement) and tells older rows of a case on an earlier page.
  it('owes an acknowledgement whose page its cursor has passed, and gives it before it asks on', async () => {
    const code = await caseOf();
    const played = new Played((cursor) => page(cursor ? [] : [says(code, 4)], { cursor: 'c1', acknowledge: 'p1' }));
    played.takes = { kind: 'no-answer', reason: 'cut' };
    expect(await round(played)).toBe('busy');
    played.takes = { kind: 'answered', status: 200, contentType: '', text: '' };
    await again(played);
    expect(played.acknowledged.slice(0, 2)).toEqual(['p1', 'p1']);
    expect(played.asked).toEqual([undefined, 'c1']);
  });

  it('goes on where the partner has had the acknowledgement whose answer was lost', async () => {
    const code = await caseOf();
    const played = new Played((cursor) =>
      cursor ? page([]) : page([says(code, 4)], { cursor: 'c1', acknowledge: 'p1' }),
    );
    played.takes = { kind: 'no-answer', reason: 'cut' };
    expect(await round(played)).toBe('busy');
    played.takes = { kind: 'answered', status: 409, contentType: '', text: '' };
    await again(played);
    expect(played.asked).toEqual([undefined, 'c1']);
  });

  it('acknowledges a page once: one that the partner took isn’t told to it again before the next', async () => {
    const code = await caseOf();
    const played = new Played((cursor) =>
      cursor ? page([]) : page([says(code, 4)], { cursor: 'c1', acknowledge: 'p1' }),
    );
    await round(played);
    played.takes = { kind: 'answered', status: 500, contentType: '', text: 'unknown rows' };
    await again(played);
    expect(played.acknowledged).toEqual(['p1']);
    expect(played.asked).toEqual([undefined, 'c1']);
  });

  it('of another interface begins from the beginning', async () => {
    const played = new Played(() => page([], { cursor: 'c9' }));
    await round(played);
    await db.pool.query(`update collected_lists set due_at = now()`);
    await collect.round('records', { ...contract, endpoint: { baseUrl: 'http://127.0.0.1:2' } }, played.connector);
    expect(played.asked).toEqual([undefined, undefined]);
  });

  it('is asked for by one poller at a time, and not before it is due', async () => {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const played = new Played(() => page([]));
    const slow = { ...played.connector, collectList: () => gate.then(() => page([])) } as ListConnector;
    const first = collect.round('records', contract, slow);
    await db.pool.query('select 1');
    expect(await round(played)).toBe('idle');
    letGo();
    await first;
    expect(played.asked).toEqual([]);
  });

  it('whose poller’s lease ended keeps no cursor for it', async () => {
    const played = new Played(() => page([], { cursor: 'late' }));
    const late = {
      ...played.connector,
      collectList: async () => {
        await db.pool.query(`update collected_lists set claim = claim + 1, cursor = 'newer'`);
        return page([], { cursor: 'late' });
      },
    } as ListConnector;
    expect(await collect.round('records', contract, late)).toBe('busy');
    expect((await db.pool.query('select cursor from collected_lists')).rows).toEqual([{ cursor: 'newer' }]);
  });
});

describe('a row that can’t be read', () => {
  it('is counted and logged, and the others are entered', async () => {
    const code = await caseOf();
    counted.length = 0;
    await round(
      new Played(() => page([says(code, 4)], { unread: ['row 0: no rule reads it', 'row 2: names no case'] })),
    );
    expect(counted).toEqual(['page', 'unread', 'unread']);
    expect(await statusesOf(code)).toEqual([4]);
    expect(logged).toEqual(expect.arrayContaining([expect.objectContaining({ agency: 'records', rows: 2 })]));
    const seen = async () => (await listUntaken(db)).map(({ type, reason }) => `${type} ${reason}`);
    expect(await seen()).toEqual(['unread row 0: no rule reads it', 'unread row 2: names no case']);
    await again(new Played(() => page([says(code, 4)], { unread: ['row 2: names no case'] })));
    expect(await seen()).toEqual(['unread row 2: names no case']);
    await again(new Played(() => page([says(code, 4)])));
    expect(await seen()).toEqual([]);
  });
});

describe('a row that can’t be taken', () => {
  it('holds nothing up: it is acknowledged with the others and kept for an operator, however strange', async () => {
    const code = await caseOf();
    const played = new Played(() =>
      page([says('H56.14-240812-9999', 4), says(code, '12'), says('', 4), says('\0\uD800', 4), says(code, 4)], {
        acknowledge: 'all',
      }),
    );
    await round(played);
    await again(played);
    expect(await statusesOf(code)).toEqual([4]);
    expect(played.acknowledged).toEqual(['all', 'all']);
    const kept = await listUntaken(db);
    expect(kept.map(({ caseCode, reason, times }) => [caseCode, reason, times])).toEqual([
      ['H56.14-240812-9999', 'unknown-case', 2],
      ['', 'invalid-case-code', 2],
      ['\uFFFD\uFFFD', 'invalid-case-code', 2],
    ]);
    expect(JSON.stringify(kept)).not.toContain('2024-08-20');
    expect(await closeUntaken(db, kept[1]!.id, 'rác')).toBe(true);
    expect(await closeUntaken(db, kept[1]!.id, 'rác')).toBe(false);
    expect(await listUntaken(db, 'records')).toHaveLength(2);
    expect(await listUntaken(db, 'one-stop')).toEqual([]);
  });

  it('holds nothing up with signs that no database takes', async () => {
    const code = await caseOf();
    const strange: Reported = {
      ...says('H56.14-240812-6666', 4),
      data: { status: 4, at: '2024-08-20T09:00:00+07:00', note: 'a\0\uD800' },
    };
    const played = new Played(() => page([strange, says(code, 4)], { cursor: 'c1', acknowledge: [{ note: 'a\0' }] }));
    expect(await round(played)).toBe('idle');
    expect(await statusesOf(code)).toEqual([4]);
    expect(await listUntaken(db)).toHaveLength(1);
    expect(played.acknowledged).toEqual([[{ note: 'a\0' }]]);
  });

  it('is entered once its case is known', async () => {
    const code = 'H56.14-240812-8888';
    await round(new Played(() => page([says(code, 4)])));
    expect(await listUntaken(db)).toHaveLength(1);
    await caseOf(code);
    await db.pool.query(`update untaken_reports set due_at = now()`);
    await again(new Played(() => page([])));
    expect(await statusesOf(code)).toEqual([4]);
    expect(await listUntaken(db)).toEqual([]);
  });

  it('is never entered after something newer of its own page', async () => {
    const code = await caseOf();
    const played = new Played(() => page([says(code, 4), says(code, '12'), says(code, 6), says(code, '13')]));
    await round(played);
    expect((await statusesOf(code)).at(-1)).toBe(6);
    const { rows } = await db.pool.query<object>('select state, ended_as from untaken_reports order by id');
    expect(rows).toEqual([
      { state: '12', ended_as: 'overtaken' },
      { state: '13', ended_as: null },
    ]);
  });

  it('is never entered after something newer of its case', async () => {
    const code = 'H56.14-240812-7777';
    await round(new Played(() => page([says(code, 5)])));
    await caseOf(code);
    await again(new Played(() => page([says(code, 4)])));
    await db.pool.query(`update untaken_reports set due_at = now()`);
    await again(new Played(() => page([])));
    expect(await statusesOf(code)).toEqual([4]);
    expect((await db.pool.query('select ended_as from untaken_reports')).rows).toEqual([{ ended_as: 'overtaken' }]);
  });
});
