import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chainHash } from '#domain';
import { eventIdFor } from '#wire';
import { Database } from './database.js';
import { enter } from './enter.js';
import type { EntryItem } from './entry.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const received = (code: string, more: Partial<EntryItem> = {}): EntryItem => ({
  sender: 'mot-cua',
  key: `case:${code}`,
  type: 'vn.lienthong.case.received.v1',
  caseCode: code,
  data: { code, summary: 'x' },
  opens: { procedure: '2.000488', openedOn: '2021-05-31', dueAt: null },
  status: 2,
  ...more,
});
const status = (
  code: string,
  to: 4 | 5 | 9 | 10 | 2,
  key: string | null,
  more: Partial<EntryItem> = {},
): EntryItem => ({
  sender: 'mot-cua',
  key,
  type: 'vn.lienthong.case.status-changed.v1',
  caseCode: code,
  data: { status: to, at: '2021-06-01T08:00:00+07:00' },
  status: to,
  ...more,
});
const everybody = (): boolean => true;
const count = async (table: string): Promise<number> =>
  Number((await db.pool.query(`select count(*) from ${table}`)).rows[0].count);

describe('entering', () => {
  it('writes stream, event, outbox and cursor together, and answers a repeat with the first answer', async () => {
    const before = await count('outbox');
    const [first] = await enter(db, [received('A-1')], everybody);
    expect(first).toMatchObject({ outcome: 'accepted', sequence: 1, eventId: eventIdFor('mot-cua', 'case:A-1') });
    const [again] = await enter(db, [received('A-1')], everybody);
    expect(again).toEqual({ ...first, outcome: 'repeated', skipped: undefined });
    expect(await count('outbox')).toBe(before + 1);
  });

  it('keeps what came beside the event it became, whether that opens a case or not; a repeat adds nothing', async () => {
    const opened = received('A-0', { came: '{"opens":"e\u0301"}' });
    const moved = status('A-0', 4, 'k1', { came: '{"moves":"e\u0301"}' });
    const [first] = await enter(db, [opened], everybody);
    const [second] = await enter(db, [moved], everybody);
    await enter(db, [opened, moved], everybody);
    const ids = [first, second].map((entry) => (entry?.outcome === 'accepted' ? entry.eventId : ''));
    const { rows } = await db.pool.query(
      'select event_id, came from as_it_came where event_id = any($1::uuid[]) order by came desc',
      [ids],
    );
    expect(rows).toEqual([opened, moved].map(({ came }, i) => ({ event_id: ids[i], came })));
    expect(await count('as_it_came')).toBe(2);
  });

  it('refuses the same key with another body, with both hashes, and writes nothing', async () => {
    await enter(db, [received('A-2')], everybody);
    const events = await count('events');
    const [answer] = await enter(db, [received('A-2', { data: { code: 'A-2', summary: 'y' } })], everybody);
    expect(answer).toMatchObject({ outcome: 'conflict' });
    if (answer?.outcome === 'conflict') expect(answer.held).not.toBe(answer.received);
    expect(await count('events')).toBe(events);
  });

  it('takes the same case under another key for the same case, or for a conflict', async () => {
    await enter(db, [received('A-3')], everybody);
    const [same, other] = await enter(
      db,
      [received('A-3', { key: 'k2' }), received('A-3', { key: 'k3', data: { code: 'A-3', summary: 'z' } })],
      everybody,
    );
    expect(same).toMatchObject({ outcome: 'repeated', sequence: 1 });
    expect(other).toMatchObject({ outcome: 'conflict' });
  });

  it('answers a bad item alone: the others of its batch are entered', async () => {
    const answers = await enter(
      db,
      [status('nowhere', 4, 'n1'), received('A-4'), status('A-4', 10, 'n2'), status('A-4', 4, 'n3')],
      everybody,
    );
    expect(answers.map((a) => a.outcome)).toEqual(['unknown-case', 'accepted', 'accepted', 'status-cannot-follow']);
  });

  it('gives a code back when its first event is refused', async () => {
    await enter(db, [received('A-5', { key: 'shared' })], everybody);
    const [refused] = await enter(db, [received('A-6', { key: 'shared' })], everybody);
    expect(refused).toMatchObject({ outcome: 'conflict' });
    const [free] = await enter(db, [received('A-6')], everybody);
    expect(free).toMatchObject({ outcome: 'accepted', sequence: 1 });
  });

  it('keeps an unchanged state of a door without keys as a receipt, and a changed one as an event', async () => {
    await enter(db, [received('A-7')], everybody);
    const poll = (state: string, to: 4 | 9): EntryItem => status('A-7', to, null, { sender: 'lltp', state });
    const answers = [];
    for (const item of [poll('4', 4), poll('4', 4), poll('9|x', 9), poll('9|x', 9)])
      answers.push((await enter(db, [item], everybody))[0]!.outcome);
    expect(answers).toEqual(['accepted', 'unchanged', 'accepted', 'unchanged']);
    expect((await enter(db, [poll('9|x', 9), poll('9|x', 9)], everybody)).map((a) => a.outcome)).toEqual([
      'unchanged',
      'unchanged',
    ]);
  });

  it('takes an answer that only repeats the case’s own status for an echo', async () => {
    await enter(db, [received('A-9')], everybody);
    const say = (to: 2 | 4 | 9, state: string): EntryItem => status('A-9', to, null, { sender: 'lltp', state });
    expect((await enter(db, [say(2, '2')], everybody))[0]).toMatchObject({ outcome: 'unchanged' });
    await enter(db, [received('A-10'), status('A-10', 5, 'k5')], everybody);
    const late = status('A-10', 2, null, { sender: 'lltp', state: '2' });
    expect((await enter(db, [late], everybody))[0]).toMatchObject({ outcome: 'unchanged' });
    expect(
      (await enter(db, [status('A-9', 4, 'k4'), say(4, '4'), say(9, '9'), status('A-9', 9, 'k9')], everybody)).map(
        (a) => a.outcome,
      ),
    ).toEqual(['accepted', 'unchanged', 'accepted', 'accepted']);
  });

  it('does not let an agency that is no party report on a case', async () => {
    await enter(db, [received('A-8')], everybody);
    expect(await enter(db, [status('A-8', 4, 's')], () => false)).toEqual([{ outcome: 'not-your-case' }]);
  });

  it('stays gapless and chained when many enter the same cases at once, each event once', async () => {
    const codes = Array.from({ length: 10 }, (_, i) => `C-${i}`);
    const work: Promise<unknown>[] = [];
    for (let client = 0; client < 8; client++) {
      const items = [...codes]
        .sort(() => (client % 2 ? -1 : 1))
        .flatMap((code) => [received(code), status(code, 4, `${code}/4`), status(code, 4, `${code}/client-${client}`)]);
      work.push(enter(db, items, everybody));
    }
    await Promise.all(work);
    const { rows } = await db.pool.query(
      `select s.id, s.last, s.head_hash, json_agg(json_build_object('stream', e.stream_id::text, 'sequence', e.sequence, 'id', e.id, 'type', e.type, 'sender', e.sender,
         'recordedAt', to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'bodyHash', encode(e.body_hash, 'hex'), 'hash', encode(e.hash, 'hex')) order by e.sequence) as events
       from streams s join events e on e.stream_id = s.id join aliases a on a.stream_id = s.id where a.code like 'C-%' group by s.id`,
    );
    expect(rows).toHaveLength(10);
    for (const stream of rows) {
      expect(stream.last).toBe(10);
      let previous: Buffer | null = null;
      for (const [i, event] of stream.events.entries()) {
        expect(event.sequence).toBe(i + 1);
        previous = chainHash(previous, event);
        expect(previous.toString('hex')).toBe(event.hash);
      }
      expect(previous?.equals(stream.head_hash)).toBe(true);
    }
  });
});
