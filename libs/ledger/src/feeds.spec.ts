import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { Database } from './database.js';
import { acknowledgeFeed, appendToFeed, clearFeed, readFeed } from './feeds.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let fresh: FreshDatabase;
let db: Database;
/** What a failed spec left in the middle of a transaction. */
const open = new Set<pg.Client>();
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet, 8);
});
beforeEach(() => db.pool.query('truncate feeds, feed_entries'));
afterEach(async () => {
  await Promise.all([...open].map((client) => client.end()));
  open.clear();
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const events = (...names: (string | number)[]) =>
  names.map((n) => ({ id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, body: `{"n":"${n}"}` }));
const bodiesOf = (n: number) => Array.from({ length: n }, (_, i) => `{"n":"${i + 1}"}`);

/** Appends in a transaction of its own that is committed later; where another had one of these before, it begins anew. */
async function slowly(agency: string, ...names: number[]): Promise<{ commit(): Promise<void> }> {
  const client = new pg.Client({ connectionString: fresh.url });
  await client.connect();
  open.add(client);
  await client.query('begin');
  const within = { once: (_: string, text: string, values: unknown[]) => client.query(text, values) };
  try {
    await appendToFeed(within as unknown as Database, agency, events(...names));
  } catch {
    await client.query('rollback');
    await appendToFeed(db, agency, events(...names));
  }
  return {
    async commit() {
      for (let n = 0; n < 5; n++) await client.query('select 1');
      await client.query('commit');
      await client.end();
      open.delete(client);
    },
  };
}

/** Until it waits for another's commit. */
async function waits(append: Promise<unknown>): Promise<void> {
  let ended = false;
  append.finally(() => (ended = true)).catch(() => undefined);
  const sql = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await db.pool.query(sql)).rowCount === 0) if (ended) throw new Error('it waited for nothing');
}

