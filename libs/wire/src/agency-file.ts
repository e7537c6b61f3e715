import type { CodeTable, Operation, ReadRule, Template } from './mapping.js';
import type { ReplyRule } from './reply-rule.js';

/** An agency is a file: `kind: Agency`, dated versions. Stage 1 reads what the first journey needs; the rest is refused, not ignored. */
export interface AgencyFile {
  apiVersion: 'lienthong/v1';
  kind: 'Agency';
  /** Lower-case letters, digits and hyphens; part of topic names. */
  id: string;
  name: { vi: string; en: string };
  versions: ContractVersion[];
}

export type Protocol =
  | 'lltp-gen2'
  | 'national-portal'
  | 'one-stop'
  | 'topic'
  | 'http-json'
  | 'http'
  | 'webhook'
  | 'feed'
  | 'ministry-central';

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
  /** `operation`, `reads`: protocol `http`, how a case is asked for and what the answer tells. */
  collect?: { ask: 'per-case'; until: number[]; every: string; operation?: string; reads?: ReadRule[] };
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
  lookUp?: LookUpRule;
  /** Protocol `http`: the partner's requests, by name. */
  operations?: Record<string, Operation>;
  codeTables?: Record<string, CodeTable[]>;
  /** Personal fields that the partner gets, by path, and why it may. Protocol `http` reads no others. */
  discloses?: { fields: string[]; basis: string };
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
    | { kind: 'header'; name: string; secret: string }
    | { kind: 'query'; name: string; secret: string }
    | { kind: 'basic'; username: string; secret: string }
    | TokenLogin
    /** Every one of them signs: two while a new secret takes the old one's place. */
    | { kind: 'webhook'; secrets: string[] };
}

/** A request that answers with a token, kept until the partner says that it expired or `lasts` is over. */
export interface TokenLogin {
  kind: 'token';
  path: string;
  /** Members of the login's body; the one named `secretField` gets the secret. */
  fields: Record<string, string>;
  secretField: string;
  secret: string;
  /** Default json. OAuth2 client credentials (RFC 6749, 4.4): form, grant_type among the fields. */
  encoding?: 'json' | 'form';
  /** Path of the token in the answer. */
  at: string;
  lasts: string;
  /** Where it goes: `Authorization: Bearer`, a header, a member of the body, a query parameter. */
  send: { as: 'bearer' } | { as: 'header' | 'body' | 'query'; name: string };
}

/** Asked before a resend. `operation`, `held`, `notHeld`, `equals`: protocol `http`; an answer that fits neither proves nothing. */
export interface LookUpRule {
  proves: 'event' | 'state';
  operation?: string;
  held?: ReplyRule['when'];
  notHeld?: ReplyRule['when'];
  /** Path in the answer → what stands there if the partner's state is the item's. */
  equals?: Record<string, Template>;
}

/** Which events of which cases an agency receives. `cases: own` = only those that it entered itself. */
export interface Subscription {
  procedures: string[];
  events: string[];
  cases?: 'own' | 'all';
}
