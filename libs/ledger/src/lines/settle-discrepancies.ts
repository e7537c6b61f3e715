import { maySettle } from '#domain';
import { repairs, type ComparedField, type Repair } from '#wire';
import type { PoolClient } from 'pg';
import type { Database } from '../database.js';
import { recordOperation, type Order } from '../operations/operation.js';
import { orderResend, recordRehearsal, resendsOf } from '../operations/resend.js';
import { askCounter } from './ask-counter.js';
import { correctHere } from './correct-here.js';
import { noteRepairs, type OpenDiscrepancy, type Tried } from './discrepancies.js';
import { refreshStreams } from './refresh-lines.js';
import { byHand, type Settled, type Settling, type Unsettled } from './settling.js';

export const isRepair = (word: string): word is Repair => (repairs as readonly string[]).includes(word);

/**
 * Does what settles these discrepancies of one agency, locked by the caller's transaction. Nothing is settled by that: the
 * next comparison says whether the two sides agree now.
 */
export async function settleDiscrepancies(
  client: PoolClient,
  settling: Settling,
  discrepancies: readonly OpenDiscrepancy[],
): Promise<Settled[]> {
  const able = discrepancies.filter(({ type }) => maySettle(type, settling.repair));
  const settled = [
    ...(able.length > 0 ? await act(client, settling, able) : []),
    ...discrepancies
      .filter((one) => !able.includes(one))
      .map(({ id, key }): Settled => ({ id, key, outcome: 'not-so', operation: null })),
  ];
  const { repair, author, reason } = settling;
  await noteRepairs(
    client,
    settled.map(({ id, outcome, operation, why }): Tried => ({
      ...{ discrepancy: id, repair, author, operation },
      outcome: isDone(outcome) ? outcome : 'not-possible',
      detail: { ...(isDone(outcome) ? why && { why } : { why: outcome }), ...(reason === null ? {} : { reason }) },
    })),
  );
  return settled;
}

export const isDone = (outcome: Settled['outcome']): outcome is 'ordered' | 'noted' =>
  outcome === 'ordered' || outcome === 'noted';

function act(client: PoolClient, settling: Settling, open: readonly OpenDiscrepancy[]): Promise<Settled[]> {
  switch (settling.repair) {
    case 'resend':
      return resend(client, settling, open);
    case 'fetch':
      return each(open, (one) => fetch(client, settling, one));
    case 'adopt-code':
      return each(open, (one) => adoptCode(client, settling, one));
    case 'ask-counter':
      return askCounter(client, settling, open);
    case 'correct-here':
      return correctHere(client, settling, open);
    case 'ask-partner':
      return Promise.resolve(open.map((one) => byHand(settling, one)));
  }
}

async function each(
  open: readonly OpenDiscrepancy[],
  work: (one: OpenDiscrepancy) => Promise<{ operation: string } | Unsettled>,
): Promise<Settled[]> {
  const settled: Settled[] = [];
  for (const one of open) {
    const done = await work(one);
    const { id, key } = one;
    settled.push(
      typeof done === 'string' ? { id, key, outcome: done, operation: null } : { id, key, outcome: 'ordered', ...done },
    );
  }
  return settled;
}

/** Rehearsed first: what would go is recorded before it is ordered. */
async function resend(client: PoolClient, settling: Settling, open: readonly OpenDiscrepancy[]): Promise<Settled[]> {
  const { agency, author, reason } = settling;
  const resends = new Map((await resendsOf(client, agency, open.map(({ id }) => id))).map((one) => [one.id, one])); // prettier-ignore
  const able = [...resends.values()].filter(({ reopen }) => reopen.length > 0);
  const order: Order = {
    kind: 'resend',
    agency,
    author,
    reason,
    selection: { discrepancies: able.map(({ id }) => id) },
  };
  await recordRehearsal(client, order, [...resends.values()]);
  const operation = able.length > 0 ? await orderResend(client, order) : null;
  return open.map(({ id, key }): Settled => {
    const one = resends.get(id);
    if (one && one.reopen.length > 0) return { id, key, outcome: 'ordered', operation };
    return { id, key, outcome: one?.isBusy ? 'under-way' : 'nothing-to-send', operation: null };
  });
}

