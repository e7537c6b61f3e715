// Part of the reference raw-ledger: at most `concurrency` requests under way at one partner, one at a time a case, in order.
// A failing partner is probed by one request at a time with back-off; nothing is dropped.
import { Pool } from 'undici';

/** The smallest dispatch handler: only the status matters; 0 is no answer. */
class StatusOnly {
  status = 0;
  constructor(settle) {
    this.settle = settle;
  }
  onRequestStart() {}
  onResponseStart(_, status) {
    this.status = status;
  }
  onResponseData() {}
  onResponseEnd() {
    this.settle(this.status);
  }
  onResponseError() {
    this.settle(0);
  }
}

const TIMEOUT_MS = 10_000;

/** Items are { key: case, body, … }; onOutcome(item, 'accepted' | 'refused' | 'held') is called once for each. */
export class Partner {
  /** case → what waits behind the one under way; null: nothing. */
  cases = new Map();
  /** Cases behind a refused event. */
  blocked = new Set();
  ready = [];
  head = 0;
  underWay = 0;
  outstanding = 0;
  backOff = 0;
  pausedUntil = 0;

  constructor(url, concurrency, onOutcome) {
    const { origin, pathname } = new URL(url);
    this.pool = new Pool(origin, {
      connections: concurrency,
      pipelining: 1,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      keepAliveTimeout: 60_000,
    });
    this.path = pathname;
    this.concurrency = concurrency;
    this.onOutcome = onOutcome;
  }

  add(item) {
    this.outstanding++;
    if (this.blocked.has(item.key)) return this.settle(item, 'held');
    const waiting = this.cases.get(item.key);
    if (waiting === null) this.cases.set(item.key, [item]);
    else if (waiting) waiting.push(item);
    else {
      this.cases.set(item.key, null);
      this.ready.push(item);
      this.pump();
    }
  }

  pump() {
    const most = this.backOff ? 1 : this.concurrency;
    while (this.underWay < most && this.head < this.ready.length) {
      const pause = this.backOff ? this.pausedUntil - performance.now() : 0;
      if (pause > 0) {
        this.timer ??= setTimeout(() => ((this.timer = undefined), this.pump()), pause);
        return;
      }
      this.send(this.next());
    }
  }

  next() {
    const item = this.ready[this.head];
    this.ready[this.head++] = undefined;
    if (this.head > 4_096 && this.head * 2 > this.ready.length) {
      this.ready = this.ready.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  send(item) {
    this.underWay++;
    const settle = (status) => {
      this.underWay--;
      if (status >= 200 && status < 300) this.answered(item, 'accepted');
      else if (status >= 400 && status < 500 && status !== 408 && status !== 429) this.answered(item, 'refused');
      else this.again(item);
      this.pump();
    };
    const headers = ['content-type', 'application/json'];
    this.pool.dispatch({ path: this.path, method: 'POST', headers, body: item.body }, new StatusOnly(settle));
  }

  again(item) {
    if (this.pausedUntil <= performance.now()) {
      this.backOff = Math.min(500, this.backOff ? this.backOff * 2 : 50);
      this.pausedUntil = performance.now() + this.backOff;
    }
    if (this.head > 0) this.ready[--this.head] = item;
    else this.ready.unshift(item);
  }

  answered(item, what) {
    this.backOff = 0;
    const waiting = this.cases.get(item.key);
    if (what === 'refused') {
      this.blocked.add(item.key);
      this.cases.delete(item.key);
      for (const held of waiting ?? []) this.settle(held, 'held');
    } else if (waiting === null) this.cases.delete(item.key);
    else {
      this.ready.push(waiting.shift());
      if (waiting.length === 0) this.cases.set(item.key, null);
    }
    this.settle(item, what);
  }

  settle(item, what) {
    this.outstanding--;
    this.onOutcome(item, what);
  }
}
