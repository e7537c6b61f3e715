import { heldState, verdictOf, type HeldEvent } from '#domain';
import {
  bucketOf,
  comparedFields,
  lineHash,
  normalForm,
  shortType,
  type Compared,
  type ComparedField,
  type Json,
} from '#wire';
import type { PoolClient } from 'pg';
import type { Database } from '../database.js';
import { today } from '../hub-clock.js';
import * as sql from './refresh.statements.js';

/** Longer than any transaction that writes attempts or events stays open. */
const OVERLAP = '10 minutes';
const AT_ONCE = 2_000;

/** Streams looked at so far; their number, where it is known. */
export type Progress = (done: number, of: number | null) => void;

interface HeldRow extends Omit<HeldEvent, 'type'> {
  streamId: string;
  sequence: number;
  type: Parameters<typeof shortType>[0];
  openedOn: string;
  ofProcedure: string;
  key: string;
}

interface OurLine {
  streamId: string;
  key: string;
  receivedOn: string;
  hash: string;
  fields: Compared;
  through: number;
}

/**
 * Brings an agency's lines up to date with all that was committed before this began. Built once, then only what changed since
 * is folded anew; other fields compared: hashed anew. Each batch is a transaction of its own, and a crash goes on from the last.
 */
export async function refreshLines(
  db: Database,
  agency: string,
  compares: readonly ComparedField[],
  progress: Progress = () => undefined,
): Promise<void> {
  const begun = await begin(db, agency, compares);
  if (begun.builtTo !== null) await build(db, agency, compares, begun.builtTo, progress);
  else if (begun.isRehashed) await rehash(db, agency, compares, progress);
  const { rows } = await db.query<{ stream_id: string }>('lines.changed', sql.CHANGED, [agency, begun.since, today()]);
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    await batch(
      db,
      agency,
      compares,
      rows.slice(at, at + AT_ONCE).map(({ stream_id }) => stream_id),
    );
    progress(Math.min(at + AT_ONCE, rows.length), rows.length);
  }
  await db.query(
    'lines.refreshed',
    `update book_refreshes set up_to = greatest(up_to, $2), compares = $3, built_to = null where agency_id = $1`,
    [agency, begun.now, compares],
  );
}

/** These streams alone, after something was done to them. */
export async function refreshStreams(
  db: Database,
  agency: string,
  compares: readonly ComparedField[],
  streams: readonly string[],
): Promise<void> {
  for (let at = 0; at < streams.length; at += AT_ONCE)
    await batch(db, agency, compares, streams.slice(at, at + AT_ONCE));
}

interface Begun {
  now: Date;
  since: Date;
  builtTo: string | null;
  isRehashed: boolean;
}

async function begin(db: Database, agency: string, compares: readonly ComparedField[]): Promise<Begun> {
  const { rows } = await db.query<Begun & { compares: ComparedField[] }>(
    'lines.begin',
    `with b as (
       insert into book_refreshes (agency_id, up_to, compares, built_to) values ($1, now(), $2, 0)
       on conflict (agency_id) do update set agency_id = excluded.agency_id returning *)
     select clock_timestamp() as now, up_to - interval '${OVERLAP}' as since, built_to as "builtTo", compares from b`,
    [agency, compares],
  );
  const { compares: hashed, ...begun } = rows[0]!;
  return { ...begun, isRehashed: hashed.join() !== compares.join() };
}

async function build(
  db: Database,
  agency: string,
  compares: readonly ComparedField[],
  from: string,
  progress: Progress,
): Promise<void> {
  let cursor = from;
  for (let done = 0; ;) {
    const { rows } = await db.query<{ stream_id: string }>('lines.next-streams', sql.NEXT_STREAMS, [cursor, AT_ONCE]);
    const last = rows.at(-1);
    if (!last) return;
    const streams = rows.map(({ stream_id }) => stream_id);
    await batch(db, agency, compares, streams, last.stream_id);
    cursor = last.stream_id;
    progress((done += rows.length), null);
  }
}

