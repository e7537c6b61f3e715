import { caseSubject, hubSender, type CloudEvent, type Json } from '#wire';

import type { OutgoingEvent, Prepared } from './connector.js';

export const cloudEventType = 'application/cloudevents+json; charset=utf-8';

/**
 * The event as agencies get it, on their topic and at their address. A function of the event alone: no clock, no trace,
 * so every repeat has the same bytes and the whole body is the item that both sides' books compare.
 */
export function cloudEventOf(event: OutgoingEvent): CloudEvent {
  return {
    specversion: '1.0',
    id: event.eventId,
    source: event.sender === hubSender ? '/hub' : `/agencies/${event.sender}`,
    type: event.type,
    subject: caseSubject(event.caseCode),
    time: event.recordedAt,
    datacontenttype: 'application/json',
    sequence: String(event.sequence),
    data: event.data,
  };
}

export const prepareCloudEvent = (event: OutgoingEvent): Prepared => ({
  kind: 'prepared',
  prepared: { operation: 'events', item: cloudEventOf(event) as unknown as Json },
});
