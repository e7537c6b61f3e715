import type { PoolClient } from 'pg';
import type { Database } from '../database.js';

export type OperationKind =
  | 'retry'
  | 'rehearse'
  | 'close'
  | 'replay'
  | 'rehearse-replay'
  | 'resend'
  | 'rehearse-resend'
  | 'edit'
  | 'settle'
  | 'pause'
  | 'resume'
  | 'merge'
  | 'adopt-code'
  | 'fetch'
  | 'ask-counter'
  | 'correct-here';

/** What an operation is about: parked deliveries by cause or case, or the cases of a period. */
export interface Selection {
  fingerprint?: string;
  stream?: string;
  /** Of a question or a correction: the event of `stream` that it is. */
  sequence?: number;
  /** At most so many lanes: a canary. */
  atMost?: number;
  /** ISO day: what is closed is listed again after it. */
  until?: string;
  /** Instants, RFC 3339: cases of which something was planned for the agency from then, and before then. */
  from?: string;
  to?: string;
  /** What a person recorded about a doubt. */
  recorded?: string;
  /** A merge: this code, of `stream`, is the case that `into` names. */
  code?: string;
  into?: string;
  /** Ids of discrepancies that a reconciliation settles. */
  discrepancies?: string[];
  /** Their code, taken as the one by which the agency knows `stream`. */
  adopted?: string;
}

/** Stands for an agency where an operation is about all of them. */
export const EVERY_AGENCY = '*';

/** What a person ordered. Counts are of lanes: one case at one agency. */
export interface Operation {
  id: string;
  kind: OperationKind;
  agencyId: string;
  author: string;
  reason: string | null;
  selection: Selection;
  state: 'running' | 'done' | 'cancelled' | 'failed';
  /** Known once counted. */
  total: number | null;
  done: number;
  /** Of those looked at: nothing could be done about them. */
  failed: number;
  /** Every stream up to here has been looked at. */
  cursor: string;
  result: Record<string, unknown> | null;
  createdAt: Date;
  endedAt: Date | null;
}

export const COLUMNS = `id, kind, agency_id as "agencyId", author, reason, selection, state, total, done, failed, cursor, result,
  created_at as "createdAt", ended_at as "endedAt"`;

export interface Order {
  kind: OperationKind;
  agency: string;
  author: string;
  reason?: string | null;
  selection: Selection;
}

/** Carried out by whichever delivery process takes it, batch by batch; nothing is done when this returns. */
export async function orderOperation(db: Database, order: Order): Promise<Operation> {
  const { rows } = await db.query<Operation>(
    'operations.order',
    `insert into operations (kind, agency_id, author, reason, selection, total) values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
    [
      order.kind,
      order.agency,
      order.author,
      order.reason ?? null,
      order.selection,
      isCounted(order) ? await countParked(db, order.agency, order.selection) : null,
    ],
  );
  return rows[0]!;
}

/** Others know how much there is to do only once they have begun. */
const isCounted = ({ kind, selection }: Order): boolean => kind !== 'merge' && selection.from === undefined;

/** One that is done in the transaction that records it. */
export async function recordOperation(client: PoolClient, order: Order): Promise<string> {
  const { rows } = await client.query<{ id: string }>({
    name: 'operations.record',
    text: `insert into operations (kind, agency_id, author, reason, selection, state, total, done, ended_at)
      values ($1, $2, $3, $4, $5, 'done', 1, 1, now()) returning id`,
    values: [order.kind, order.agency, order.author, order.reason ?? null, order.selection],
  });
  return rows[0]!.id;
}

async function countParked(db: Database, agency: string, selection: Selection): Promise<number> {
  const { rows } = await db.query<{ lanes: number }>(
    'operations.count',
    `select count(distinct stream_id)::int as lanes from deliveries
     where agency_id = $1 and state = 'parked' and fingerprint is not null
       and ($2::text is null or fingerprint = $2) and ($3::bigint is null or stream_id = $3)`,
    [agency, selection.fingerprint ?? null, selection.stream ?? null],
  );
  return Math.min(rows[0]!.lanes, selection.atMost ?? Infinity);
}

export async function findOperation(db: Database, id: string): Promise<Operation | undefined> {
  const { rows } = await db.query<Operation>('operations.find', `select ${COLUMNS} from operations where id = $1`, [
    id,
  ]);
  return rows[0];
}

/** Newest first. */
export async function listOperations(db: Database, agency: string | null, limit: number): Promise<Operation[]> {
  const { rows } = await db.query<Operation>(
    'operations.list',
    `select ${COLUMNS} from operations where $1::text is null or agency_id = $1 order by id desc limit $2`,
    [agency, limit],
  );
  return rows;
}

/** What it has done stays done. False: it had ended already, or it is a merge that has happened. */
export async function cancelOperation(db: Database, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'operations.cancel',
    `update operations set state = 'cancelled', ended_at = now(), worker = null where id = $1 and state = 'running' and not (kind = 'merge' and total is not null)`,
    [id],
  );
  return rowCount === 1;
}

/** What became of the deliveries that an operation put on their way. Parked again: failures since. */
export interface Aftermath {
  passed: number;
  parkedAgain: number;
  underWay: number;
}

export async function aftermathOf(db: Database, id: string): Promise<Aftermath> {
  const { rows } = await db.query<Aftermath>(
    'operations.aftermath',
    `select count(*) filter (where state in ('acknowledged', 'superseded', 'closed'))::int as passed,
       count(*) filter (where state = 'parked')::int as "parkedAgain", count(*) filter (where state = 'open')::int as "underWay"
     from deliveries where operation_id = $1`,
    [id],
  );
  return rows[0]!;
}
