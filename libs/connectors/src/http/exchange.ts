import type { Dispatcher } from 'undici';

import type { PartnerAnswer } from '#domain';

import type { Bounded, Deadlines } from './deadlines.js';
import { readAnswer } from './read-answer.js';
import { whyNot } from './why-not.js';

export interface ExchangeBounds {
  /** Bound of the whole exchange, the wait for a free connection included. */
  timeoutMs: number;
  /** From when the request begins to be written. */
  firstByteMs: number;
  /** A longer answer is cut off: it is no answer. */
  maxBytes: number;
  /** Whether XML is read, too. */
  readsXml: boolean;
  /** A whole answer of status 2xx is kept as `bytes`, unread. */
  asBytes?: boolean;
}

export type AnswerWithBytes = PartnerAnswer & { bytes?: Buffer };

/** Interim answers (1xx) are skipped; nobody who means well sends more of them. */
const mostInterim = 32;

/** What undici tells of one request. It is 'unsent' only if undici never began to write it. */
export class Exchange implements Dispatcher.DispatchHandler, Bounded {
  due: number;
  place = -1;
  private readonly wholeBy: number;
  private begun: Dispatcher.DispatchController | undefined;
  private over = false;
  private status = 0;
  private interim = 0;
  private contentType: string | undefined;
  private retryAfter: string | undefined;
  private body: Buffer | undefined;
  private size = 0;

  constructor(
    private readonly bounds: ExchangeBounds,
    private readonly deadlines: Deadlines,
    private readonly settle: (answer: PartnerAnswer) => void,
  ) {
    this.wholeBy = this.due = performance.now() + bounds.timeoutMs;
    deadlines.watch(this);
  }

  /**
   * Called before the first byte is written. Throwing keeps it from being written, too late or a second time, and unlike
   * an abort it leaves the connection to others.
   */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.over || this.begun) throw new Error('not to be sent');
    this.begun = controller;
    this.due = Math.min(this.wholeBy, performance.now() + this.bounds.firstByteMs);
    this.deadlines.watch(this);
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) {
      this.interim += 1;
      if (this.interim > mostInterim) this.cut('no answer, only interim ones');
      return;
    }
    this.due = this.wholeBy;
    this.status = status;
    this.contentType = first(headers['content-type']);
    this.retryAfter = first(headers['retry-after']);
    if (Number(first(headers['content-length'])) > this.bounds.maxBytes) this.cut('answer too long');
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    const size = this.size + chunk.length;
    if (size > this.bounds.maxBytes) return this.cut('answer too long');
    this.body = this.body === undefined ? chunk : this.appended(this.body, chunk, size);
    this.size = size;
  }

  onResponseEnd(): void {
    const body = this.body?.length === this.size ? this.body : this.body?.subarray(0, this.size);
    const { contentType, retryAfter, status } = this;
    if (this.bounds.asBytes && status < 300) {
      const bytes = body ?? Buffer.alloc(0);
      const found: AnswerWithBytes = { kind: 'answered', status, contentType: contentType ?? '', text: '', bytes };
      return this.end(found);
    }
    this.end(readAnswer(status, { contentType, retryAfter }, body, Date.now(), this.bounds.readsXml));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(whyNot(error));
  }

  tooLate(): void {
    if (this.status > 0) this.cut('no whole answer in time');
    else this.cut(this.begun ? 'no answer in time' : 'no connection in time');
  }

  /** One growing buffer: a body that comes byte by byte would be millions of small ones. */
  private appended(body: Buffer, chunk: Buffer, size: number): Buffer {
    let room = body;
    if (body.length < size) {
      room = Buffer.allocUnsafeSlow(Math.max(2 * size, 4_096));
      body.copy(room, 0, 0, this.size);
    }
    chunk.copy(room, this.size);
    return room;
  }

  private cut(reason: string): void {
    const { begun } = this;
    this.fail(reason);
    begun?.abort(new Error(reason));
  }

  private fail(reason: string): void {
    this.end(this.begun ? { kind: 'no-answer', reason } : { kind: 'unsent', reason: `could not be sent: ${reason}` });
  }

  private end(answer: PartnerAnswer): void {
    if (this.over) return;
    this.over = true;
    this.deadlines.forget(this);
    this.body = undefined;
    this.settle(answer);
  }
}

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
