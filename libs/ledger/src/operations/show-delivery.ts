import type { Database } from '../database.js';
import { heldFor, isOwnCode } from '../own-code.js';

export interface AttemptView {
  number: number;
  revision: number;
  askedBy: string;
  operation: string;
  operationId: string | null;
  contractVersion: string | null;
  itemHash: string | null;
  startedAt: Date;
  endedAt: Date;
  outcome: string;
  inDoubt: boolean;
  /** The partner's own words. */
  reply: string | null;
}

/** One delivery whole. `body` only where it was asked for. */
export interface DeliveryWhole {
  agencyId: string;
  code: string;
  sequence: number;
  type: string;
  form: string;
  state: string;
  revision: number;
  contractVersion: string | null;
  itemHash: string | null;
  edited: boolean;
  taint: number;
  owner: string | null;
  reason: string | null;
  fingerprint: string | null;
  plannedAt: Date;
  parkedAt: Date | null;
  endedAt: Date | null;
  wait: string | null;
  wakeAt: Date | null;
  /** As in `DeliveryView`. */
  heldFor: string[] | null;
  inDoubt: boolean;
  /** Until then a copy may still arrive. */
  copyOutUntil: Date | null;
  attempts: AttemptView[];
  /** What was sent last, or would be; null: it isn't kept (it can be made again from the event). */
  body?: string | null;
}

/** What of a case hasn't ended at an agency, and with `sequence` that one whatever became of it. */
export async function showDeliveries(
  db: Database,
  ask: { stream: string; agency: string | null; sequence: number | null; withBody: boolean },
): Promise<DeliveryWhole[]> {
  const { rows } = await db.query<Omit<DeliveryWhole, 'attempts'>>(
    'parked.show',
    `select d.agency_id as "agencyId", a.code, d.sequence, e.type, d.form, d.state, d.revision, d.contract_version::text as "contractVersion",
       encode(d.item_hash, 'hex') as "itemHash", d.edited is not null as edited, d.taint, d.owner, d.reason, d.fingerprint, d.planned_at as "plannedAt",
       d.parked_at as "parkedAt", d.ended_at as "endedAt", case when d.state in ('open', 'parked') then l.wait::text end as wait, l.wake_at as "wakeAt",
       case when d.state in ('open', 'parked') and l.held then ${heldFor('l')} end as "heldFor",
       l.doubt_at is not distinct from d.sequence as "inDoubt", case when l.out_until > now() then l.out_until end as "copyOutUntil",
       case when $4 then coalesce((select body from bodies b where b.hash = coalesce(d.edited, d.item_hash)), case when d.item_hash = e.body_hash then e.body::text end) end as body
     from deliveries d join lanes l on l.agency_id = d.agency_id and l.stream_id = d.stream_id
     join events e on e.stream_id = d.stream_id and e.sequence = d.sequence join aliases a on ${isOwnCode('a', 'd.stream_id')}
     where d.stream_id = $1 and ($2::text is null or d.agency_id = $2) and ($3::int is null and d.state in ('open', 'parked') or d.sequence = $3)
     order by d.agency_id, d.sequence limit 100`,
    [ask.stream, ask.agency, ask.sequence, ask.withBody],
  );
  return Promise.all(
    rows.map(async ({ body, ...row }) => ({
      ...row,
      ...(ask.withBody ? { body: body ?? null } : {}),
      attempts: await attemptsOf(db, row.agencyId, ask.stream, row.sequence),
    })),
  );
}

async function attemptsOf(db: Database, agency: string, stream: string, sequence: number): Promise<AttemptView[]> {
  const { rows } = await db.query<AttemptView>(
    'parked.attempts',
    `select number, revision, asked_by as "askedBy", operation, operation_id as "operationId", contract_version::text as "contractVersion",
       encode(item_hash, 'hex') as "itemHash", started_at as "startedAt", ended_at as "endedAt", outcome, in_doubt as "inDoubt", reply
     from attempts where agency_id = $1 and stream_id = $2 and sequence = $3 order by id limit 200`,
    [agency, stream, sequence],
  );
  return rows;
}
