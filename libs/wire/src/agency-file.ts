import type { Spoken } from './event-versions.js';
import type { CodeTable, Operation, ReadRule, Template } from './mapping.js';
import type { Reconcile } from './reconcile/reconcile-by.js';
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
  | 'lltp-gen1'
  | 'lltp-gen2'
  | 'lltp-vneid'
  | 'national-portal'
  | 'one-stop'
  | 'topic'
  | 'http-json'
  | 'http'
  | 'webhook'
  | 'feed'
  | 'ministry-central'
  | 'procedures-portal'
  | 'procedures-2026';

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
  collect?: Collect;
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
  reconcile?: Reconcile | Reconcile[];
  /** Protocols topic, webhook and feed: how the agency reads the hub's own events. */
  consumes?: Consuming;
  /** Protocol's own constants (province code, unit code, dstcode …). */
  settings?: Record<string, string>;
}

/** All of it has a usual value. */
export interface Consuming {
  /** Which version of events it reads; v1 unless said. */
  speaks?: Spoken;
  /** Feed: how long events stay readable; 90d unless said. */
  keep?: string;
  /** Topic: the consumer group with which it reads, without namespace; the agency's id unless said. Only its lag is asked. */
  group?: string;
}

/**
 * How a partner that doesn't report by itself is asked: of each open case until one of these statuses, for its list of
 * news, or for its catalogue. `operation`, `reads`: protocol `http`, how is asked and what the answer tells.
 */
export type Collect =
  | {
      ask: 'per-case';
      until: number[];
      every: string;
      /** Asked on, slowly, after such a status: a result may be revoked once it was returned. */
      afterwards?: { every: string; for: string };
      operation?: string;
      reads?: ReadRule[];
    }
  | ListCollect
  | CatalogueCollect;

/** Procedures as a whole, pulled and kept with dates; only with the protocols `procedures-…`. */
export interface CatalogueCollect {
  ask: 'catalogue';
  every: string;
  /** A pull that misses more of what is known waits for a person, e.g. 2.5%; 2% unless said. */
  losesAtMost?: string;
  /** Each listed procedure is asked for in detail, and again when its detail is this old. Absent: never. */
  details?: string;
}

/** A list of news of many cases. All but `ask`, `every`: protocol `http`. */
export interface ListCollect {
  ask: 'list';
  every: string;
  operation?: string;
  /** Of each row: `when` looks at the row, and its templates read `row` beside `answer`. */
  reads?: ReadRule[];
  /** An answer that is a page; default: status 2xx. */
  page?: ReplyRule['when'];
  /** Where its rows stand; absent: the answer itself. */
  rows?: string;
  /** Our code of a row's case. */
  code?: Template;
  /** Where the next page begins: a member of the answer, of the last row, or a page's number, counted from `page`. */
  cursor?: { answer: string } | { lastRow: string } | { page: number };
  /** An answer after which there is another page; default: any with rows whose cursor moves on. */
  more?: ReplyRule['when'];
  /** The operation by which rows are acknowledged: one request for all (`rows`), or one for each (`row`). */
  acknowledge?: string;
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
  /** Longest file, either way: KiB or MiB, at most 64MiB. Default 20MiB. Protocol `http`. */
  fileSize?: string;
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
  /** Its name may lead to a private, loopback or link-local address. One that is written as such says so itself. */
  allowPrivate?: boolean;
  /** Our own certificate, its key, whom we trust instead of the system's authorities: names of secrets, PEM. Protocol `http`. */
  tls?: ClientTls;
  login?:
    | { kind: 'body-key'; field: string; secret: string }
    | { kind: 'session'; username: string; secret: string }
    | { kind: 'bearer'; secret: string }
    | { kind: 'header'; name: string; secret: string }
    | { kind: 'query'; name: string; secret: string }
    | { kind: 'basic'; username: string; secret: string }
    | TokenLogin
    /** Our certificate alone; beside another login: `tls`. */
    | ({ kind: 'mtls' } & ClientTls)
    /** Every one of them signs: two while a new secret takes the old one's place. */
    | { kind: 'webhook'; secrets: string[] };
}

export interface ClientTls {
  certificate: string;
  key: string;
  ca?: string;
}

/** A request that answers with a token, kept until the partner says that it expired or `lasts` is over. */
export interface TokenLogin {
  kind: 'token';
  path: string;
  /** Members of the login's body; the one named `secretField` gets the secret. */
  fields: Record<string, string>;
  /** Either this, or `username`: then the secret goes as Basic authorization (RFC 6749, 2.3.1), and not in the body. */
  secretField?: string;
  username?: string;
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

/**
 * Which events of which cases an agency receives. `cases: own` = only those that it entered itself; `routed` = those whose
 * route passes a unit that it serves (docs/routes.md).
 */
export interface Subscription {
  procedures: string[];
  events: string[];
  cases?: 'own' | 'all' | 'routed';
}
