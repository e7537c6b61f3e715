import type { PoolClient } from 'pg';
import { leafHash, MerklePath, MerkleRoot, type ChainHead } from '#domain';
import type { StreamProof } from '#wire';
import type { Database } from '../database.js';
import { isOwnCode } from '../own-code.js';

const PAGE = 20_000;

/**
 * The head at the cut of a day of every stream that an agency had deliveries of by then, in the byte order of codes. Events
 * of closed days don't change, so it can be computed again at any time; a stream that has gone on since is looked up. A lane
 * beyond 0 has deliveries: only those of which some were planned since need looking at. In order: hashes as bytes, so that
 * sorting moves half as much.
 */
const HEADS = `
with later as materialized (select distinct stream_id from events where ledger_day > $2),
planned_later as materialized (select distinct stream_id from deliveries where planned_day > $2 and agency_id = $1)
select h.code, h.sequence, encode(h.head, 'hex') as head from (
  select a.code, coalesce(e.sequence, s.last) as sequence, coalesce(e.hash, s.head_hash) as head
  from lanes l join streams s on s.id = l.stream_id join aliases a on ${isOwnCode('a', 'l.stream_id')}
  left join later on later.stream_id = l.stream_id
  left join lateral (select sequence, hash from events where stream_id = later.stream_id and (ledger_day is null or ledger_day <= $2)
    order by sequence desc limit 1) e on true
  left join planned_later p on p.stream_id = l.stream_id
  left join lateral (select true as had from deliveries where stream_id = p.stream_id and agency_id = $1
    and (planned_day is null or planned_day <= $2) limit 1) d on true
  where l.agency_id = $1 and l.last > 0 and (p.stream_id is null or d.had) and (later.stream_id is null or e.sequence is not null)
  order by a.code collate "C" offset 0) h
order by h.code collate "C"`;

export interface Heads {
  streams: number;
  merkleRoot: string;
}

/** `progress` is told how many streams have been read. */
export async function chainHeads(
  db: Database,
  agency: string,
  day: string,
  progress: (streams: number) => void = () => {},
): Promise<Heads> {
  return inOneView(db, async (client) => {
    const root = new MerkleRoot();
    for await (const page of headsOf(client, agency, day)) {
      for (const head of page) root.add(leafHash(head));
      progress(root.size);
    }
    return { streams: root.size, merkleRoot: root.root().toString('hex') };
  });
}

/** That this case's head is one of those; undefined: the agency had no delivery of it. */
export async function proveStream(
  db: Database,
  agency: string,
  day: string,
  code: string,
  progress: (streams: number) => void = () => {},
): Promise<StreamProof | undefined> {
  return inOneView(db, async (client) => {
    const { rows } = await client.query<{ streams: number; index: number; there: boolean }>(
      `select count(*)::int as streams, count(*) filter (where code < $3 collate "C")::int as index, coalesce(bool_or(code = $3), false) as there
       from (${HEADS}) h`,
      [agency, day, code],
    );
    const { streams, index, there } = rows[0]!;
    if (!there) return undefined;
    const path = new MerklePath(index, streams);
    let found: ChainHead | undefined;
    let read = 0;
    for await (const page of headsOf(client, agency, day)) {
      for (const head of page) {
        path.add(leafHash(head));
        if (head.code === code) found = head;
      }
      progress((read += page.length));
    }
    return { ...found!, index, streams, path: path.path().map((hash) => hash.toString('hex')) };
  });
}

function inOneView<T>(db: Database, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return db.transaction(async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    // The plan that is best for all of it, not for the first rows.
    await client.query('set local cursor_tuple_fraction = 1');
    // A million heads: one pass over the disk less for each join, and the sort.
    await client.query(`set local work_mem = '32MB'`);
    return work(client);
  });
}

/** Page by page: the memory it takes doesn't grow with the ledger. */
async function* headsOf(client: PoolClient, agency: string, day: string): AsyncGenerator<ChainHead[]> {
  await client.query(`declare heads no scroll cursor for ${HEADS}`, [agency, day]);
  const fetch = (): Promise<{ rows: ChainHead[] }> =>
    client.query<ChainHead>({ name: `statements.heads-${PAGE}`, text: `fetch ${PAGE} from heads` });
  // The next page is on its way while this one is hashed.
  let next = fetch();
  for (let { rows } = await next; rows.length > 0; { rows } = await next) {
    next = fetch();
    yield rows;
  }
  await client.query('close heads');
}
