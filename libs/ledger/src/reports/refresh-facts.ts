import type { PoolClient } from 'pg';
import type { Database } from '../database.js';
import { BEHIND, COUNT_BEHIND, EXTRACT, FORGET_MERGED, IS_CURRENT } from './facts.statements.js';

const PAGE = 5_000;
/** One refresh at a time; reports that come meanwhile wait for it and find its work. */
const ONE_AT_A_TIME = `select pg_advisory_xact_lock(hashtext('lienthong.case_facts'))`;

export interface Refreshing {
  signal?: AbortSignal;
  /** Cases extracted so far. */
  progress?: (done: number) => void;
}

/**
 * Brings the facts up to the ledger: what had an event since is extracted again, page by page, each in its own
 * transaction; broken off, the next one goes on. Returns how many cases were behind.
 */
export async function refreshFacts(db: Database, { signal, progress }: Refreshing = {}): Promise<number> {
  await db.query('facts.forget-merged', FORGET_MERGED);
  const { rows } = await db.query<{ current: boolean }>('facts.is-current', IS_CURRENT);
  if (rows[0]!.current) return 0;
  let after = '0';
  let done = 0;
  for (;;) {
    signal?.throwIfAborted();
    const page = await db.transaction((client) => refreshPage(client, after));
    done += page.length;
    if (page.length > 0) progress?.(done);
    if (page.length < PAGE) return done;
    after = page.at(-1)!;
  }
}

async function refreshPage(client: PoolClient, after: string): Promise<string[]> {
  await client.query(ONE_AT_A_TIME);
  const { rows } = await client.query<{ id: string }>({ name: 'facts.behind', text: BEHIND, values: [after, PAGE] });
  const page = rows.map(({ id }) => id);
  if (page.length > 0) await client.query({ name: 'facts.extract', text: EXTRACT, values: [page] });
  return page;
}

/** Throws all facts away and extracts them again: the same, by definition. */
export async function rebuildFacts(db: Database, refreshing: Refreshing = {}): Promise<number> {
  await db.transaction(async (client) => {
    await client.query(ONE_AT_A_TIME);
    await client.query(`truncate case_facts, report_names`);
  });
  return refreshFacts(db, refreshing);
}

/** Cases with events that no report has read yet. */
export async function factsBehind(db: Database): Promise<number> {
  const { rows } = await db.query<{ n: number }>('facts.count-behind', COUNT_BEHIND);
  return rows[0]!.n;
}
