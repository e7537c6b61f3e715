import type { Digest, Range } from '#wire';
import type { Database } from '../database.js';

/** sha-256 over `key LF hash LF` of each line, in the byte order of keys, then of hashes (libs/wire/src/reconcile/line.ts). */
export const LINES_DIGEST = `sha256(convert_to(coalesce(string_agg(key || E'\\n' || encode(hash, 'hex') || E'\\n', '' order by key, hash), ''), 'UTF8'))`;

/** Of each day, or of one day's buckets, what isn't kept yet is computed and kept. Ranges of several days aren't. */
const KEEP_DAYS = `
insert into book_digests (agency_id, day, bucket, lines, digest)
select $1, t.day, -1, count(b.stream_id), ${LINES_DIGEST}
from (select g::date as day from generate_series($2::date, $3::date, interval '1 day') g
  where not exists (select from book_digests k where k.agency_id = $1 and k.day = g::date and k.bucket = -1)) t
left join book_lines b on b.agency_id = $1 and b.received_on = t.day group by t.day
on conflict do nothing`;
const KEEP_BUCKETS = `
insert into book_digests (agency_id, day, bucket, lines, digest)
select $1, t.day, t.bucket, count(b.stream_id), ${LINES_DIGEST}
from (select distinct u.day, u.bucket from unnest($2::date[], $3::smallint[]) as u(day, bucket)
  where not exists (select from book_digests k where k.agency_id = $1 and k.day = u.day and k.bucket = u.bucket)) t
left join book_lines b on b.agency_id = $1 and b.received_on = t.day and b.bucket = t.bucket group by t.day, t.bucket
on conflict do nothing`;

interface Kept {
  day: string;
  bucket: number;
  lines: number;
  digest: string;
}

/** Our digests of these days, both included, in their order; a day without lines has one, too. */
export async function dayDigests(db: Database, agency: string, from: string, to: string): Promise<Digest[]> {
  await db.query('lines.keep-days', KEEP_DAYS, [agency, from, to]);
  const { rows } = await db.query<Kept>(
    'lines.days',
    `select day::text, lines, encode(digest, 'hex') as digest from book_digests
     where agency_id = $1 and day between $2 and $3 and bucket = -1 order by day`,
    [agency, from, to],
  );
  return rows.map(({ day, lines, digest }) => ({ range: { from: day, to: day }, lines, digest }));
}

/** Ours of buckets of single days, in the order asked for. */
export async function bucketDigests(db: Database, agency: string, ranges: readonly Range[]): Promise<Digest[]> {
  const asked = [agency, ranges.map(({ from }) => from), ranges.map(({ bucket }) => bucket!)];
  await db.query('lines.keep-buckets', KEEP_BUCKETS, asked);
  const { rows } = await db.query<Kept>(
    'lines.buckets',
    `select d.day::text, d.bucket, d.lines, encode(d.digest, 'hex') as digest
     from unnest($2::date[], $3::smallint[]) with ordinality as u(day, bucket, nth)
     join book_digests d on d.agency_id = $1 and d.day = u.day and d.bucket = u.bucket order by u.nth`,
    asked,
  );
  return rows.map(({ day, bucket, lines, digest }) => ({ range: { from: day, to: day, bucket }, lines, digest }));
}
