import type { Database } from './database.js';
import { heldFor, isOwnCode } from './own-code.js';

export interface CaseHeader {
  streamId: string;
  code: string;
  procedure: string;
  enteredBy: string;
  openedOn: string;
  /** The unit that received it. */
  unit: string | null;
  status: number;
  last: number;
  headHash: string;
  dueAt: Date | null;
  /** The code of the case that this was found to be: its events go there. */
  mergedInto: string | null;
  /** What was found to be this case, and from which of its events on. */
  merged: MergedCode[];
}

export interface MergedCode {
  code: string;
  enteredBy: string;
  since: number;
}

export interface TimelineEvent {
  sequence: number;
  id: string;
  type: string;
  sender: string;
  status: number;
  skipped: number[] | null;
  recordedAt: Date;
  bodyHash: string;
  hash: string;
  body: unknown;
}

export interface DeliveryView {
  agencyId: string;
  sequence: number;
  state: string;
  /** Why it isn't delivered yet: the lane's wait, for the delivery it stands on. */
  wait: string | null;
  wakeAt: Date | null;
  /** Its lane is held until these codes' lanes, merged into this case, have drained. */
  heldFor: string[] | null;
  inDoubt: boolean;
  attempts: number;
  plannedAt: Date;
  endedAt: Date | null;
  owner: string | null;
  reason: string | null;
}

const HEADER = `select s.id as "streamId", a.code, s.procedure, s.entered_by as "enteredBy", s.opened_on::text as "openedOn", s.unit, s.status, s.last,
  encode(s.head_hash, 'hex') as "headHash", s.due_at as "dueAt",
  case when s.merged_into is not null then (select b.code from aliases b where ${isOwnCode('b', 'a.stream_id')}) end as "mergedInto",
  (with recursive m as (
     select id, entered_by, merged_at as since from streams where merged_into = s.id
     union all select x.id, x.entered_by, m.since from m join streams x on x.merged_into = m.id)
   select coalesce(json_agg(json_build_object('code', b.code, 'enteredBy', m.entered_by, 'since', m.since) order by m.since, b.code), '[]')
   from m join aliases b on ${isOwnCode('b', 'm.id')}) as merged from aliases a join streams s on ${isOwnCode('a', 's.id')}`;

export async function findCase(db: Database, code: string): Promise<CaseHeader | undefined> {
  const { rows } = await db.query<CaseHeader>('cases.find', `${HEADER} where a.namespace = 'case' and a.code = $1`, [
    code,
  ]);
  return rows[0];
}

export async function timelineOf(db: Database, streamId: string): Promise<TimelineEvent[]> {
  const { rows } = await db.query<TimelineEvent>(
    'cases.timeline',
    `select sequence, id, type, sender, status, skipped, recorded_at as "recordedAt", encode(body_hash, 'hex') as "bodyHash",
       encode(hash, 'hex') as hash, body from events where stream_id = $1 order by sequence`,
    [streamId],
  );
  return rows;
}

export async function deliveriesOf(db: Database, streamId: string): Promise<DeliveryView[]> {
  const { rows } = await db.query<DeliveryView>(
    'cases.deliveries',
    `select d.agency_id as "agencyId", d.sequence, d.state, case when d.state in ('open', 'parked') then l.wait::text end as wait,
       case when d.state = 'open' then l.wake_at end as "wakeAt",
       case when d.state in ('open', 'parked') and l.held then ${heldFor('l')} end as "heldFor", (d.state in ('open', 'parked') and l.doubt) as "inDoubt",
       d.attempts, d.planned_at as "plannedAt", d.ended_at as "endedAt", d.owner, d.reason
     from deliveries d join lanes l using (agency_id, stream_id) where d.stream_id = $1 order by d.sequence, d.agency_id`,
    [streamId],
  );
  return rows;
}

export async function lastCases(db: Database, limit: number): Promise<CaseHeader[]> {
  const { rows } = await db.query<CaseHeader>(
    'cases.last',
    `${HEADER} where a.namespace = 'case' and s.kind = 'case' order by s.id desc limit $1`,
    [limit],
  );
  return rows;
}
