import { randomUUID } from 'node:crypto';

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
