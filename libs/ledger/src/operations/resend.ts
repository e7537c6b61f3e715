import {
  progressRow,
  resendOf,
  type Discrepant,
  type Form,
  type DeliveryState,
  type Reopened,
  type Resendable,
  type Taint,
} from '#domain';
import type { PoolClient } from 'pg';
import type { Runner } from '../database.js';
import type { DiscrepancyDetail } from '../lines/discrepancies.js';
import type { Batch } from './carry-on.js';
import type { Operation, Order } from './operation.js';
import { reenter } from './replay.js';

const TAINTS: readonly Taint[] = ['none', 'doubted', 'reaped'];
const MOST_EXAMPLES = 5;

/** What would be sent again for one discrepancy. */
export interface Resend {
  id: string;
  key: string;
  streamId: string;
  claim: number;
  /** Held, in doubt, or a copy may be out: its own deliveries come first, and may put it right. */
  isBusy: boolean;
  reopen: Reopened[];
}

type Delivered = [number, Form, DeliveryState, number, { status: number; at: string | null } | null];
interface Row extends Omit<Resend, 'reopen'> {
  type: Discrepant;
  detail: DiscrepancyDetail;
  deliveries: Delivered[] | null;
}

/** Of these discrepancies, those that are still open, after a place and in its order. */
export async function resendsOf(
  runner: Runner,
  agency: string,
  ids: readonly string[],
  after = '0',
  limit = ids.length,
): Promise<Resend[]> {
  const { rows } = await runner.query<Row>({
    name: 'resend.of',
    text: `select x.id, x.key, x.type, x.detail, l.stream_id as "streamId", l.claim,
        (l.worker is not null or l.doubt_at is not null or l.done < l.last or l.held or coalesce(l.out_until > now(), false)) as "isBusy",
        (select json_agg(json_build_array(d.sequence, d.form, d.state, d.taint,
            case when e.type in ('vn.lienthong.case.status-changed.v1', 'vn.lienthong.case.withdrawn.v1')
              then json_build_object('status', e.status, 'at', e.body ->> 'at') end) order by d.sequence)
         from deliveries d join events e on e.stream_id = d.stream_id and e.sequence = d.sequence where d.agency_id = l.agency_id and d.stream_id = l.stream_id) as deliveries
      from discrepancies x join lanes l on l.agency_id = x.agency_id and l.stream_id = x.stream_id
      where x.agency_id = $1 and x.id = any($2::bigint[]) and x.id > $3 and x.settled_at is null order by x.id limit $4`,
    values: [agency, ids, after, limit],
  });
  return rows.map(({ type, detail, deliveries, ...row }) => ({
    ...row,
    reopen: row.isBusy ? [] : resendOf(type, (deliveries ?? []).map(resendable), detail.rows),
  }));
}

const resendable = ([sequence, form, state, taint, row]: Delivered): Resendable => ({
  ...{ sequence, form, state, taint: TAINTS[taint]!, isRow: row !== null },
  ...(row === null ? {} : { row: progressRow(row.status, row.at) }),
});

/** A batch of what a reconciliation ordered: through the lanes, as everything that is sent. */
export async function resendBatch(client: PoolClient, operation: Operation, limit: number): Promise<Batch> {
  const ids = operation.selection.discrepancies ?? [];
  const resends = await resendsOf(client, operation.agencyId, ids, operation.cursor, limit);
  const counted = { sent: 0, nothing: 0, busy: 0, ...(operation.result as object | null) };
  const tally = { done: 0, failed: 0 };
  for (const one of resends) {
    const entered = one.reopen.length > 0 && (await reenter(client, operation, one, one.reopen));
    tally[entered ? 'done' : 'failed']++;
    counted[entered ? 'sent' : one.isBusy || one.reopen.length > 0 ? 'busy' : 'nothing']++;
  }
  return {
    cursor: resends.at(-1)?.id ?? operation.cursor,
    ...{ ...tally, total: ids.length, result: counted, ended: resends.length < limit },
  };
}

/** What a resend would do, recorded as an operation that is done: how much, and some of the cases. Nothing is sent. */
export async function recordRehearsal(client: PoolClient, order: Order, resends: readonly Resend[]): Promise<string> {
  const would = resends.filter(({ reopen }) => reopen.length > 0);
  const result = {
    cases: would.length,
    deliveries: would.reduce((n, { reopen }) => n + reopen.length, 0),
    busy: resends.filter(({ isBusy }) => isBusy).length,
    examples: would
      .slice(0, MOST_EXAMPLES)
      .map(({ key, reopen }) => ({ key, sequences: reopen.map((r) => r.sequence) })),
  };
  const { rows } = await client.query<{ id: string }>({
    name: 'resend.rehearsed',
    text: `insert into operations (kind, agency_id, author, reason, selection, state, total, done, result, ended_at)
      values ('rehearse-resend', $1, $2, $3, $4, 'done', $5, $6, $7, now()) returning id`,
    values: [order.agency, order.author, order.reason ?? null, order.selection, resends.length, would.length, result],
  });
  return rows[0]!.id;
}

/** Ordered in the transaction that notes why. */
export async function orderResend(client: PoolClient, order: Order): Promise<string> {
  const { rows } = await client.query<{ id: string }>({
    name: 'resend.order',
    text: `insert into operations (kind, agency_id, author, reason, selection, total) values ('resend', $1, $2, $3, $4, $5) returning id`,
    values: [order.agency, order.author, order.reason ?? null, order.selection, order.selection.discrepancies!.length],
  });
  return rows[0]!.id;
}
