import type { EventType } from '#wire';
import { isOwnCode } from '../own-code.js';

/** A lane this worker holds, with the delivery that its claim is about and all that mapping needs. */
export interface ClaimedLane {
  agencyId: string;
  streamId: string;
  sequence: number;
  claim: number;
  /** `ask` first: the delivery is in doubt, and the partner can tell. */
  purpose: 'send' | 'ask';
  /** An earlier attempt of this key may have been done without our knowing. */
  inDoubt: boolean;
  /** A worker died over this key, and the partner hasn't answered it since. */
  reaped: boolean;
  /** What the acknowledgement does to the older ones that are still open: a newer full state, or a revocation, ends them. */
  covers: 'superseded' | 'closed' | null;
  /** The one request that an open breaker lets through; `probes` failed before it. */
  probing: boolean;
  probes: number;
  eventId: string;
  revision: number;
  /** Attempts so far, this one not counted. */
  attempts: number;
  firstAttemptAt: number | null;
  /** How long the agency had stood still, in all, when the first attempt ended; and at the claim. Milliseconds. */
  stoodAtFirstMs: number | null;
  stoodMs: number;
  /** PostgreSQL's clock at the claim. Times here are milliseconds since the epoch. */
  now: number;
  contractVersion: string | null;
  /** To a version that is no longer in force, because the partner may have it, or a person wrote its item. */
  staysBound?: true;
  type: EventType;
  sender: string;
  recordedAt: number;
  /** The payload as canonical JSON. */
  dataText: string;
  /** Status as of this event. */
  status: number;
  /** By which this agency knows the case. */
  caseCode: string;
  /** Newest received or supplemented payload before this event, as JSON text, where mapping needs it; null: this event is it. */
  applicationText: string | null;
  /** Of a revocation where mapping needs the case: the newest result before it, as JSON text. */
  resultText: string | null;
  /** An operator's item in place of the mapped one, as JSON text. */
  edited: string | null;
  /** The mapped item as it left last, and as what, where the partner may hold it: its key stands for these bytes. */
  sent: string | null;
  sentAs: string | null;
  /** The operation of a person that this attempt is part of. */
  operationId: string | null;
  /** That operation, where it is a replay. */
  replay: string | null;
  /** An earlier attempt of this delivery went as an update. */
  asUpdate: boolean;
  /** In doubt only: the status as of the newest event that the partner has acknowledged. */
  acknowledgedStatus: number | null;
}

const ms = (time: string): string => `date_part('epoch', ${time}) * 1000`;

/** Of a delivery that the partner may hold, and of no other: nearly every claim asks nothing more for it. */
const lastSent = (column: string): string => `
  case when d.taint > 0 and d.edited is null then (
    select ${column} from attempts a left join bodies b on b.hash = a.item_hash
    where a.agency_id = d.agency_id and a.stream_id = d.stream_id and a.sequence = d.sequence and a.revision = d.revision
      and a.item_hash is not null order by a.number desc limit 1) end`;

/** What a revocation takes back: interfaces that are told of it want the result once more. */
export const revokedResult = (withCase: string, type: string, stream: string, sequence: string): string => `
  case when ${withCase} and ${type} = 'vn.lienthong.case.result-revoked.v1' then (
    select r.body::text from events r where r.stream_id = ${stream} and r.sequence < ${sequence}
      and r.type = 'vn.lienthong.case.result-issued.v1' order by r.sequence desc limit 1) end`;

/**
 * Columns of a claimed lane, for a relation `c` (agency_id, stream_id, sending, claim, doubt_at, known_as, with_case): an index probe each.
 * `covers`, `purpose` and `probing` are the claim's own knowledge and are added in code.
 */
export const LOADED = `
  c.claim, d.sequence, (c.doubt_at is not null) as "inDoubt", (d.taint = 2) as reaped, d.event_id as "eventId", d.revision, d.attempts,
  ${ms('d.first_attempt_at')} as "firstAttemptAt", d.stood_ms::float8 as "stoodAtFirstMs",
  (coalesce(g.stood_ms, 0) + coalesce(date_part('epoch', now() - g.stood_since) * 1000, 0))::float8 as "stoodMs", ${ms('now()')} as now,
  d.contract_version::text as "contractVersion", d.as_update as "asUpdate", d.operation_id as "operationId",
  case when d.operation_id is not null then (select o.id from operations o where o.id = d.operation_id and o.kind = 'replay') end as replay, eb.body as edited, ${lastSent('b.body')} as sent, ${lastSent('a.operation')} as "sentAs", e.type, e.sender,
  ${ms('e.recorded_at')} as "recordedAt", e.body::text as "dataText", e.status,
  coalesce(c.known_as, (select code from aliases a where ${isOwnCode('a', 'd.stream_id')})) as "caseCode",
  case when c.with_case and e.type not in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1') then (
    select b.body::text from events b where b.stream_id = c.stream_id and b.sequence < c.sending
      and b.type in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1')
    order by b.sequence desc limit 1) end as "applicationText",
  ${revokedResult('c.with_case', 'e.type', 'c.stream_id', 'c.sending')} as "resultText",
  case when c.doubt_at is not null then (
    select h.status from deliveries k join events h on h.stream_id = k.stream_id and h.sequence = k.sequence
    where k.agency_id = c.agency_id and k.stream_id = c.stream_id and k.sequence < c.sending and k.state = 'acknowledged'
    order by k.sequence desc limit 1) end as "acknowledgedStatus"`;

export const LOADED_FROM = `
  from deliveries d
  join events e on e.stream_id = d.stream_id and e.sequence = d.sequence
  left join agencies g on g.id = d.agency_id
  left join bodies eb on eb.hash = d.edited
  where d.agency_id = c.agency_id and d.stream_id = c.stream_id and d.sequence = c.sending`;
