import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import { eventIdFor } from '#wire';
import { Database } from './database.js';
import { enter } from './enter.js';
import type { Entry, EntryItem } from './entry.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';
import { verifyChains } from './verify-chains.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const everybody = (): boolean => true;
let fresh: FreshDatabase;
let one: Database;
let other: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  one = new Database(fresh.url, 'spec-one', quiet, 3);
  other = new Database(fresh.url, 'spec-other', quiet, 3);
});
afterAll(async () => {
  await one.close();
  await other.close();
  await fresh.drop();
});

const received = (caseCode: string, key: string, body = 'x'): EntryItem => ({
  sender: 'mot-cua',
  key,
  type: 'vn.lienthong.case.received.v1',
  caseCode,
  data: { body },
  opens: { procedure: 'p', openedOn: '2021-05-31', dueAt: null },
  status: 2,
});
const changed = (caseCode: string, key: string | null, status: 4 | 9): EntryItem => ({
  sender: key === null ? 'lltp' : 'mot-cua',
  key,
  type: 'vn.lienthong.case.status-changed.v1',
  caseCode,
  data: { status },
  status,
  ...(key === null ? { state: String(status) } : {}),
});
const outcomes = async (db: Database, items: EntryItem[]): Promise<string[]> =>
  (await enter(db, items, everybody)).map(({ outcome }) => outcome);
const aliases = async (code: string): Promise<number> =>
  (await one.pool.query(`select 1 from aliases where code = $1`, [code])).rowCount!;

/** What `meanwhile` writes isn't committed before a statement of `db` waits for it; then it ends as told. */
async function whileHeld<T>(
  meanwhile: { text: string; values: unknown[] }[],
  end: 'commit' | 'rollback',
  begin: () => Promise<T>,
): Promise<T> {
  const holder = await other.pool.connect();
  try {
    await holder.query('begin');
    for (const statement of meanwhile) await holder.query(statement);
    const entered = begin();
    await someoneWaitsFor(holder);
    await holder.query(end);
    return await entered;
  } finally {
    holder.release();
  }
}

async function someoneWaitsFor(holder: pg.PoolClient): Promise<void> {
  const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
  for (;;) {
    const waiting = await other.pool.query(`select 1 from pg_stat_activity where $1 = any(pg_blocking_pids(pid))`, [
      rows[0]!.pid,
    ]);
    if (waiting.rowCount! > 0) return;
  }
}
const takes = (code: string): { text: string; values: unknown[] } => ({
  text: `insert into aliases (namespace, code, stream_id) values ('case', $1, nextval('stream_ids'))`,
  values: [code],
});

describe('two that enter at once', () => {
  it('the slower one finds the case that the faster one opened: a repeat, a conflict, and its own other cases', async () => {
    const batch = (body: string): EntryItem[] => [
      received('R-1', 'r1'),
      received('R-2', 'r2', body),
      received(`R-${body}`, body),
    ];
    const [first, second] = await Promise.all([outcomes(one, batch('a')), outcomes(other, batch('b'))]);
    expect([first, second].sort()).toEqual([
      ['accepted', 'accepted', 'accepted'],
      ['repeated', 'conflict', 'accepted'],
    ]);
  });

  it('a code that is being taken is waited for, and taken when it is given back', async () => {
    expect(await whileHeld([takes('R-3')], 'rollback', () => outcomes(one, [received('R-3', 'r3')]))).toEqual([
      'accepted',
    ]);
  });

  it('an event id that another case gets meanwhile is a conflict, and the code stays free', async () => {
    const id = eventIdFor('mot-cua', 'r4');
    const text = `insert into event_ids (id, body_hash, stream_id, sequence) values ($1, '\\x00', 0, 1)`;
    const answers = await whileHeld([{ text, values: [id] }], 'commit', () =>
      outcomes(one, [received('R-4', 'r4'), received('R-5', 'r5')]),
    );
    expect(answers).toEqual(['conflict', 'accepted']);
    expect(await aliases('R-4')).toBe(0);
    expect(await outcomes(one, [received('R-4', 'another')])).toEqual(['accepted']);
  });

  it('what comes for a case that is just being opened is entered into it', async () => {
    const answers = await Promise.all([
      outcomes(one, [received('R-6', 'r6')]),
      outcomes(other, [received('R-6', 'r6'), changed('R-6', 'r6/4', 4), changed('R-7', 'r7', 4)]),
    ]);
    expect(answers[0]).toEqual([answers[1][0] === 'accepted' ? 'repeated' : 'accepted']);
    expect(answers[1].slice(1)).toEqual(['accepted', 'unknown-case']);
  });

  it('get, case by case, the answers that they would get one after the other, whoever is first', async () => {
    let round = 0;
    const step = fc.record({
      kind: fc.constantFrom('received', 'received', 'changed', 'state'),
      code: fc.nat(2),
      key: fc.nat(1),
      body: fc.constantFrom('x', 'y'),
      status: fc.constantFrom(4 as const, 9 as const),
    });
    type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
    const itemsOf = (steps: Step[], place: string): EntryItem[] =>
      steps.map(({ kind, code, key, body, status }) => {
        const caseCode = `${place}-${code}`;
        if (kind === 'received') return received(caseCode, `${caseCode}/${key}`, body);
        return changed(caseCode, kind === 'state' ? null : `${caseCode}/s${key}`, status);
      });
    const said = (entries: Entry[], items: EntryItem[], place: string, code: number): string =>
      JSON.stringify(
        entries
          .filter((_, i) => items[i]!.caseCode === `${place}-${code}`)
          .map((e) => [e.outcome, 'sequence' in e ? e.sequence : null]),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 6 }), { minLength: 3, maxLength: 3 }), async (batches) => {
        const inTurn = async (order: number[]): Promise<[string, Entry[]][]> => {
          const place = `P${++round}`;
          const answers: [string, Entry[]][] = [];
          for (const i of order) answers[i] = [place, await enter(one, itemsOf(batches[i]!, place), everybody)];
          return answers;
        };
        const place = `P${++round}`;
        // The first stands before the others come, so that they meet cases that exist beside new ones.
        const before = await enter(one, itemsOf(batches[0]!, place), everybody);
        const together = await Promise.all(
          [one, other].map((db, i) => enter(db, itemsOf(batches[i + 1]!, place), everybody)),
        );
        const raced = [before, ...together].map((entries) => [place, entries] as [string, Entry[]]);
        const sequential = [await inTurn([0, 1, 2]), await inTurn([0, 2, 1])];
        for (const code of [0, 1, 2]) {
          const answersOf = (run: [string, Entry[]][]): string[] =>
            run.map(([at, entries], i) => said(entries, itemsOf(batches[i]!, at), at, code));
          expect(sequential.map(answersOf)).toContainEqual(answersOf(raced));
        }
      }),
      { numRuns: 60 },
    );
    await verified();
  });
});

/** Every chain holds, no code is without its case, no event without its announcement. */
async function verified(): Promise<void> {
  expect((await verifyChains(one.pool)).broken).toBe(0);
  const { rows } = await one.pool.query<Record<string, string>>(
    `select (select count(*) from aliases a where not exists (select from streams s where s.id = a.stream_id)) as codes,
       (select count(*) from streams s where not exists (select from plan_cursor c where c.stream_id = s.id)) as cursors,
       (select count(*) from events e where not exists (select from outbox o where o.event_id = e.id)) as silent,
       (select count(*) from events e where not exists (select from event_ids i where i.id = e.id)) as unkeyed`,
  );
  expect(rows).toEqual([{ codes: '0', cursors: '0', silent: '0', unkeyed: '0' }]);
}
