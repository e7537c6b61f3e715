import type { PoolClient } from 'pg';
import { hubSender } from '#wire';
import type { Database, Runner } from '../database.js';
import { enterWithin } from '../enter-within.js';
import { isOwnCode, mergedInto, undrained } from '../own-code.js';
import type { Batch } from './carry-on.js';
import { EVERY_AGENCY, orderOperation, type Operation } from './operation.js';

/** Why two codes can't be made one case. */
export type Unmergeable =
  | { outcome: 'unknown-case'; code: string }
  | { outcome: 'same-case' }
  | { outcome: 'already-merged'; into: string }
  | { outcome: 'other-kind' | 'other-procedure'; loser: string; survivor: string };

/** Own streams; the survivor is the last of those that the given one was merged into. */
interface Pair {
  outcome: 'mergeable';
  loser: string;
  survivor: string;
  survivorCode: string;
}

export interface MergeOrder {
  loser: string;
  into: string;
  author: string;
  reason: string;
}

/** Carried out by a delivery process. What can't be merged is said at once, and once more where it has changed by then. */
export async function orderMerge(
  db: Database,
  { loser, into, author, reason }: MergeOrder,
): Promise<{ outcome: 'ordered'; operation: Operation } | Unmergeable> {
  const pair = await pairOf(db.pool, loser, into);
  if (pair.outcome !== 'mergeable') return pair;
  const selection = { stream: pair.loser, code: loser, into };
  const operation = await orderOperation(db, { kind: 'merge', agency: EVERY_AGENCY, author, reason, selection });
  return { outcome: 'ordered', operation };
}

/** `merged`: a batch to carry on with. `unplanned`: first these streams are to be planned, then it is tried again. */
export type MergeStep = { outcome: 'merged' } | { outcome: 'unplanned'; streams: string[] } | Unmergeable;

/** The streams that a merge has to see planned, to the last event. */
export async function streamsToMerge(db: Database, { selection }: Operation): Promise<string[]> {
  const pair = await pairOf(db.pool, selection.code!, selection.into!);
  return pair.outcome === 'mergeable' ? [pair.loser, pair.survivor] : [];
}

/**
 * Makes two streams one, in one transaction: from its commit on what comes by the loser's code is the survivor's, and the
 * survivor's lanes are held wherever the loser's aren't through. Judged by the ledger: nothing of either is unplanned.
 * Locks as intake (streams by id), then as the plan (cursors, lanes), so that each waits for the others in one order.
 */
export async function mergeStreams(
  client: PoolClient,
  { selection }: Operation,
): Promise<{ step: MergeStep; batch: Batch }> {
  const goesOn = (step: MergeStep): { step: MergeStep; batch: Batch } => ({ step, batch: nothingYet });
  const pair = await pairOf(client, selection.code!, selection.into!);
  if (pair.outcome !== 'mergeable') return goesOn(pair);
  const streams = [pair.loser, pair.survivor];
  const locked = await lockStreams(client, streams);
  // One of them was merged while this waited for it: the next try begins from there.
  if (locked.some((stream) => stream.merged)) return goesOn({ outcome: 'unplanned', streams: [] });
  if (!(await arePlanned(client, locked))) return goesOn({ outcome: 'unplanned', streams });
  await client.query({
    name: 'merge.lock-lanes',
    text: `select 1 from lanes where stream_id = any($1::bigint[]) order by agency_id, stream_id for update`,
    values: [streams],
  });
  const loser = locked.find(({ id }) => id === pair.loser)!;
  const sequence = await append(client, pair.survivorCode, selection.code!, loser);
  await join(client, pair, selection.code!, sequence);
  const { drained, lanes } = await drainedOf(client, pair.loser);
  const result = { code: selection.code!, into: pair.survivorCode, sequence };
  const batch = { cursor: '0', done: drained, failed: 0, total: lanes, result, ended: drained === lanes };
  return { step: { outcome: 'merged' }, batch };
}

