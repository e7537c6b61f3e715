import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Arrival, Book, PartnerTerms, Question } from '../evidence.js';
import { fateOf, isRefused, type Behaviour, type Fate } from './behaviour.js';
import { markIn } from './mark.js';

const MISSING_ROW_EVERY = 40;

/** One partner system: takes items by POST, tells by GET whether it holds a key, and keeps its own book of all that came. */
export class Partner {
  readonly arrivals: Arrival[] = [];
  readonly questions: Question[] = [];
  private behaviour: Behaviour = { kind: 'ok' };
  private readonly held = new Set<string>();
  private requests = 0;

  private constructor(
    readonly terms: PartnerTerms,
    private readonly server: Server,
  ) {
    server.on('request', (request, response) => void this.take(request, response));
  }

  static async listen(terms: PartnerTerms): Promise<Partner> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const partner = new Partner(terms, server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return partner;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  behave(behaviour: Behaviour): void {
    this.behaviour = behaviour;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  book(): Book {
    return { ...this.terms, arrivals: this.arrivals, questions: this.questions };
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = now();
    const { behaviour } = this;
    const fate = fateOf(behaviour, ++this.requests);
    try {
      if (request.method === 'GET') return this.tell(at, request, response, fate);
      const body = await textOf(request);
      const arrivals = itemsOf(body, request).map((item) => this.enter(item, at, fate, behaviour));
      const end = (): void => {
        for (const arrival of arrivals) arrival.over ??= now();
      };
      response.once('close', end);
      if (fate.neverAnswers) return;
      await pause(fate.afterMs);
      const several = body.startsWith('[');
      const status = fate.status !== 200 ? fate.status : several ? 200 : (arrivals[0]?.answer ?? 200);
      this.answer(response, fate, status, several ? { rows: this.rows(arrivals, behaviour) } : { status }, end);
    } catch {
      // The caller is gone: what was entered stays in the book.
    }
  }

  private enter(item: Item, at: number, fate: Fate, behaviour: Behaviour): Arrival {
    const { key, text } = item;
    const eventId = key.slice(0, key.lastIndexOf('.'));
    const effect = !fate.does
      ? 'none'
      : isRefused(behaviour, eventId)
        ? 'refused'
        : this.held.has(key) && this.terms.knowsKeys
          ? 'repeat'
          : 'applied';
    if (effect === 'applied') this.held.add(key);
    const arrival: Arrival = {
      at,
      over: null,
      request: this.requests,
      key,
      eventId,
      ...markIn(text),
      bytes: createHash('sha256').update(text).digest('hex').slice(0, 16),
      effect,
      answer: fate.neverAnswers || fate.cut ? null : effect === 'refused' ? 422 : fate.status,
    };
    this.arrivals.push(arrival);
    return arrival;
  }

  private rows(arrivals: Arrival[], { kind }: Behaviour): { key: string; status: number }[] {
    const rows = arrivals.map(({ key, answer }) => ({ key, status: answer ?? 200 }));
    if (kind !== 'shuffled') return rows;
    const missing = this.requests % MISSING_ROW_EVERY === 0 ? rows.shift() : undefined;
    for (const arrival of arrivals) if (missing && arrival.key === missing.key) arrival.answer = null;
    return rows.reverse();
  }

  private answer(response: ServerResponse, fate: Fate, status: number, json: object, end: () => void): void {
    const text = JSON.stringify(json);
    if (fate.cut === 'none') response.socket?.resetAndDestroy();
    else {
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      if (fate.cut === 'half') response.write(text.slice(0, text.length / 2), () => response.socket?.resetAndDestroy());
      else {
        // Before the caller can know: what it sends after this answer is later than its end.
        end();
        response.end(text);
      }
    }
  }

  private tell(at: number, request: IncomingMessage, response: ServerResponse, fate: Fate): void {
    const key = decodeURIComponent(request.url?.split('/').pop() ?? '');
    const answers = fate.status === 200 && !fate.neverAnswers && fate.cut !== 'none';
    const status = fate.status !== 200 ? fate.status : this.held.has(key) ? 200 : 404;
    this.questions.push({ at, key, answer: answers ? status : null });
    if (fate.neverAnswers) return;
    setTimeout(() => this.answer(response, fate, status, { key }, () => undefined), fate.afterMs);
  }
}

interface Item {
  key: string;
  text: string;
}

/** Several items are told apart by the keys in the header, in their order; each item's own bytes are what is compared. */
function itemsOf(body: string, request: IncomingMessage): Item[] {
  const keys = String(request.headers['idempotency-key'] ?? '').split(', ');
  if (!body.startsWith('[')) return [{ key: keys[0] ?? '', text: body }];
  return (JSON.parse(body) as unknown[]).map((item, i) => ({ key: keys[i] ?? '', text: JSON.stringify(item) }));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const now = (): number => performance.timeOrigin + performance.now();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
