import type { Compared, ComparedField, Range } from '#wire';
import type { Database } from '../database.js';
import { LINES_DIGEST } from './digests.js';

const AT_ONCE = 2_000;
const IN_RANGE = `agency_id = $1 and received_on between $2 and $3 and ($4::smallint is null or bucket = $4)`;

/** Which fields our lines of this agency are hashed over; undefined: no comparison has made its lines yet. */
export async function comparedOf(db: Database, agency: string): Promise<ComparedField[] | undefined> {
  const { rows } = await db.query<{ compares: ComparedField[] }>(
    'lines.compared',
    `select compares from book_refreshes where agency_id = $1`,
    [agency],
  );
  return rows[0]?.compares;
}

export interface ShownDigest {
  day?: string;
  bucket?: number;
  lines: number;
  digest: string;
}

/** Digests of a range, as a partner is told them: of all, of each day, or of each bucket that has lines. */
export async function shownDigests(
  db: Database,
  agency: string,
  { from, to, bucket }: Range,
  by: 'day' | 'bucket' | undefined,
): Promise<ShownDigest[]> {
  const name = by === 'day' ? 'received_on::text as day,' : by === 'bucket' ? 'bucket,' : '';
  const group = by === 'day' ? 'group by received_on order by 1' : by === 'bucket' ? 'group by bucket order by 1' : '';
  const { rows } = await db.query<ShownDigest>(
    `lines.shown-digests-${by ?? 'all'}`,
    `select ${name} count(*)::int as lines,
       encode(${LINES_DIGEST}, 'hex') as digest
     from book_lines where ${IN_RANGE} ${group}`,
    [agency, from, to, bucket ?? null],
  );
  return rows;
}

export interface ShownLine {
  key: string;
  receivedOn: string;
  hash: string;
  fields: Compared;
}

/** Lines of a range in the byte order of keys, with the fields that are compared and no others. */
export async function* shownLines(
  db: Database,
  agency: string,
  { from, to, bucket }: Range,
  compares: readonly ComparedField[],
): AsyncGenerator<ShownLine[]> {
  let [key, hash, stream] = ['', '', '0'];
  for (;;) {
    const { rows } = await db.query<ShownLine & { stream: string }>(
      'lines.shown',
      `select key, received_on::text as "receivedOn", encode(hash, 'hex') as hash, fields, stream_id as stream from book_lines
       where ${IN_RANGE} and (key, hash, stream_id) > ($5, decode($6, 'hex'), $7::bigint) order by key, hash, stream_id limit ${AT_ONCE}`,
      [agency, from, to, bucket ?? null, key, hash, stream],
    );
    if (rows.length > 0)
      yield rows.map(({ fields, stream: _, ...line }) => ({
        ...line,
        fields: Object.fromEntries(compares.map((field) => [field, fields[field] ?? null])),
      }));
    if (rows.length < AT_ONCE) return;
    const end = rows.at(-1)!;
    [key, hash, stream] = [end.key, end.hash, end.stream];
  }
}
