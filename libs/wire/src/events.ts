import type {
  CaseApplication,
  CaseMerged,
  CaseWithdrawn,
  CorrectionAsked,
  ResultIssued,
  ResultRevoked,
  StatusChange,
} from './payloads/case.js';
import type {
  AccountOpened,
  FigurePublished,
  PaymentRequested,
  PaymentSettled,
  PetitionAnswered,
  PetitionReceived,
  ProcedureListed,
  UnitListed,
} from './payloads/facts.js';

/** Every event type of the hub, its payload, and what it does to the partner's picture of the case. */
export interface EventPayloads {
  'vn.lienthong.case.received.v1': CaseApplication;
  'vn.lienthong.case.supplemented.v1': CaseApplication;
  'vn.lienthong.case.status-changed.v1': StatusChange;
  'vn.lienthong.case.result-issued.v1': ResultIssued;
  'vn.lienthong.case.result-revoked.v1': ResultRevoked;
  'vn.lienthong.case.withdrawn.v1': CaseWithdrawn;
  'vn.lienthong.case.merged.v1': CaseMerged;
  'vn.lienthong.case.correction-asked.v1': CorrectionAsked;
  'vn.lienthong.payment.requested.v1': PaymentRequested;
  'vn.lienthong.payment.settled.v1': PaymentSettled;
  'vn.lienthong.petition.received.v1': PetitionReceived;
  'vn.lienthong.petition.answered.v1': PetitionAnswered;
  'vn.lienthong.procedure.listed.v1': ProcedureListed;
  'vn.lienthong.account.opened.v1': AccountOpened;
  'vn.lienthong.unit.listed.v1': UnitListed;
  'vn.lienthong.figure.published.v1': FigurePublished;
}
export type EventType = keyof EventPayloads;
/** Of streams that aren't cases: entered as facts, read by agencies that consume the hub's own events. */
export type FactType = Exclude<EventType, `vn.lienthong.case.${string}`>;
/** What an agency may report by the doors for cases. The others are facts, or the hub's own findings. */
export type ReportedType = Exclude<EventType, FoundType | FactType>;
/** What only the hub says of a case. */
type FoundType = 'vn.lienthong.case.merged.v1' | 'vn.lienthong.case.correction-asked.v1';

export const reportedTypes = [
  'vn.lienthong.case.received.v1',
  'vn.lienthong.case.supplemented.v1',
  'vn.lienthong.case.status-changed.v1',
  'vn.lienthong.case.result-issued.v1',
  'vn.lienthong.case.result-revoked.v1',
  'vn.lienthong.case.withdrawn.v1',
] as const satisfies readonly ReportedType[];

/** The first of a kind opens its stream. */
export const factTypes = [
  'vn.lienthong.payment.requested.v1',
  'vn.lienthong.payment.settled.v1',
  'vn.lienthong.petition.received.v1',
  'vn.lienthong.petition.answered.v1',
  'vn.lienthong.procedure.listed.v1',
  'vn.lienthong.account.opened.v1',
  'vn.lienthong.unit.listed.v1',
  'vn.lienthong.figure.published.v1',
] as const satisfies readonly FactType[];

export const eventTypes = [
  ...reportedTypes,
  'vn.lienthong.case.merged.v1',
  'vn.lienthong.case.correction-asked.v1',
  ...factTypes,
] as const satisfies readonly EventType[];

export function isReportedType(value: string): value is ReportedType {
  return (reportedTypes as readonly string[]).includes(value);
}

/** Sender of what the hub itself finds. No agency can have this id. */
export const hubSender = 'lienthong.hub';

/** `case.received` for `vn.lienthong.case.received.v1`: how agency files and people name it. */
export function shortType(type: string): string {
  return type.replace(/^vn\.lienthong\./, '').replace(/\.v\d+$/, '');
}

/** CloudEvents 1.0, structured JSON: what agencies get on their topic and webhook, and send to their inbox. */
export interface CloudEvent<T = unknown> {
  specversion: '1.0';
  /** Unique per source; the sender's key. Sent again with the same body it is the same event. */
  id: string;
  source: string;
  type: string;
  /** `case/<code>`; of other streams `payment/<code>`, `figure/<definition>/<period>` … */
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  /** Place in its stream, gapless from 1 (only on events that the hub sends). */
  sequence?: string;
  data: T;
}

/** Extension attributes: the receiver's step on the case's route (docs/routes.md), where it gets cases by their route. */
export interface RouteAttributes {
  routeform?: string;
  /** `2/3`. */
  routestep?: string;
  routeunit?: string;
  routework?: string;
  routedue?: string;
}

/** hub.events: says that a stream has grown. Nothing personal; the ledger has the rest. */
export interface StreamAdvanced {
  stream: string;
  kind: string;
  sequence: number;
  eventId: string;
  type: string;
}

export const caseSubject = (code: string): string => `case/${code}`;
/** A stream's name from the code that the ledger keeps for it: a case's own, or the whole name of any other stream. */
export const subjectOf = (code: string): string => (factSubject.test(code) ? code : caseSubject(code));
const factSubject = /^(?:payment|petition|procedure|account|unit|figure)\//;
/** `payment` for `vn.lienthong.payment.settled.v1`. */
export const kindOf = (type: string): string => shortType(type).slice(0, shortType(type).indexOf('.'));
export const codeOfSubject = (subject: string): string | undefined => /^case\/(.+)$/.exec(subject)?.[1];
