import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createLog } from '#service';
import { bucketOf, byteOrder, DigestOver, type Line } from '#wire';
import fc from 'fast-check';
import { Database } from '../database.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { shownDigests } from './book-shown.js';
import { bucketDigests, dayDigests } from './digests.js';

let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', createLog('spec', 'silent'));
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const DAY = '2026-05-05';
/** As partners are told to make it (docs/reconcile/digest-api.md). */
function told(lines: readonly Line[]): { lines: number; digest: string } {
  const over = new DigestOver();
  for (const { key, hash } of lines.toSorted((a, b) => byteOrder(a.key, b.key) || byteOrder(a.hash, b.hash)))
    over.add(key, hash);
  return { lines: over.lines, digest: over.digest() };
}

// Letters' case, both Unicode forms, beyond the basic plane, and one key twice.
const key = fc.oneof(
  fc.constantFrom(
    'H53-1',
    'h53-1',
    'H53-10',
    'Ho\u0302 sơ',
    'H\u00f4 sơ',
    '\u{1f4c4}-1',
    '\uffee-1',
    '000.00.14.H53-260505-0001',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => /^[^\p{Cc}\p{Cs}]+$/u.test(text)),
);
const line = fc.record({ key, hash: fc.stringMatching(/^[0-9a-f]{64}$/) });

it('a digest is the same whichever of our doors tells it, and as partners make it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 40 }), async (some) => {
      const lines = some.map((one): Line => ({ ...one, receivedOn: DAY }));
      await db.pool.query(`truncate book_lines, book_digests`);
      await db.pool.query(
        `insert into book_lines (agency_id, stream_id, key, received_on, bucket, hash, fields, settled_through)
         select 'a', nth, key, $4, bucket, decode(hash, 'hex'), '{}', 1
         from unnest($1::text[], $2::smallint[], $3::text[]) with ordinality as t(key, bucket, hash, nth)`,
        [lines.map((l) => l.key), lines.map((l) => bucketOf(l.key)), lines.map((l) => l.hash), DAY],
      );
      const whole = told(lines);
      expect(await dayDigests(db, 'a', DAY, DAY)).toEqual([{ range: { from: DAY, to: DAY }, ...whole }]);
      expect(await shownDigests(db, 'a', { from: DAY, to: DAY }, undefined)).toEqual([whole]);
      const buckets = Array.from({ length: 64 }, (_, bucket) => ({ from: DAY, to: DAY, bucket }));
      const ofBucket = (n: number): Line[] => lines.filter((one) => bucketOf(one.key) === n);
      expect(await bucketDigests(db, 'a', buckets)).toEqual(
        buckets.map((range) => ({ range, ...told(ofBucket(range.bucket)) })),
      );
      expect(await shownDigests(db, 'a', { from: DAY, to: DAY }, 'bucket')).toEqual(
        buckets.flatMap(({ bucket }) => (ofBucket(bucket).length > 0 ? [{ bucket, ...told(ofBucket(bucket)) }] : [])),
      );
    }),
    { numRuns: 40 },
  );
});
