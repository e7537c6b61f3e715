import { Pool } from 'undici';

import { durationMs, type PartnerAnswer } from '#domain';
import type { ContractVersion } from '#wire';

import { isSameIdentity, whyNotShown, type ClientIdentity } from './client-identity.js';
import { Deadlines } from './deadlines.js';
import { Exchange } from './exchange.js';
import { lookedAt } from './look-at.js';
import { lookUpOnce } from './look-up-once.js';
import { isWrittenPrivate } from './private-address.js';

export interface Request {
  /** Below the endpoint's address; starts with a slash, or is empty. */
  path: string;
  /** Names and values in turn. */
  headers: string[];
  /** Bound of the whole exchange, the wait for a free connection included. */
  timeoutMs: number;
  /** A longer answer is cut off: it is no answer. */
  maxBytes?: number;
  /** What we show in the handshake; another one than last time opens new connections. */
  identity?: ClientIdentity;
  /** The answer's bytes are wanted, not its words. */
  asBytes?: boolean;
}

export interface Bounds {
  connections: number;
  timeoutMs: number;
  connectMs?: number;
  firstByteMs?: number;
  /** Its answers may be XML. */
  readsXml?: boolean;
  /** False: a name that leads to a private address isn't connected to. */
  allowPrivate?: boolean;
}

/** So that a partner whose every answer is too long costs no more than this for each request under way. */
const answerLimit = 1024 * 1024;
const connectLimitMs = 5_000;
/** The last tenth of an exchange's time is kept for the body: a partner silent until then isn't going to finish. */
const firstByteShare = 0.9;
const closeLimitMs = 10_000;

export function boundsOf({ limits, endpoint }: ContractVersion): Bounds {
  return {
    allowPrivate: endpoint?.allowPrivate ?? false,
    connections: limits.inFlight,
    timeoutMs: durationMs(limits.timeout),
    ...(limits.connect === undefined ? {} : { connectMs: durationMs(limits.connect) }),
    ...(limits.firstByte === undefined ? {} : { firstByteMs: durationMs(limits.firstByte) }),
  };
}

/**
 * Keep-alive connections to one address of a partner, shared with no other. No redirect is followed and nothing is sent
 * twice: whether to try again is the lane's decision.
 */
export class PartnerHttp {
  private pool: Pool;
  private identity: ClientIdentity | undefined;
  /** Those of an earlier identity, until what is under way there is over. */
  private readonly leaving = new Map<Pool, Promise<void>>();
  private readonly url: URL;
  private readonly prefix: string;
  private readonly deadlines = new Deadlines();
  private closing: Promise<void> | undefined;

  constructor(
    baseUrl: string,
    private readonly bounds: Bounds,
  ) {
    this.url = new URL(baseUrl);
    this.prefix = this.url.pathname.replace(/\/+$/, '');
    this.pool = this.opened();
  }

  post(request: Request & { body: string | Buffer }): Promise<PartnerAnswer> {
    return this.exchange('POST', request, request.body);
  }

  /** Only for questions. */
  get(request: Request): Promise<PartnerAnswer> {
    return this.exchange('GET', request, null);
  }

  /** By the method that a contract names; one with a side effect is never sent twice, either. */
  request(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH',
    request: Request,
    body: string | Buffer | null,
  ): Promise<PartnerAnswer> {
    return this.exchange(method, request, body);
  }

  /** Waits for exchanges under way; what takes longer than this is cut off. */
  close(withinMs = closeLimitMs): Promise<void> {
    this.closing ??= this.closed(withinMs);
    return this.closing;
  }

  private exchange(
    method: 'POST' | 'GET' | 'PUT' | 'PATCH',
    request: Request,
    body: string | Buffer | null,
  ): Promise<PartnerAnswer> {
    const { timeoutMs, maxBytes = answerLimit, identity, asBytes = false } = request;
    const looked = lookedAt(method, this.url.origin + this.prefix, request, body);
    if (looked) return Promise.resolve(looked);
    const wrong = identity && whyNotShown(identity, Date.now());
    if (wrong !== undefined) return Promise.resolve({ kind: 'unsent', reason: `could not be sent: ${wrong}` });
    return new Promise((resolve) => {
      const firstByteMs = Math.min(this.bounds.firstByteMs ?? Infinity, timeoutMs * firstByteShare);
      const bounds = { timeoutMs, firstByteMs, maxBytes, readsXml: this.bounds.readsXml ?? false, asBytes };
      const exchange = new Exchange(bounds, this.deadlines, resolve);
      const path = this.prefix + request.path;
      this.poolFor(identity).dispatch(
        { method, path: path === '' ? '/' : path, headers: request.headers, body },
        exchange,
      );
    });
  }

  /** A certificate that took another's place is shown from the next request on. */
  private poolFor(identity: ClientIdentity | undefined): Pool {
    if (isSameIdentity(identity, this.identity)) return this.pool;
    const before = this.pool;
    this.leaving.set(
      before,
      before.close().finally(() => this.leaving.delete(before)),
    );
    this.identity = identity;
    return (this.pool = this.opened(identity));
  }

  private opened(identity?: ClientIdentity): Pool {
    const { connections, connectMs = connectLimitMs, timeoutMs, allowPrivate = true } = this.bounds;
    const mayBePrivate = allowPrivate || isWrittenPrivate(this.url.hostname);
    return new Pool(this.url.origin, {
      connections,
      pipelining: 1,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: Math.min(connectMs, timeoutMs),
        lookup: lookUpOnce(undefined, mayBePrivate),
        ...identity,
      },
    });
  }

  private async closed(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([Promise.all([this.pool.close(), ...this.leaving.values()]), tooLong]);
    clearTimeout(timer);
    await Promise.all([this.pool, ...this.leaving.keys()].map((pool) => pool.destroy()));
    this.deadlines.stop();
  }
}
