import {
  endingHeaders,
  hubSender,
  spokenAs,
  subjectOf,
  usualSpoken,
  type CloudEvent,
  type ContractVersion,
  type Json,
  type RouteAttributes,
  type Spoken,
} from '#wire';

import type { OutgoingEvent, Prepared, RouteNote } from './connector.js';

export const cloudEventType = 'application/cloudevents+json; charset=utf-8';

/** What goes beside the event and never in it: whether it is a replay, and until when this version of it is read. */
export const besideEvent = ({ replay }: OutgoingEvent, { consumes }: ContractVersion): Record<string, string> => ({
  ...(replay === undefined ? {} : { 'lienthong-replay': replay }),
  ...endingHeaders(consumes?.speaks ?? usualSpoken),
});

/**
 * The event as agencies get it, on their topic and at their address. A function of the event and of the version that
 * the agency reads: no clock, no trace, so every repeat has the same bytes and the whole body is the item that both sides' books compare.
 */
export function cloudEventOf(event: OutgoingEvent, spoken: Spoken = usualSpoken): CloudEvent & RouteAttributes {
  const { type, data } = spokenAs(spoken, event.type, event.data as never);
  return {
    specversion: '1.0',
    id: event.eventId,
    source: event.sender === hubSender ? '/hub' : `/agencies/${event.sender}`,
    type,
    subject: subjectOf(event.caseCode),
    time: event.recordedAt,
    datacontenttype: 'application/json',
    sequence: String(event.sequence),
    ...(event.route ? extensionsOf(event.route) : {}),
    data,
  };
}

/** As extension attributes, whose names CloudEvents keeps to small letters and digits: the payload is nobody's to add to. */
const extensionsOf = ({ form, step, steps, unit, work, dueAt }: RouteNote): RouteAttributes => ({
  routeform: form,
  routestep: `${step}/${steps}`,
  routeunit: unit,
  routework: work,
  ...(dueAt === undefined ? {} : { routedue: dueAt }),
});

export const prepareCloudEvent = (event: OutgoingEvent, contract?: ContractVersion): Prepared => ({
  kind: 'prepared',
  prepared: { operation: 'events', item: cloudEventOf(event, contract?.consumes?.speaks) as unknown as Json },
});
