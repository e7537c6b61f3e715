import type { Runner } from './database.js';
import { isOwnCode, mergedInto } from './own-code.js';

export interface BrokenChain {
  code: string | null;
  /** The first event at which the chain doesn't hold; null where only the stream's head disagrees. */
  sequence: number | null;
}

/**
 * Recomputes every event's hash from its own columns, in PostgreSQL and not by the code that wrote it. A stream is whole
 * when its sequences run from 1, each event names its predecessor's hash, and the last is the stream's head; one that was
 * merged into another, when that one's event says so of this very head. A body goes with the code that it came by: the
 * stream's own, or that of one merged into it.
 */
const bodyBy = (code: string): string =>
  `sha256(convert_to(e.type || E'\\n' || ${code} || E'\\n' || e.body::text, 'UTF8'))`;

const BROKEN = `s.broken is not null or not p.proved or s.last is distinct from p.last or s.head is distinct from p.head_hash`;

const PAGE = `
with page as (
  select s.id, s.last, s.head_hash, s.merged_into is null or exists (
    select from events m where m.stream_id = s.merged_into and m.sequence = s.merged_at and m.type = 'vn.lienthong.case.merged.v1'
      and m.body->>'headHash' = encode(s.head_hash, 'hex') and m.body->>'sequence' = s.last::text) as proved
  from streams s where id > $1 order by id limit $2),
e as (
  select e.stream_id, e.sequence, e.hash,
    e.sequence = row_number() over w
      and e.previous_hash is not distinct from lag(e.hash) over w
      and (e.body_hash = ${bodyBy('a.code')} or exists (
        with recursive ${mergedInto('m', 'e.stream_id')}
        select from m join aliases b on ${isOwnCode('b', 'm.id')} where e.body_hash = ${bodyBy('b.code')}))
      and e.hash = sha256(coalesce(e.previous_hash, decode(repeat('00', 32), 'hex')) || convert_to(concat_ws(E'\\n', e.stream_id, e.sequence, e.id, e.type, e.sender,
        to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), encode(e.body_hash, 'hex')), 'UTF8')) as holds
  from events e join aliases a on ${isOwnCode('a', 'e.stream_id')}
  where e.stream_id > $1 and e.stream_id <= (select max(id) from page)
  window w as (partition by e.stream_id order by e.sequence)),
s as (
  select stream_id, max(sequence) as last, (array_agg(hash order by sequence desc))[1] as head, min(sequence) filter (where holds is not true) as broken
  from e group by 1)
select (select max(id) from page) as next, count(*) filter (where ${BROKEN})::int as broken,
  coalesce(json_agg(json_build_object('code', (select code from aliases a where ${isOwnCode('a', 'p.id')}), 'sequence', s.broken) order by p.id)
    filter (where ${BROKEN}), '[]') as chains
from page p left join s on s.stream_id = p.id`;

interface Page {
  next: string | null;
  broken: number;
  chains: BrokenChain[];
}

/** Page by page, so that the memory it takes doesn't grow with the ledger. */
export async function verifyChains(db: Runner, pageSize = 10_000): Promise<{ broken: number; first: BrokenChain[] }> {
  const found = { broken: 0, first: [] as BrokenChain[] };
  let after: string | null = '0';
  while (after !== null) {
    const page: Page = (await db.query<Page>({ text: PAGE, values: [after, pageSize] })).rows[0]!;
    found.broken += page.broken;
    found.first.push(...page.chains.slice(0, 100 - found.first.length));
    after = page.next;
  }
  return found;
}
