import { randomUUID } from 'node:crypto';

import type { FastifyInstance } from 'fastify';

/** Sessions live in memory and a fixed time from their login: a restart or an operator ends them all. */
export class Sessions {
  private readonly until = new Map<string, number>();
  lifetimeMs = 600_000;

  open(): string {
    const now = Date.now();
    for (const [session, until] of this.until) if (until <= now) this.until.delete(session);
    const session = randomUUID();
    this.until.set(session, now + this.lifetimeMs);
    return session;
  }

  isOpen(session: unknown): boolean {
    return typeof session === 'string' && (this.until.get(session) ?? 0) > Date.now();
  }

  /** How many were open. */
  endAll(): number {
    const open = this.until.size;
    this.until.clear();
    return open;
  }
}

/** A tester's handles on them: how long they last, and the end of all at once. */
export function sessionControl(app: FastifyInstance, sessions: Sessions): void {
  app.get('/sessions', () => ({ lifetimeMs: sessions.lifetimeMs }));
  app.put('/sessions', (request, reply) => {
    const { lifetimeMs } = request.body as { lifetimeMs?: unknown };
    if (typeof lifetimeMs !== 'number' || lifetimeMs < 0)
      return reply.code(400).send({ detail: 'lifetimeMs is milliseconds' });
    sessions.lifetimeMs = lifetimeMs;
    return { lifetimeMs };
  });
  app.delete('/sessions', () => ({ ended: sessions.endAll() }));
}
