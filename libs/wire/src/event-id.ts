import { createHash } from 'node:crypto';

/** Namespace of our event ids (random, fixed for ever: changing it would make every resubmission a new event). */
const NAMESPACE = Buffer.from('6f1d2f3e8a9b4c57b1e05d2c7a94e3f0', 'hex');

/** RFC 9562 version 5. The same sender and key give the same event for ever, also after a restore from an older backup. */
export function eventIdFor(sender: string, key: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(`${sender}\u0000${key}`, 'utf8').digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * W3C trace context of an event's journey: the trace id is the event's id, so every hop of every process can name the
 * same trace without storing or passing one, also after a replay. The parent is the hop's own: one half of that id.
 */
export function traceparentOf(eventId: string, hop: 'relay' | 'deliver'): string {
  const trace = eventId.replaceAll('-', '');
  return `00-${trace}-${hop === 'relay' ? trace.slice(0, 16) : trace.slice(16)}-01`;
}
