import type { LookUp, PartnerAnswer } from '#domain';
import type {
  CaseApplication,
  CaseStatus,
  Compared,
  ComparedField,
  ContractVersion,
  EventType,
  Json,
  ProcedureFacts,
  PulledCatalogue,
  ReportedType,
  ResultIssued,
} from '#wire';

/** One event of a case on its way to one agency, with all that mapping may need. Mapping is pure: same input, same item bytes. */
export interface OutgoingEvent {
  eventId: string;
  type: EventType;
  caseCode: string;
  sequence: number;
  revision: number;
  sender: string;
  /** RFC 3339, when the hub recorded it. */
  recordedAt: string;
  /** This event's payload, by its type. */
  data: unknown;
  /** The same as canonical JSON (RFC 8785), as the ledger keeps it. */
  dataText: string;
  /** The case in full as of this event: its newest received or supplemented payload at or before it. */
  application: CaseApplication;
  /** Of a revocation: the result that it takes back, the newest before it. */
  result?: ResultIssued | undefined;
  /** The status as of this event. */
  status: CaseStatus;
  /** The operation of a person that sends it once more (`lienthong replay`). Said beside the item, never in it. */
  replay?: string;
  /** The status as of the newest earlier event that this agency has acknowledged; absent before the first, or where it isn't known. */
  acknowledgedStatus?: CaseStatus;
  /** The agency's step on the case's route; only with what carries the case in full, to agencies that get cases by their route. */
  route?: RouteNote;
}

/** A step of a case's route, as the agency that serves it is told. */
export interface RouteNote {
  form: string;
  /** From 1, of so many. */
  step: number;
  steps: number;
  unit: string;
  /** What is to be done, in Vietnamese. */
  work: string;
  /** RFC 3339; absent where the case has no term. */
  dueAt?: string;
}

/** What will be sent. `item` is what the partner will hold (no credentials, no session): its hash is compared in both sides' books. */
export interface PreparedItem {
  operation: string;
  item: Json;
  /** The item's canonical JSON, where it is at hand; spares hashing and writing it anew. */
  text?: string;
}

/**
 * A mapping that can't be done parks the lane: the data or the contract must change, or a person writes the item.
 * `operation`: what that item would go as; absent where the interface doesn't take such an event at all.
 */
export type Prepared =
  { kind: 'prepared'; prepared: PreparedItem } | { kind: 'unmappable'; reason: string; operation?: string };

/** The bytes of a file by its sha-256 (hex). Rejects with code FILE_NOT_HELD where the hub has none; any other rejection passes through. */
export type ReadFile = (sha256: string) => Promise<Buffer>;

/** What the calls of a delivery that takes several have brought so far. Read once a claim, before anything leaves. */
export interface Steps {
  /** What this delivery (event, agency, revision) has kept under that name. */
  get(step: string): Json | undefined;
  /** The newest that any delivery of this case to this agency has kept under it. */
  ofCase(step: string): Json | undefined;
  /** Committed when it resolves. False: the claim is another's by now, and nothing more may leave. */
  keep(step: string, result: Json): Promise<boolean>;
}

/** It can't be sent as things stand, and no time will help: a person must look. Nothing of it left by this. */
export interface Unmade {
  kind: 'unmade';
  reason: string;
}

export interface SendContext {
  contract: ContractVersion;
  /** Aborts the whole exchange; connect, first byte and whole have their own bounds inside. */
  timeoutMs: number;
  secret(name: string): string;
  /** Send as an update of what the partner already holds. */
  asUpdate: boolean;
  /** CloudEvents/HTTP idempotency key of this delivery: f(event, agency, revision). */
  key: string;
  traceparent?: string;
  /** Only for a connector that takes several calls (`inSteps`). */
  steps?: Steps;
  /** For what goes as bytes and not within the item. */
  file?: ReadFile;
}

/** One of several items that share a request: each of another case, all with the same contract version and credentials. */
export interface BatchItem {
  prepared: PreparedItem;
  event: OutgoingEvent;
  key: string;
  asUpdate: boolean;
}

/**
 * What a request of several items came to: one answer for all of them, or one a row, matched by the partner's key; a row
 * that is missing or there twice is undefined: doubt. Of a whole, only 'accepted' and 'busy' hold for each item: 'refused' and
 * 'already-held' say that of at least one of them, and not which.
 */
export type SeveralAnswer =
  { kind: 'whole'; answer: PartnerAnswer } | { kind: 'rows'; answers: (PartnerAnswer | undefined)[] };

