import { createHash } from 'node:crypto';

/** What an event's hash covers. The body enters by its hash, so that erasing a body later leaves the chain verifiable. */
export interface ChainedEvent {
  stream: string;
  sequence: number;
  id: string;
  type: string;
  sender: string;
  /** RFC 3339, as recorded. */
  recordedAt: string;
  /** sha-256, hex. */
  bodyHash: string;
}

/** sha-256 over the previous hash (32 zero bytes for the first) and the event's members, each on its line. */
export function chainHash(previous: Buffer | null, event: ChainedEvent): Buffer {
  const members = [event.stream, event.sequence, event.id, event.type, event.sender, event.recordedAt, event.bodyHash];
  return createHash('sha256')
    .update(previous ?? Buffer.alloc(32))
    .update(members.join('\n'), 'utf8')
    .digest();
}
