/** An agency is a file: `kind: Agency`, dated versions. Stage 1 reads what the first journey needs; the rest is refused, not ignored. */
export interface AgencyFile {
  apiVersion: 'lienthong/v1';
  kind: 'Agency';
  /** Lower-case letters, digits and hyphens; part of topic names. */
  id: string;
  name: { vi: string; en: string };
  versions: ContractVersion[];
}

export type Protocol = 'lltp-gen2' | 'national-portal' | 'one-stop' | 'topic' | 'http-json' | 'webhook' | 'feed';

export interface ContractVersion {
  /** First day on which this version is in force, Asia/Ho_Chi_Minh. Ends where the next begins. */
  validFrom: string;
  /** Identifier of the body that answers for it (QĐ 20/2020/QĐ-TTg), e.g. G15, H53. */
  owner: string;
  protocol: Protocol;
  endpoint?: Endpoint;
  receives: Subscription[];
  /** Short event types this agency may report, e.g. case.status-changed. */
  sends: string[];
  collect?: { ask: 'per-case'; until: number[]; every: string };
  limits: Limits;
  /**
   * Short types whose item is the partner's whole state of a case: a newer one makes older ones needless, and they are
   * never sent. None declared: everything is a delta, and everything is sent.
   */
  fullStates?: string[];
  breaker?: Breaker;
  retry: { first: string; factor: number; atMost: string; giveUpAfter: string };
  replies: ReplyRule[];
  /** What an 'already held' means that no doubtful attempt explains: send again as an update, or a refusal for a person. */
  onDuplicate: 'update' | 'refuse';
  lookUp?: { proves: 'event' | 'state' };
  reconcile?: { by: 'books'; url: string };
  /** Protocol's own constants (province code, unit code, dstcode …). */
  settings?: Record<string, string>;
}

/** All of them hold for the agency over all instances together, first attempts and retries alike. */
export interface Limits {
  /** Most requests under way; the engine adapts below it. */
  inFlight: number;
  /** Bound of the whole exchange. */
  timeout: string;
  /** How long after a time-out a copy may still arrive. */
  settle?: string;
  /** Bounds within `timeout`: until the connection stands, until the answer's first byte. */
  connect?: string;
  firstByte?: string;
  /** Most requests a second; a request that carries several items is one. */
  perSecond?: number;
  /** Most items in one request, of different cases; 1 where the partner takes no arrays. */
  itemsPerRequest?: number;
}

/** When the engine stops sending and asks with one request at a time. */
export interface Breaker {
  /** Failures in a row (no answer, or an answer that says busy without naming the case). Default 5. */
  opensAfter?: number;
  /** The first wait before a probe, doubled up to `probeAtMost`. Defaults 1s and 30s. */
  probeFirst?: string;
  probeAtMost?: string;
}

export interface Endpoint {
  baseUrl: string;
  login?:
    | { kind: 'body-key'; field: string; secret: string }
    | { kind: 'session'; username: string; secret: string }
    | { kind: 'bearer'; secret: string }
    /** Every one of them signs: two while a new secret takes the old one's place. */
    | { kind: 'webhook'; secrets: string[] };
}

/** Which events of which cases an agency receives. `cases: own` = only those that it entered itself. */
export interface Subscription {
  procedures: string[];
  events: string[];
  cases?: 'own' | 'all';
}

/** What a partner's answer means; the first row that matches decides, none matching is doubt. Text compares folded to NFC lower case. */
export interface ReplyRule {
  when: {
    status?: number | string | (number | string)[];
    /** Member of the JSON answer → expected value, compared as text. */
    json?: Record<string, string | number>;
    /** Substring of the message (or of the whole text). */
    text?: string;
    contentType?: string;
    operation?: string;
  };
  means: 'accepted' | 'already-held' | 'refused' | 'busy' | 'session-expired';
  /** Where the reason stands in a refusal, as member names. */
  reason?: string[];
  /** A refusal that also proves that no earlier attempt of this item arrived: it settles a doubt. */
  proves?: 'not-held';
}
