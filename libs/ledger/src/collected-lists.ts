import type { Json } from '#wire';
import type { Database } from './database.js';

/** A list that one poller holds until its lease ends. */
export interface HeldList {
  claim: number;
  cursor: string | null;
  /** An acknowledgement that may not have reached the partner. */
  acknowledge: Json | null;
}

/** Undefined: not due yet, or another poller has it. `source`: a cursor of another interface is forgotten. */
export async function takeList(
  db: Database,
  agency: string,
  source: string,
  leaseSeconds: number,
): Promise<HeldList | undefined> {
  const { rows } = await db.query<HeldList>(
    'lists.take',
    `insert into collected_lists as c (agency_id, source, claim, due_at) values ($1, $2, 1, now() + make_interval(secs => $3))
     on conflict (agency_id) do update set claim = c.claim + 1, due_at = excluded.due_at, source = excluded.source,
       cursor = case when c.source = excluded.source then c.cursor end,
       acknowledge = case when c.source = excluded.source then c.acknowledge end
     where c.due_at <= now() returning claim, cursor, acknowledge`,
    [agency, source, leaseSeconds],
  );
  return rows[0];
}

/** After what the page told is in the ledger. False: the lease ended meanwhile, and another poller goes on from before. */
export async function keepCursor(
  db: Database,
  agency: string,
  claim: number,
  kept: { cursor: string | null; acknowledge: Json | null; leaseSeconds: number },
): Promise<boolean> {
  const { rowCount } = await db.query(
    'lists.keep',
    `update collected_lists set cursor = $3, acknowledge = $4, due_at = now() + make_interval(secs => $5)
     where agency_id = $1 and claim = $2`,
    [
      agency,
      claim,
      kept.cursor,
      kept.acknowledge === null ? null : JSON.stringify(kept.acknowledge),
      kept.leaseSeconds,
    ],
  );
  return rowCount === 1;
}

export async function releaseList(db: Database, agency: string, claim: number, nextInMs: number): Promise<void> {
  await db.query(
    'lists.release',
    `update collected_lists set due_at = now() + make_interval(secs => $3) where agency_id = $1 and claim = $2`,
    [agency, claim, nextInMs / 1_000],
  );
}

/** Cases that a list told the end of: nobody asks for them one by one any more, by whatever contract. */
export async function endCollections(db: Database, agency: string, codes: readonly string[]): Promise<void> {
  if (codes.length === 0) return;
  await db.query(
    'lists.end-collections',
    `update collections c set ended = true from aliases a
     where a.namespace = 'case' and a.code = any($2::text[]) and c.agency_id = $1 and c.stream_id = a.stream_id and not c.ended`,
    [agency, codes],
  );
}