const nothingYet: Batch = { cursor: '0', done: 0, failed: 0, ended: false };

/** An alias always names the last stream of a chain of merges. */
async function pairOf(runner: Runner, loserCode: string, intoCode: string): Promise<Pair | Unmergeable> {
  const { rows } = await runner.query<Side>({
    name: 'merge.pair',
    text: `select a.code, s.id, s.kind, s.procedure, a.stream_id as last, (select b.code from aliases b where ${isOwnCode('b', 'a.stream_id')}) as "lastCode"
      from aliases a join streams s on ${isOwnCode('a', 's.id')} where a.namespace = 'case' and a.code = any($1)`,
    values: [[loserCode, intoCode]],
  });
  const [loser, into] = [loserCode, intoCode].map((code) => rows.find((row) => row.code === code));
  if (!loser || !into) return { outcome: 'unknown-case', code: loser ? intoCode : loserCode };
  if (loser.id === into.id) return { outcome: 'same-case' };
  if (loser.last !== loser.id) return { outcome: 'already-merged', into: loser.lastCode };
  if (into.last === loser.id) return { outcome: 'same-case' };
  // What isn't a case stands in the same namespace, by its whole name.
  if (loser.kind !== into.kind || loser.kind !== 'case')
    return { outcome: 'other-kind', loser: loser.kind, survivor: into.kind };
  if (loser.procedure !== into.procedure)
    return { outcome: 'other-procedure', loser: loser.procedure, survivor: into.procedure };
  return { outcome: 'mergeable', loser: loser.id, survivor: into.last, survivorCode: into.lastCode };
}

interface Side {
  code: string;
  id: string;
  kind: string;
  procedure: string;
  last: string;
  lastCode: string;
}

interface Locked {
  id: string;
  last: number;
  headHash: string;
  merged: boolean;
}

async function lockStreams(client: PoolClient, streams: string[]): Promise<Locked[]> {
  const { rows } = await client.query<Locked>({
    name: 'merge.lock-streams',
    text: `select id, last, encode(head_hash, 'hex') as "headHash", merged_into is not null as merged from streams
      where id = any($1::bigint[]) order by id for update`,
    values: [streams],
  });
  return rows;
}

async function arePlanned(client: PoolClient, streams: readonly Locked[]): Promise<boolean> {
  const { rows } = await client.query<{ stream_id: string; planned: number }>({
    name: 'merge.lock-cursors',
    text: `select stream_id, planned from plan_cursor where stream_id = any($1::bigint[]) order by stream_id for update`,
    values: [streams.map(({ id }) => id)],
  });
  return streams.every(({ id, last }) => rows.some((row) => row.stream_id === id && row.planned === last));
}

/** Entered like any event. Its id follows from the loser's code, which is merged once. */
async function append(client: PoolClient, survivorCode: string, code: string, loser: Locked): Promise<number> {
  const data = { code, sequence: loser.last, headHash: loser.headHash };
  const type = 'vn.lienthong.case.merged.v1';
  const item = { sender: hubSender, key: `merged/${code}`, type, caseCode: survivorCode, data } as const;
  const [answer] = await enterWithin(client, [item]);
  if (answer?.outcome !== 'accepted') throw new Error(`a merge was not entered: ${answer?.outcome}`);
  return answer.sequence;
}

