/** All that a run leaves behind for its judge. Times are milliseconds since 1970 on this machine's one clock. */
export interface Evidence {
  /** What clients sent and what intake answered: written by them, not by the hub. */
  sent: SentEvent[];
  /** One book a partner: written by the partner, not by the hub. */
  books: Book[];
  ledger: LedgerRows;
  moments: Moments;
  /** Where personal data that the load planted turned up although nobody is to see it there. */
  leaks: string[];
}

interface Moments {
  /** The fault begins. */
  struckAt: number;
  /** The fault's cause is gone (processes started again, services back). */
  mendedAt: number;
  /** Null: the hub did not come to rest in the time it had. */
  restedAt: number | null;
  /** Parked lanes were ordered to be sent again, at this time. */
  retriedAt?: number;
}

export interface SentEvent {
  code: string;
  /** Place among the events that the client sent of this case, from 1. */
  nth: number;
  type: string;
  firstSentAt: number;
  /** When the request left that was answered. */
  lastSentAt: number;
  answeredAt: number | null;
  /** 202 written just now, 200 held already; anything else is a refusal; null: no answer to the end. */
  status: number | null;
  eventId: string | null;
  sequence: number | null;
  hash: string | null;
}

export type PartnerName = 'thue' | 'dat-dai' | 'buu-dien' | 'ho-tich';

export interface PartnerTerms {
  name: PartnerName;
  /** Recognises an item that comes again under the same key. */
  knowsKeys: boolean;
  /** Can be asked whether it holds a key. */
  hasLookUp: boolean;
  itemsPerRequest: number;
  inFlight: number;
  timeoutMs: number;
  settleMs: number;
  /** Short types of which a newer one makes an older one needless. */
  fullStates: string[];
}

export interface Book extends PartnerTerms {
  arrivals: Arrival[];
  questions: Question[];
}

/** One item that came. `none`: the partner did nothing with it. */
export interface Arrival {
  at: number;
  /** The exchange was over: answered, or the connection gone. Null: still open when the book was read. */
  over: number | null;
  /** Items of one request have one number. */
  request: number;
  /** The whole delivery key, and the event's id in it. */
  key: string;
  eventId: string;
  /** Case and place as the item's own words say. */
  code: string;
  nth: number;
  bytes: string;
  effect: 'applied' | 'repeat' | 'refused' | 'none';
  /** What went back; null: nothing that could be understood. */
  answer: number | null;
}

/** One look-up. */
export interface Question {
  at: number;
  key: string;
  answer: number | null;
}

export interface LedgerRows {
  events: { stream: string; sequence: number; id: string; hash: string; sender: string }[];
  streams: { stream: string; code: string; last: number; planned: number | null }[];
  /** Streams whose chain does not verify, in the ledger's own words. */
  brokenChains: string[];
  deliveries: LedgerDelivery[];
  lanes: LedgerLane[];
  attempts: LedgerAttempt[];
  workers: string[];
  contracts: { agency: string; validFrom: string }[];
  paused: string[];
}

export interface LedgerDelivery {
  agency: string;
  stream: string;
  sequence: number;
  eventId: string;
  state: 'open' | 'parked' | 'acknowledged' | 'superseded' | 'closed';
  form: string;
  /** When the transaction of its plan began: from its commit on it could be claimed. */
  plannedAt: number;
  /** When the transaction of its outcome began; null: not acknowledged. */
  endedAt: number | null;
}

interface LedgerLane {
  agency: string;
  stream: string;
  done: number;
  last: number;
  /** The legal one, of its case. */
  deadline: number;
  worker: string | null;
  wait: 'turn' | 'timer' | 'person' | null;
  wakeAt: number | null;
}

export interface LedgerAttempt {
  id: number;
  agency: string;
  stream: string;
  sequence: number;
  worker: string;
  outcome: string;
  inDoubt: boolean;
  contractVersion: string | null;
  startedAt: number;
  endedAt: number;
}