describe('a feed', () => {
  it('numbers what is new in the order given; a repeat keeps its position and its bytes', async () => {
    expect(await appendToFeed(db, 'a', events(1, 2))).toMatchObject([{ position: 1 }, { position: 2 }]);
    const [held, added, other] = await appendToFeed(db, 'a', [
      events(2)[0]!,
      events(3)[0]!,
      { ...events(1)[0]!, body: '{}' },
    ]);
    expect(held).toEqual({ position: 2, outcome: 'held' });
    expect(added).toEqual({ position: 3, outcome: 'appended' });
    expect(other).toEqual({ position: 1, outcome: 'conflicts' });
    expect(await readFeed(db, 'a', 0, 10)).toMatchObject({ bodies: bodiesOf(3), next: 3, last: 3 });
    expect(await appendToFeed(db, 'b', events(3))).toEqual([{ position: 1, outcome: 'appended' }]);
    expect(await readFeed(db, 'c', 0, 10)).toBeUndefined();
  });

  it('shows nothing of an append that isn’t committed, nor what comes after it', async () => {
    const slow = await slowly('a', 1);
    const later = appendToFeed(db, 'a', events(2));
    await waits(later);
    expect(await readFeed(db, 'a', 0, 10)).toBeUndefined();
    await slow.commit();
    expect(await later).toEqual([{ position: 2, outcome: 'appended' }]);
    expect(await readFeed(db, 'a', 0, 10)).toMatchObject({ bodies: bodiesOf(2), last: 2 });
  });

  it('keeps one of two appends of the same event, also where neither sees the other', async () => {
    const slow = await slowly('a', 1);
    const again = appendToFeed(db, 'a', events(2, 1));
    await waits(again);
    await slow.commit();
    expect(await again).toEqual([
      { position: 2, outcome: 'appended' },
      { position: 1, outcome: 'held' },
    ]);
    expect(await readFeed(db, 'a', undefined, 10)).toMatchObject({ bodies: bodiesOf(2), last: 2 });
  });

  it('is read by pages that end before they grow too large, yet always go on', async () => {
    const large = (n: number) => ({ id: randomUUID(), body: `{"n":"${n}","x":"${'x'.repeat(5 * 1_048_576)}"}` });
    await appendToFeed(db, 'a', [large(1), large(2), large(3)]);
    expect(await readFeed(db, 'a', 0, 10)).toMatchObject({ next: 2, last: 3 });
    expect(await readFeed(db, 'a', 2, 10)).toMatchObject({ next: 3 });
    expect(await readFeed(db, 'a', 3, 10)).toMatchObject({ next: 3, bodies: [] });
  });

  it('is acknowledged forwards only, as far as it has come; reading begins there unless told', async () => {
    expect(await acknowledgeFeed(db, 'a', 0)).toBeUndefined();
    await appendToFeed(db, 'a', events(1, 2, 3));
    await db.pool.query('alter table feed_entries disable trigger feed_entries_append_only');
    await db.pool.query(
      `update feed_entries set appended_at = appended_at - make_interval(hours => 4 - position::int)`,
    );
    await db.pool.query('alter table feed_entries enable trigger feed_entries_append_only');
    expect(await readFeed(db, 'a', 3, 1)).toMatchObject({ lag: { events: 3, seconds: 3 * 3_600 } });
    expect(await acknowledgeFeed(db, 'a', 2)).toEqual({ acknowledged: 2, last: 3 });
    expect(await acknowledgeFeed(db, 'a', 1)).toEqual({ acknowledged: 2, last: 3 });
    expect(await acknowledgeFeed(db, 'a', 4)).toBe('beyond');
    expect(await readFeed(db, 'a', undefined, 9)).toMatchObject({
      after: 2,
      next: 3,
      lag: { events: 1, seconds: 3_600 },
    });
    await acknowledgeFeed(db, 'a', 3);
    expect(await readFeed(db, 'a', undefined, 9)).toMatchObject({ bodies: [], lag: { events: 0, seconds: 0 } });
  });

  it('holds an event once more for each replay, under its id, and says which ones those are', async () => {
    await appendToFeed(db, 'a', events(1, 2));
    const again = (replay: string) => appendToFeed(db, 'a', events(1).map((event) => ({ ...event, replay }))); // prettier-ignore
    expect(await again('7')).toEqual([{ position: 3, outcome: 'appended' }]);
    expect(await again('7')).toEqual([{ position: 3, outcome: 'held' }]);
    expect(await again('8')).toEqual([{ position: 4, outcome: 'appended' }]);
    expect(await appendToFeed(db, 'a', events(1))).toEqual([{ position: 1, outcome: 'held' }]);
    const page = (await readFeed(db, 'a', 1, 10))!;
    expect(page.bodies).toEqual([bodiesOf(2)[1], bodiesOf(1)[0], bodiesOf(1)[0]]);
    expect(page.replays).toEqual([{ position: 3, operation: '7' }, { position: 4, operation: '8' }]); // prettier-ignore
  });

  it('forgets what has stood longer than it is kept, and says up to where', async () => {
    await appendToFeed(db, 'a', events(1, 2, 3, 4));
    await appendToFeed(db, 'b', events(1));
    await db.pool.query('alter table feed_entries disable trigger feed_entries_append_only');
    await db.pool.query(`update feed_entries set appended_at = appended_at - interval '2 days' where position <= 2`);
    await db.pool.query('alter table feed_entries enable trigger feed_entries_append_only');
    expect(await clearFeed(db, 'a', 3 * 86_400_000)).toBe(0);
    expect(await clearFeed(db, 'a', 86_400_000)).toBe(2);
    expect(await clearFeed(db, 'a', 86_400_000)).toBe(0);
    expect(await readFeed(db, 'a', 2, 10)).toMatchObject({ cleared: 2, last: 4, bodies: bodiesOf(4).slice(2) });
    expect(await readFeed(db, 'b', 0, 10)).toMatchObject({ cleared: 0, last: 1 });
    expect(await appendToFeed(db, 'a', events(5))).toEqual([{ position: 5, outcome: 'appended' }]);
    await expect(db.pool.query(`delete from feed_entries where agency_id = 'a'`)).rejects.toThrow('append-only');
  });

  it('can’t be changed', async () => {
    await appendToFeed(db, 'a', events(1));
    await expect(db.pool.query('delete from feed_entries')).rejects.toThrow('append-only');
  });

  it('is seen once, in order and whole by a reader beside appenders that are slow to commit and repeat themselves', async () => {
    const appender = fc.array(fc.record({ names: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }), isSlow: fc.boolean() }), { minLength: 3, maxLength: 8 }); // prettier-ignore
    const world = fc.record({ appenders: fc.array(appender, { minLength: 3, maxLength: 5 }), limit: fc.integer({ min: 1, max: 7 }) }); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(world, async ({ appenders, limit }) => {
        const agency = randomUUID();
        let working = appenders.length;
        const append = async (batches: (typeof appenders)[number]): Promise<void> => {
          for (const { names, isSlow } of batches)
            if (isSlow) await (await slowly(agency, ...names)).commit();
            else await appendToFeed(db, agency, events(...names));
          working--;
        };
        const seen: string[] = [];
        const read = async (): Promise<void> => {
          let at = 0;
          for (let isLast = false; !isLast;) {
            isLast = working === 0;
            for (let went = true; went;) {
              const page = await readFeed(db, agency, at, limit);
              went = (page?.bodies.length ?? 0) > 0;
              seen.push(...(page?.bodies ?? []));
              at = page?.next ?? 0;
            }
          }
        };
        await Promise.all([read(), ...appenders.map(append)]);
        expect(new Set(seen).size).toBe(seen.length);
        const { rows } = await db.pool.query<{ position: string; body: string }>(
          'select position, body from feed_entries where agency_id = $1 order by position',
          [agency],
        );
        expect(rows.map(({ position }) => Number(position))).toEqual(rows.map((_, i) => i + 1));
        expect(seen).toEqual(rows.map(({ body }) => body));
        for (const name of appenders.flat().flatMap(({ names }) => names)) expect(seen).toContain(`{"n":"${name}"}`);
      }),
      { numRuns: 12 },
    );
  }, 300_000);
});
