import { eventTypes, shortType, type CloudEvent, type EventPayloads, type EventType } from './events.js';
import type { CaseApplication } from './payloads/case.js';
import { toFirst, toSecond, type CaseApplicationV2 } from './payloads/case-v2.js';

/** What consumers get of the second version; the ledger and every sender know the first. */
export interface SecondPayloads {
  'vn.lienthong.case.received.v2': CaseApplicationV2;
  'vn.lienthong.case.supplemented.v2': CaseApplicationV2;
}
export type SecondType = keyof SecondPayloads;
/** Every type that a consumer may read. */
export type PublishedType = EventType | SecondType;

/** The version of events that a consumer reads: of each type the newest that isn't newer than this. */
export type Spoken = 'v1' | 'v2';

interface Term {
  /** First day, ISO, Asia/Ho_Chi_Minh. */
  since: string;
  /** The day from which nobody should begin with it; null: the newest. */
  deprecated: string | null;
  /** Last day; null: no end is set. Printed wherever this version is read. */
  until: string | null;
}

/** How long each may be read. v1 and v2 stand side by side from the day of v2 until the last day of v1. */
export const spokenTerms: Record<Spoken, Term> = {
  v1: { since: '2026-11-23', deprecated: '2026-11-26', until: '2027-12-31' },
  v2: { since: '2026-11-26', deprecated: null, until: null },
};

export const usualSpoken: Spoken = 'v1';

const seconds: { readonly [T in EventType]?: SecondType } = {
  'vn.lienthong.case.received.v1': 'vn.lienthong.case.received.v2',
  'vn.lienthong.case.supplemented.v1': 'vn.lienthong.case.supplemented.v2',
};
export const secondTypes = Object.values(seconds);
export const publishedTypes: readonly PublishedType[] = [...eventTypes, ...secondTypes];

export const isSecondType = (type: string): type is SecondType => (secondTypes as readonly string[]).includes(type);

/** A row of the catalogue: one version of one type. Where a type hasn't changed, readers of v2 get it as v1, without an end. */
export interface EventVersion extends Term {
  type: PublishedType;
  name: string;
  version: Spoken;
}

export const eventVersions: readonly EventVersion[] = publishedTypes.map((type) => {
  const version: Spoken = isSecondType(type) ? 'v2' : 'v1';
  const hasNext = version === 'v1' && seconds[type as EventType] !== undefined;
  const { since, deprecated, until } = spokenTerms[version];
  return {
    type,
    name: shortType(type),
    version,
    since,
    ...(hasNext ? { deprecated, until } : { deprecated: null, until: null }),
  };
});

/** An event as a reader of that version gets it. A function of the event and the version alone; the id stays the event's. */
export function spokenAs<T extends EventType>(
  spoken: Spoken,
  type: T,
  data: EventPayloads[T],
): { type: PublishedType; data: unknown } {
  const second = spoken === 'v2' ? seconds[type] : undefined;
  return second === undefined ? { type, data } : { type: second, data: toSecond(data as CaseApplication) };
}

/** A valid CloudEvent of either version as a reader of that one gets it. */
export function toVersion(spoken: Spoken, event: CloudEvent): CloudEvent {
  const first = eventTypes.find((type) => type === event.type || seconds[type] === event.type);
  if (first === undefined) return event;
  const data = isSecondType(event.type) ? toFirst(event.data as CaseApplicationV2) : event.data;
  return { ...event, ...spokenAs(spoken, first, data as never) };
}

const HOURS = 3_600_000;
const dayIn = (now: Date): string => new Date(now.getTime() + 7 * HOURS).toISOString().slice(0, 10);

/** That its last day has passed. */
export function hasEndedOn(spoken: Spoken, now: Date): boolean {
  const { until } = spokenTerms[spoken];
  return until !== null && dayIn(now) > until;
}

/** The printed date as HTTP says it: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594). Nothing of a version without an end. */
export function endingHeaders(spoken: Spoken): { deprecation?: string; sunset?: string } {
  const { deprecated, until } = spokenTerms[spoken];
  if (deprecated === null || until === null) return {};
  return {
    deprecation: `@${Date.parse(`${deprecated}T00:00:00+07:00`) / 1_000}`,
    sunset: afterDay(until).toUTCString(),
  };
}

/** The first moment after that day in Asia/Ho_Chi_Minh. */
const afterDay = (day: string): Date => new Date(Date.parse(`${day}T00:00:00+07:00`) + 24 * HOURS);
