import { readJson } from '../admit/read-json.js';
import { refusal, type Refusal } from '../admit/refusal.js';
import { readEnvelope } from './cloud-event.dto.js';

interface ReadEvent {
  key: string;
  type: string;
  code: string;
  data: unknown;
}

export type EventRead = { kind: 'event'; event: ReadEvent } | { kind: 'refused'; refusal: Refusal };

/** A CloudEvent from its bytes, where only its subject says which case it is about. */
export function readEvent(bytes: Buffer): EventRead {
  const json = readJson(bytes);
  if (json.kind === 'refused') return json;
  const read = readEnvelope(json.value);
  if (read.kind === 'faults') return { kind: 'refused', refusal: { code: 'invalid-envelope', faults: read.faults } };
  const { code } = read.envelope;
  if (code === undefined) return { kind: 'refused', refusal: refusal('invalid-envelope', '/subject', 'required') };
  return { kind: 'event', event: { ...read.envelope, code } };
}