/** What an agency reports, before intake checks it. `state` is compared with that sender's last: equal is a receipt, not an event. */
export interface Reported {
  type: ReportedType;
  caseCode: string;
  data: Json;
  /** Comparable, normalised: status and, with a result, its number and document hashes. */
  state: string;
  /** Files that came along, to be kept by content address before the event is recorded. */
  files: { sha256: string; mediaType: string; bytes: Buffer }[];
  /** What it was read from, in the partner's own Unicode form. */
  came?: unknown;
}

/**
 * Reports of one case are in order and end in its present state: one whose state is the sender's last makes itself and
 * those before it receipts.
 */
export type Collected =
  { kind: 'reported'; reports: Reported[] } | { kind: 'not-yet' } | { kind: 'busy'; reason: string };

/**
 * What a partner tells of many cases at once. `cursor` is its own word for where the next page begins, kept once these
 * reports are in the ledger; `acknowledge` is what tells it that they are taken, sent only after that. `unread`: why rows of it
 * told nothing; they are neither acknowledged nor passed, and a person must look. A list that begins anew each time (numbered
 * pages) is given whole: of a case on two of its pages only the whole says which row is newest.
 */
export type Listed =
  | { kind: 'page'; reports: Reported[]; more: boolean; cursor?: string; acknowledge?: Json; unread?: string[] }
  | { kind: 'busy'; reason: string };

/** A catalogue as a whole or not at all; `busy` holds no rows, however many had come. */
export type CatalogueAnswer = ({ kind: 'whole' } & PulledCatalogue) | { kind: 'busy'; reason: string };

/** One procedure in detail. `unknown`: the partner says that it has none of that key. */
export type ProcedureAnswer =
  { kind: 'detail'; facts: ProcedureFacts; raw: Json } | { kind: 'unknown' } | { kind: 'busy'; reason: string };

/** What the partner shows of one case now, in normal forms. */
export type Shown = { kind: 'shown'; fields: Compared } | { kind: 'absent' } | { kind: 'busy'; reason: string };

export type ShowCase = (
  caseCode: string,
  application: Pick<CaseApplication, 'province'>,
  context: Pick<SendContext, 'contract' | 'timeoutMs' | 'secret'> & { contract: ContractVersion },
) => Promise<Shown>;

/** One protocol that a partner speaks. One instance per agency and contract version; keeps its own connections and session. */
export interface Connector {
  /** `event`: mapping needs this event's payload only, never the case in full. */
  readonly reads?: 'event';
  /** One delivery takes several calls: what they bring is kept between them (`SendContext.steps`). */
  readonly inSteps?: true;
  prepare(event: OutgoingEvent, contract: ContractVersion, file: ReadFile): Promise<Prepared>;
  send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer | Unmade>;
  /** Items that say the same word may share a request; undefined: it goes alone. Absent: the protocol takes one at a time. */
  together?(item: BatchItem): string | undefined;
  sendSeveral?(
    items: readonly BatchItem[],
    context: Omit<SendContext, 'asUpdate' | 'key' | 'traceparent'>,
  ): Promise<SeveralAnswer>;
  /** Forgets the session; the next send logs in again. */
  forgetSession?(): void;
  lookUp?(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<LookUp>;
  /** Asks for one case's state. */
  collect?(caseCode: string, application: CaseApplication, context: SendContext): Promise<Collected>;
  /** What the partner shows of one case, for comparing books. */
  showCase?: ShowCase;
  /** Which fields `showCase` tells. */
  readonly shows?: readonly ComparedField[];
  /** Asks for the news of all cases after that cursor (undefined: from the beginning). `collect: { ask: list }`. */
  collectList?(cursor: string | undefined, context: SendContext): Promise<Listed>;
  /** Tells the partner that what a page told is taken. Anything but accepted: the rows come again, and are receipts then. */
  acknowledgeList?(acknowledge: Json, context: SendContext): Promise<PartnerAnswer>;
  /** All procedures. `collect: { ask: catalogue }`. */
  pullCatalogue?(context: SendContext): Promise<CatalogueAnswer>;
  askProcedure?(key: string, context: SendContext): Promise<ProcedureAnswer>;
  /** Waits for requests under way, at most this long (10 s if not said); those left then end as no answer. */
  close(withinMs?: number): Promise<void>;
}

/**
 * Appending to an agency's own feed, given by the app. Returned: in the ledger, each in the order given. 'conflicts': the
 * feed holds that id with other bytes, and keeps them. Under a replay's operation the same event stands there once more.
 */
export type AppendToFeed = (
  agency: string,
  events: readonly { id: string; body: string; replay?: string }[],
) => Promise<readonly ('appended' | 'held' | 'conflicts')[]>;

/** Publishing to an agency's own topic, given by the app (kafkajs stops in libs/messaging). */
export type PublishToTopic = (message: {
  agency: string;
  key: string;
  value: string;
  headers: Record<string, string>;
}) => Promise<void>;
