import { Pool, type Dispatcher } from 'undici';

import type { PartnerAnswer } from '#domain';

import { readAnswer } from './read-answer.js';

export interface Request {
  /** Below the endpoint's address; starts with a slash. */
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Bound of the whole exchange, the wait for a free connection included. */
  timeoutMs: number;
  /** A longer answer is cut off: it is no answer. */
  maxBytes?: number;
}

const answerLimit = 8 * 1024 * 1024;
const connectLimitMs = 5_000;
/** The last tenth of an exchange's time is kept for the body: a partner silent until then isn't going to finish. */
const firstByteShare = 0.9;

/**
 * Keep-alive connections to one address of a partner. No redirect is followed and nothing is sent twice:
 * whether to try again is the lane's decision.
 */
export class PartnerHttp {
  private readonly pool: Pool;
  private readonly prefix: string;

  constructor(baseUrl: string, bounds: { connections: number; timeoutMs: number }) {
    const url = new URL(baseUrl);
    this.prefix = url.pathname.replace(/\/+$/, '');
    this.pool = new Pool(url.origin, {
      connections: bounds.connections,
      pipelining: 1,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: Math.min(connectLimitMs, bounds.timeoutMs) },
    });
  }

  post(request: Request): Promise<PartnerAnswer> {
    return new Promise((resolve) => {
      const exchange = new Exchange(request, resolve);
      this.pool.dispatch(
        {
          method: 'POST',
          path: this.prefix + request.path,
          headers: { accept: 'application/json', ...request.headers },
          body: request.body,
        },
        exchange,
      );
    });
  }

  /** Waits for exchanges under way; each has its own bound. */
  close(): Promise<void> {
    return this.pool.close();
  }
}

/** What undici tells of one request. It is 'unsent' only if undici never began to write it. */
class Exchange implements Dispatcher.DispatchHandler {
  private begun: Dispatcher.DispatchController | undefined;
  private over = false;
  private status = 0;
  private headers: { contentType?: string | undefined; retryAfter?: string | undefined } = {};
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private readonly limit: number;
  private readonly whole: NodeJS.Timeout;
  private readonly firstByte: NodeJS.Timeout;

  constructor(
    request: Request,
    private readonly settle: (answer: PartnerAnswer) => void,
  ) {
    this.limit = request.maxBytes ?? answerLimit;
    this.whole = setTimeout(() => this.cut('no whole answer in time'), request.timeoutMs);
    this.firstByte = setTimeout(() => this.cut('no answer in time'), request.timeoutMs * firstByteShare);
  }

  /** Called before the first byte is written; an abort here keeps it from being written, too late or a second time. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.over || this.begun) return controller.abort(new Error('not to be sent'));
    this.begun = controller;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    clearTimeout(this.firstByte);
    this.status = status;
    this.headers = { contentType: first(headers['content-type']), retryAfter: first(headers['retry-after']) };
    if (Number(first(headers['content-length'])) > this.limit) this.cut('answer too long');
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > this.limit) this.cut('answer too long');
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.end(readAnswer(this.status, this.headers, Buffer.concat(this.chunks), Date.now()));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(codeOf(error));
  }

  private cut(reason: string): void {
    const { begun } = this;
    this.fail(reason);
    begun?.abort(new Error(reason));
  }

  /** Codes only: an error's message may hold an address with a secret in it. */
  private fail(reason: string): void {
    this.end(this.begun ? { kind: 'no-answer', reason } : { kind: 'unsent', reason: `could not be sent: ${reason}` });
  }

  private end(answer: PartnerAnswer): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.whole);
    clearTimeout(this.firstByte);
    this.settle(answer);
  }
}

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return code;
  const inner = (error as AggregateError).errors?.[0] as NodeJS.ErrnoException | undefined;
  return inner?.code ?? error.name;
}
