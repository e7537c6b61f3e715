import { Pool } from 'undici';

import { durationMs, type PartnerAnswer } from '#domain';
import type { ContractVersion } from '#wire';

import { Deadlines } from './deadlines.js';
import { Exchange } from './exchange.js';
import { lookUpOnce } from './look-up-once.js';

export interface Request {
  /** Below the endpoint's address; starts with a slash, or is empty. */
  path: string;
  /** Names and values in turn. */
  headers: string[];
  /** Bound of the whole exchange, the wait for a free connection included. */
  timeoutMs: number;
  /** A longer answer is cut off: it is no answer. */
  maxBytes?: number;
}

export interface Bounds {
  connections: number;
  timeoutMs: number;
  connectMs?: number;
  firstByteMs?: number;
}

/** So that a partner whose every answer is too long costs no more than this for each request under way. */
const answerLimit = 1024 * 1024;
const connectLimitMs = 5_000;
/** The last tenth of an exchange's time is kept for the body: a partner silent until then isn't going to finish. */
const firstByteShare = 0.9;
const closeLimitMs = 10_000;

export function boundsOf({ limits }: ContractVersion): Bounds {
  return {
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
  private readonly pool: Pool;
  private readonly prefix: string;
  private readonly firstByteMs: number;
  private readonly deadlines = new Deadlines();
  private closing: Promise<void> | undefined;

  constructor(baseUrl: string, bounds: Bounds) {
    const url = new URL(baseUrl);
    this.prefix = url.pathname.replace(/\/+$/, '');
    this.firstByteMs = bounds.firstByteMs ?? Infinity;
    this.pool = new Pool(url.origin, {
      connections: bounds.connections,
      pipelining: 1,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: Math.min(bounds.connectMs ?? connectLimitMs, bounds.timeoutMs),
        lookup: lookUpOnce(),
      },
    });
  }

  post(request: Request & { body: string | Buffer }): Promise<PartnerAnswer> {
    return this.exchange('POST', request, request.body);
  }

  /** Only for questions. */
  get(request: Request): Promise<PartnerAnswer> {
    return this.exchange('GET', request, null);
  }

  /** By the method that a contract names; one with a side effect is never sent twice, either. */
  request(method: 'GET' | 'POST' | 'PUT' | 'PATCH', request: Request, body: string | null): Promise<PartnerAnswer> {
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
    return new Promise((resolve) => {
      const { timeoutMs, maxBytes = answerLimit } = request;
      const firstByteMs = Math.min(this.firstByteMs, timeoutMs * firstByteShare);
      const exchange = new Exchange({ timeoutMs, firstByteMs, maxBytes }, this.deadlines, resolve);
      const path = this.prefix + request.path;
      this.pool.dispatch({ method, path: path === '' ? '/' : path, headers: request.headers, body }, exchange);
    });
  }

  private async closed(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([this.pool.close(), tooLong]);
    clearTimeout(timer);
    await this.pool.destroy();
    this.deadlines.stop();
  }
}
