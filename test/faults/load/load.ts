import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import type { SentEvent } from '../evidence.js';
import type { PlannedCase, PlannedEvent } from './planned-case.js';

const CLIENTS = 16;
/** Cases of one client that are under way side by side: a lane's next event follows about a second later. */
const AT_ONCE = 8;
const ANSWER_WITHIN_MS = 5_000;
const AGAIN_AFTER_MS = 150;
const GIVES_UP_AFTER_MS = 180_000;

/**
 * Clients that enter events over HTTP at a steady rate and note every answer. What isn't answered, or answered with a
 * failure of the hub's, is sent again under the same key until it is; a case's next event waits for that.
 */
export class Load {
  readonly sent: SentEvent[] = [];
  private readonly pool: Pool;
  private readonly clients: Promise<void>[];
  private cases = 0;
  private nextSlot = 0;
  private answered = 0;
  private stopped = false;

  constructor(
    private readonly to: { port: number; key: string },
    private readonly perSecond: number,
    private readonly caseOf: (n: number) => PlannedCase,
  ) {
    this.pool = new Pool(`http://127.0.0.1:${to.port}`, {
      connections: CLIENTS * 2,
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: ANSWER_WITHIN_MS,
    });
    this.clients = Array.from({ length: CLIENTS }, () => this.client());
  }

  /** Events that intake has answered for. */
  get entered(): number {
    return this.answered;
  }

  /** No further event; resolves when each one under way has its answer. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
    if (!this.pool.closed) await this.pool.close();
  }

  private async client(): Promise<void> {
    let open: PlannedCase[] = [];
    while (!this.stopped) {
      while (open.length < AT_ONCE) open.push(this.caseOf(this.cases++));
      for (const one of open) {
        await this.turn();
        if (this.stopped) return;
        if (!(await this.enter(one.code, one.events.shift()!))) one.events = [];
      }
      open = open.filter(({ events }) => events.length > 0);
    }
  }

  /** The rate is held over all clients; time lost isn't made up for by a burst. */
  private async turn(): Promise<void> {
    const now = performance.now();
    this.nextSlot = Math.max(this.nextSlot + 1_000 / this.perSecond, now);
    if (this.nextSlot > now) await pause(this.nextSlot - now);
  }

  /** Whether the hub has it. */
  private async enter(code: string, { nth, type, path, body }: PlannedEvent): Promise<boolean> {
    const firstSentAt = epoch();
    const sent: SentEvent = {
      ...{ code, nth, type, firstSentAt, lastSentAt: firstSentAt },
      ...{ answeredAt: null, status: null, eventId: null, sequence: null, hash: null },
    };
    this.sent.push(sent);
    while (epoch() - firstSentAt < GIVES_UP_AFTER_MS) {
      sent.lastSentAt = epoch();
      const answer = await this.post(path, body).catch(() => undefined);
      if (answer && answer.status < 500 && answer.status !== 429) {
        const { status, json } = answer;
        Object.assign(sent, { status, answeredAt: epoch() });
        if (status !== 202 && status !== 200) return false;
        const { eventId, sequence, hash } = json as { eventId: string; sequence: number; hash: string };
        Object.assign(sent, { eventId, sequence, hash });
        this.answered++;
        return true;
      }
      await pause(AGAIN_AFTER_MS);
    }
    return false;
  }

  private async post(path: string, body: string): Promise<{ status: number; json: unknown }> {
    const answer = await this.pool.request({
      method: 'POST',
      path,
      headers: { authorization: `Bearer ${this.to.key}`, 'content-type': 'application/json' },
      body,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, json: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }
}

const epoch = (): number => performance.timeOrigin + performance.now();
