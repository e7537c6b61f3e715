import type { Compared, Range } from '#wire';
import type { Database } from '../database.js';
import { isOwnCode } from '../own-code.js';

const AT_ONCE = 5_000;

/** What the agency should show of a case, in normal forms; the key is the one by which it knows it. */
export interface BookLineHere {
  streamId: string;
  key: string;
  receivedOn: string;
  hash: string;
  fields: Compared;
}

/** Our lines of a range, in batches, by day and key: what a source that must be told whom to ask for asks. */
export async function* ourLines(db: Database, agency: string, range: Range): AsyncGenerator<BookLineHere[]> {
  let [day, key] = [range.from, ''];
  for (;;) {
    const { rows } = await db.query<BookLineHere>(
      'lines.ours',
      `select stream_id as "streamId", key, received_on::text as "receivedOn", encode(hash, 'hex') as hash, fields from book_lines
       where agency_id = $1 and received_on between $2 and $3 and (received_on, key) > ($2::date, $4) and ($5::smallint is null or bucket = $5)
       order by received_on, key limit ${AT_ONCE}`,
      [agency, day, range.to, key, range.bucket ?? null],
    );
    if (rows.length > 0) yield rows;
    if (rows.length < AT_ONCE) return;
    ({ receivedOn: day, key } = rows.at(-1)!);
  }
}

/** A case of ours that a partner is asked about. */
export interface OurCase {
  /** The partner's key. */
  key: string;
  receivedOn: string;
  /** As our books have it. */
  caseCode: string;
  province: { code: string; name: string };
}

/** The same cases with what it takes to ask for one. */
export async function* ourCases(db: Database, agency: string, range: Range): AsyncGenerator<OurCase[]> {
  for await (const lines of ourLines(db, agency, range)) {
    const { rows } = await db.query<OurCase & { streamId: string }>(
      'lines.cases',
      `select t.key, t.day as "receivedOn", a.code as "caseCode", coalesce(e.province, '{"code":"","name":""}') as province
       from unnest($1::bigint[], $2::text[], $3::text[]) with ordinality as t(id, key, day, nth)
       join aliases a on ${isOwnCode('a', 't.id')}
       left join lateral (select e.body -> 'province' as province from events e where e.stream_id = t.id
         and e.type in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1') order by e.sequence desc limit 1) e on true
       order by t.nth`,
      [lines.map((l) => l.streamId), lines.map((l) => l.key), lines.map((l) => l.receivedOn)],
    );
    yield rows;
  }
}