/** Locks the agency's row, so that two refreshes never write an older fold over a newer one. */
function batch(
  db: Database,
  agency: string,
  compares: readonly ComparedField[],
  streams: readonly string[],
  builtTo: string | null = null,
): Promise<void> {
  return db.transaction(async (client) => {
    await lock(client, agency);
    const { rows } = await client.query<HeldRow>({
      name: 'lines.held',
      text: sql.HELD_EVENTS,
      values: [agency, streams],
    });
    const lines = linesOf(rows, compares);
    await client.query({
      name: 'lines.write',
      text: sql.WRITE_LINES,
      values: [
        ...[agency, streams, lines.map((l) => l.streamId), lines.map((l) => l.key), lines.map((l) => l.receivedOn)],
        ...[lines.map((l) => bucketOf(l.key)), lines.map((l) => Buffer.from(l.hash, 'hex'))],
        ...[lines.map((l) => JSON.stringify(l.fields)), lines.map((l) => l.through)],
      ],
    });
    if (builtTo !== null)
      await client.query({
        name: 'lines.built-to',
        text: `update book_refreshes set built_to = $2 where agency_id = $1`,
        values: [agency, builtTo],
      });
  });
}

const lock = (client: PoolClient, agency: string): Promise<unknown> =>
  client.query({
    name: 'lines.lock',
    text: `select 1 from book_refreshes where agency_id = $1 for update`,
    values: [agency],
  });

function linesOf(rows: readonly HeldRow[], compares: readonly ComparedField[]): OurLine[] {
  const day = today();
  const lines: OurLine[] = [];
  for (let from = 0, to = 0; from < rows.length; from = to) {
    while (rows[to]?.streamId === rows[from]!.streamId) to++;
    const [first, last] = [rows[from]!, rows[to - 1]!];
    const fields = fieldsOf(rows.slice(from, to), first, day);
    const key = first.key.normalize('NFC').trim();
    lines.push({
      ...{ streamId: first.streamId, key, through: last.sequence, fields, receivedOn: fields.receivedOn! },
      hash: lineHash(key, fields, compares),
    });
  }
  return lines;
}

function fieldsOf(events: readonly HeldRow[], { openedOn, ofProcedure }: HeldRow, day: string): Compared {
  const state = heldState(events.map((event) => ({ ...event, type: shortType(event.type) })));
  const said: Partial<Record<ComparedField, Json>> = {
    status: String(state.status),
    procedure: state.procedure ?? ofProcedure,
    receivedOn: state.receivedAt ?? openedOn,
    dueOn: state.dueAt,
    finishedOn: state.finishedAt,
    resultNumber: state.resultNumber,
    resultFile: state.resultFile,
    resultStands: state.resultStands,
    progressRows: String(state.progressRows),
    progress: state.progress,
    applicantName: state.applicantName,
    applicantId: state.applicantId,
  };
  const fields: Compared = {};
  for (const field of comparedFields) fields[field] = normalForm(field, said[field]) ?? null;
  fields.receivedOn ??= openedOn;
  const { dueOn = null, finishedOn = null } = fields;
  fields.judged = verdictOf({ status: state.status, dueOn, finishedOn }, day);
  return fields;
}

/** The contract compares other fields: every digest is another. */
async function rehash(
  db: Database,
  agency: string,
  compares: readonly ComparedField[],
  progress: Progress,
): Promise<void> {
  let cursor = '0';
  for (let done = 0; ;) {
    const { rows } = await db.query<{ streamId: string; key: string; fields: Compared }>(
      'lines.to-rehash',
      `select stream_id as "streamId", key, fields from book_lines where agency_id = $1 and stream_id > $2 order by stream_id limit ${AT_ONCE}`,
      [agency, cursor],
    );
    if (rows.length > 0)
      await db.query('lines.rehashed', sql.REHASHED, [
        ...[agency, rows.map((row) => row.streamId)],
        rows.map(({ key, fields }) => Buffer.from(lineHash(key, fields, compares), 'hex')),
      ]);
    else break;
    cursor = rows.at(-1)!.streamId;
    progress((done += rows.length), null);
  }
  await db.query('lines.forget-digests', `delete from book_digests where agency_id = $1`, [agency]);
}