/** An agency that knows the case by the loser's code only keeps that one. */
async function join(client: PoolClient, { loser, survivor }: Pair, code: string, sequence: number): Promise<void> {
  await client.query({
    name: 'merge.codes',
    text: `with recursive ${mergedInto('m', '$1')}
      update aliases a set stream_id = $2, moved_from = coalesce(a.moved_from, a.stream_id)
      from (select id from m union all select $1) m where coalesce(a.moved_from, a.stream_id) = m.id`,
    values: [loser, survivor],
  });
  await client.query({
    name: 'merge.lanes',
    text: `insert into lanes (agency_id, stream_id, last, deadline, known_as)
      select k.agency_id, s.id, 0, k.deadline, case when k.agency_id <> s.entered_by then k.known_as end
      from streams s join streams o on o.id = $1 cross join lateral (
        select agency_id, deadline, coalesce(known_as, $3) as known_as from lanes where stream_id = o.id
        union select o.entered_by, coalesce(o.due_at, now() + interval '30 days'), $3
          where o.entered_by <> s.entered_by and not exists (select from lanes l where l.stream_id = o.id and l.agency_id = o.entered_by)) k
      where s.id = $2 order by 1 on conflict do nothing`,
    values: [loser, survivor, code],
  });
  await client.query({
    name: 'merge.hold',
    text: `update lanes l set held = true from lanes k
      where l.stream_id = $2 and k.stream_id = $1 and k.agency_id = l.agency_id and (k.done < k.last or k.held)`,
    values: [loser, survivor],
  });
  await client.query({
    name: 'merge.entered-by',
    text: `update streams s set also_entered_by = (
        select nullif(array_agg(distinct e), '{}') from unnest(s.also_entered_by || o.also_entered_by || o.entered_by) e where e <> s.entered_by)
      from streams o where s.id = $2 and o.id = $1`,
    values: [loser, survivor],
  });
  await client.query({
    name: 'merge.seal',
    text: `update streams set merged_into = $2, merged_at = $3 where id = $1`,
    values: [loser, survivor, sequence],
  });
}

async function drainedOf(runner: Runner, loser: string): Promise<{ drained: number; lanes: number }> {
  const { rows } = await runner.query<{ drained: number; lanes: number }>({
    name: 'merge.drained',
    text: `select count(*) filter (where done = last and not held)::int as drained, count(*)::int as lanes from lanes where stream_id = $1`,
    values: [loser],
  });
  return rows[0]!;
}

const AT_ONCE = 50;

/**
 * Lets go what no longer has to wait, for merges of which another agency has drained. Any process may; it asks one cheap
 * question while a merge waits, and writes only where something moved. Returns the agencies that got work.
 */
export async function followMerges(db: Database): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    'merge.moved',
    `select o.id from operations o where o.state = 'running' and o.kind = 'merge' and o.total is not null and o.done < (
       select count(*) from lanes l where l.stream_id = (o.selection->>'stream')::bigint and l.done = l.last and not l.held)
     order by o.id limit ${AT_ONCE}`,
  );
  const released = new Set<string>();
  for (const { id } of rows) for (const agency of await letGo(db, id)) released.add(agency);
  return released;
}

/** Counted before anything is let go: what drains in between is found by the next round. */
function letGo(db: Database, id: string): Promise<string[]> {
  return db.transaction(async (client) => {
    const { rows } = await client.query<{ loser: string; survivor: string }>({
      name: 'merge.lock',
      text: `select s.id as loser, s.merged_into as survivor from operations o join streams s on s.id = (o.selection->>'stream')::bigint
        where o.id = $1 and o.state = 'running' for update of o skip locked`,
      values: [id],
    });
    const merge = rows[0];
    if (!merge) return [];
    const { drained, lanes } = await drainedOf(client, merge.loser);
    // Locked first, then looked at: another merge into the same case holds these lanes until what it adds can be seen.
    await client.query({
      name: 'merge.lock-held',
      text: `select 1 from lanes where stream_id = $1 and held order by agency_id for update`,
      values: [merge.survivor],
    });
    const released = await client.query<{ agency_id: string }>({
      name: 'merge.release',
      text: `update lanes l set held = false where l.stream_id = $1 and l.held and not exists (${undrained('l')}) returning l.agency_id`,
      values: [merge.survivor],
    });
    await client.query({
      name: 'merge.progress',
      text: `update operations set done = $2, state = case when $3 then 'done' else state end, ended_at = case when $3 then now() end where id = $1`,
      values: [id, drained, drained === lanes],
    });
    return released.rows.map((row) => row.agency_id);
  });
}