/** The agency is asked for the case now, or for its list of news. */
async function fetch(
  client: PoolClient,
  { agency, author, reason }: Settling,
  { streamId, id }: OpenDiscrepancy,
): Promise<{ operation: string } | Unsettled> {
  const asked = await client.query({
    name: 'settle.fetch',
    text: `with one as (update collections set due_at = now(), ended = false where agency_id = $1 and stream_id = $2::bigint returning 1),
        list as (update collected_lists set due_at = least(due_at, now()) where agency_id = $1 returning 1)
      select from one union all select from list`,
    values: [agency, streamId],
  });
  if ((asked.rowCount ?? 0) === 0) return 'cannot-be-asked';
  const selection = { ...(streamId === null ? {} : { stream: streamId }), discrepancies: [id] };
  return { operation: await recordOperation(client, { kind: 'fetch', agency, author, reason, selection }) };
}

/** From now on the agency knows the case by its own code here, too: what comes by that code is this case, and what is sent names it so. */
async function adoptCode(
  client: PoolClient,
  { agency, author, reason }: Settling,
  { type, streamId, detail, id }: OpenDiscrepancy,
): Promise<{ operation: string } | Unsettled> {
  const adopted = detail.there;
  if (type !== 'other-code' || streamId === null || adopted === undefined) return 'not-so';
  const taken = await client.query({
    name: 'settle.code-taken',
    text: `select from aliases where code = $1 and namespace in ('case', $3) and stream_id <> $2 and moved_from is distinct from $2::bigint`,
    values: [adopted, streamId, agency],
  });
  if (taken.rowCount !== 0) return 'code-taken';
  const known = await client.query({
    name: 'settle.known-as',
    text: `update lanes set known_as = $3 where agency_id = $1 and stream_id = $2 and done = last and worker is null and doubt_at is null`,
    values: [agency, streamId, adopted],
  });
  if (known.rowCount !== 1) return 'under-way';
  await client.query({
    name: 'settle.adopt-code',
    text: `insert into aliases (namespace, code, stream_id) values ($1, $2, $3) on conflict do nothing`,
    values: [agency, adopted, streamId],
  });
  const selection = { stream: streamId, adopted, discrepancies: [id] };
  return { operation: await recordOperation(client, { kind: 'adopt-code', agency, author, reason, selection }) };
}

/** Ours by a person's word: locks the discrepancies, acts, and shows our lines as they are after it. */
export async function settleByHand(db: Database, ids: readonly string[], settling: Settling): Promise<Settled[]> {
  const settled = await db.transaction(async (client) => {
    const { rows } = await client.query<OpenDiscrepancy>({
      name: 'settle.lock',
      text: `select id, agency_id as agency, type, key, stream_id as "streamId", detail, first_seen_at as "firstSeenAt" from discrepancies
        where id = any($1::bigint[]) and agency_id = $2 and settled_at is null order by id for update`,
      values: [ids, settling.agency],
    });
    return settleDiscrepancies(client, settling, rows);
  });
  await refreshAdopted(db, settling, settled);
  return settled;
}

/** A code that was adopted is the key of our line from now on. */
export async function refreshAdopted(
  db: Database,
  { agency, repair }: Settling,
  settled: readonly Settled[],
): Promise<void> {
  const ids = settled.filter(({ outcome }) => outcome === 'ordered').map(({ id }) => id);
  if (repair !== 'adopt-code' || ids.length === 0) return;
  const { rows } = await db.query<{ streamId: string; compares: ComparedField[] }>(
    'settle.adopted',
    `select d.stream_id as "streamId", b.compares from discrepancies d join book_refreshes b using (agency_id) where d.id = any($1::bigint[]) and agency_id = $2`,
    [ids, agency],
  );
  if (rows[0]) await refreshStreams(db, agency, rows[0].compares, rows.map(({ streamId }) => streamId)); // prettier-ignore
}
