import type {
  CaseApplication,
  CaseMerged,
  CaseWithdrawn,
  ResultIssued,
  ResultRevoked,
  StatusChange,
} from './payloads/case.js';

/** Every event type of the hub, its payload, and what it does to the partner's picture of the case. */
export interface EventPayloads {
  'vn.lienthong.case.received.v1': CaseApplication;
  'vn.lienthong.case.supplemented.v1': CaseApplication;
  'vn.lienthong.case.status-changed.v1': StatusChange;
  'vn.lienthong.case.result-issued.v1': ResultIssued;
  'vn.lienthong.case.result-revoked.v1': ResultRevoked;
  'vn.lienthong.case.withdrawn.v1': CaseWithdrawn;
  'vn.lienthong.case.merged.v1': CaseMerged;
}
export type EventType = keyof EventPayloads;
/** What an agency may report. The others are the hub's own findings. */
export type ReportedType = Exclude<EventType, 'vn.lienthong.case.merged.v1'>;

export const reportedTypes = [
  'vn.lienthong.case.received.v1',
  'vn.lienthong.case.supplemented.v1',
  'vn.lienthong.case.status-changed.v1',
  'vn.lienthong.case.result-issued.v1',
  'vn.lienthong.case.result-revoked.v1',
  'vn.lienthong.case.withdrawn.v1',
] as const satisfies readonly ReportedType[];

export const eventTypes = [...reportedTypes, 'vn.lienthong.case.merged.v1'] as const satisfies readonly EventType[];

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
  /** `case/<code>`. */
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  /** Place in its stream, gapless from 1 (only on events that the hub sends). */
  sequence?: string;
  data: T;
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
export const codeOfSubject = (subject: string): string | undefined => /^case\/(.+)$/.exec(subject)?.[1];
