import type { CaseStatus } from '#domain';
import { canonicalJson, eventIdFor, sha256, type EventType, type Json } from '#wire';

/** One thing that came in by any door, already checked for shape. */
export interface EntryItem {
  sender: string;
  /** The sender's key; null where the door has none (a poll, the portal's protocol). */
  key: string | null;
  type: EventType;
  caseCode: string;
  data: Json;
  /** Present on case.received: what opens the stream. */
  opens?: { procedure: string; openedOn: string; dueAt: string | null; unit?: string };
  /** Where the event takes the case; absent leaves the status as it is. */
  status?: CaseStatus;
  /** The only status from which it is taken, judged under the stream's lock. */
  onlyFrom?: CaseStatus;
  /** Comparable state of this sender. Equal to its last one: a receipt, no event. */
  state?: string;
  /** Set by a door that compares states itself, and says what it compared with. */
  compared?: Compared;
  /** As the partner wrote it, where the text isn't in our Unicode form; kept beside the event. */
  came?: string;
}

export interface Compared {
  /** The sender's last state as the door saw it, null where there was none. Another by now: `overtaken`. */
  with: string | null;
  /** Not news: the state is remembered with a receipt, and no event is made. */
  isNews: boolean;
}

export interface StreamView {
  id: string;
  enteredBy: string;
  procedure: string;
  openedOn: string;
  /** The unit that received it; null: none is kept. */
  unit: string | null;
  status: CaseStatus;
}

/** What the caller is told. Every outcome but `accepted` has written nothing but a receipt. */
export type Entry =
  | { outcome: 'accepted'; eventId: string; stream: string; sequence: number; bodyHash: string; skipped: CaseStatus[] }
  | { outcome: 'repeated'; eventId: string; stream: string; sequence: number; bodyHash: string }
  | { outcome: 'unchanged'; stream: string }
  | { outcome: 'conflict'; held: string; received: string }
  | { outcome: 'unknown-case' }
  | { outcome: 'not-your-case' }
  /** The sender's state has changed since the door compared with it: look again. */
  | { outcome: 'overtaken' }
  | { outcome: 'status-cannot-follow'; from: CaseStatus | null; to: CaseStatus };

/** Whether the sender takes part in this stream by its contract. Asked under the stream's lock. */
export type MayReport = (item: EntryItem, stream: StreamView) => boolean;

/** An item with what identifies it: the event's id (null for a door without keys), canonical body and its hash. */
export interface PreparedItem {
  item: EntryItem;
  id: string | null;
  body: string;
  bodyHash: Buffer;
}

export function prepare(item: EntryItem): PreparedItem {
  const body = canonicalJson(item.data);
  return {
    item,
    id: item.key === null ? null : eventIdFor(item.sender, item.key),
    body,
    bodyHash: sha256(`${item.type}\n${item.caseCode}\n${body}`),
  };
}
