import { createHash } from 'node:crypto';
import type { PulledCatalogue } from '#wire';
import { judgePull } from '#domain';
import type { Database, Runner } from '../database.js';
import { changesOf, openRows, takeRows } from './rows.js';

export interface PullToKeep {
  agency: string;
  /** Of the lease under which it was pulled. */
  claim: number;
  /** The interface that it came by. */
  source: string;
  catalogue: PulledCatalogue;
  losesAtMost: number;
}

/** `held`: nothing changed, a person decides. `as-before`: the very list that came last. `late`: the lease had ended. */
export type KeptPull = { outcome: 'taken' | 'held' | 'as-before' | 'late'; reason?: string };

/** All of it in one transaction, or nothing. */
export function keepPull(db: Database, pull: PullToKeep): Promise<KeptPull> {
  const { agency, claim, source, catalogue, losesAtMost } = pull;
  const hash = hashOf(catalogue);
  return db.transaction(async (client): Promise<KeptPull> => {
    if (!(await holdsLease(client, agency, claim))) return { outcome: 'late' };
    if (await isAsBefore(client, agency, source, hash)) return { outcome: 'as-before' };
    const { procedures, said, unread } = catalogue;
    const changes = changesOf(await openRows(client, agency), procedures);
    const { known, lost } = changes;
    const counts = { known, lost: lost.length, listed: procedures.length, said, unread };
    const judged = judgePull(counts, losesAtMost);
    const isTaken = judged === 'take';
    await client.query({
      text: `update catalogue_pulls set state = 'superseded', procedures = null where agency_id = $1 and state = 'held'`,
      values: [agency],
    });
    await client.query({
      text: `insert into catalogue_pulls (agency_id, source, hash, state, reason, listed, said, unread, added, lost, renamed, procedures)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      values: [
        ...[agency, source, hash, isTaken ? 'taken' : 'held', isTaken ? null : judged, procedures.length, said ?? null],
        ...[unread, changes.added.length, lost.length, changes.renamed.length],
        isTaken ? null : JSON.stringify(procedures),
      ],
    });
    if (!isTaken) return { outcome: 'held', reason: judged };
    await takeRows(client, agency, procedures);
    return { outcome: 'taken' };
  });
}

async function holdsLease(client: Runner, agency: string, claim: number): Promise<boolean> {
  const { rows } = await client.query({
    text: `select 1 from collected_lists where agency_id = $1 and claim = $2 for update`,
    values: [agency, claim],
  });
  return rows.length === 1;
}

/** A list that a person dropped, or that waits for one, is no news when it comes again. */
async function isAsBefore(client: Runner, agency: string, source: string, hash: Buffer): Promise<boolean> {
  const { rowCount } = await client.query({
    text: `update catalogue_pulls set times = times + 1, last_at = now()
           where id = (select max(id) from catalogue_pulls where agency_id = $1) and hash = $3 and source = $2`,
    values: [agency, source, hash],
  });
  return rowCount === 1;
}

/** Over what would be kept, in the order of codes: the order of a list says nothing. */
function hashOf({ procedures, said, unread }: PulledCatalogue): Buffer {
  const hash = createHash('sha256');
  const lines = procedures.map(({ code, rawName, key, facts }) => JSON.stringify([code, rawName, key, facts]));
  hash.update(JSON.stringify([said ?? null, unread]));
  for (const line of lines.sort()) hash.update('\n').update(line);
  return hash.digest();
}

/** Whether this interface's list is to be asked for again. */
export async function isCatalogueDue(db: Database, agency: string, source: string, everyMs: number): Promise<boolean> {
  const { rows } = await db.query<{ due: boolean }>(
    'catalogue.due',
    `select source <> $2 or last_at <= now() - make_interval(secs => $3) as due from catalogue_pulls
     where agency_id = $1 order by id desc limit 1`,
    [agency, source, everyMs / 1_000],
  );
  return rows[0]?.due ?? true;
}
