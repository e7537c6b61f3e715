import type { PartnerAnswer } from '#domain';

import type { SendContext } from '../connector.js';

/** What a login needs of the request that it is for. */
export type LogInContext = Pick<SendContext, 'contract' | 'timeoutMs' | 'secret'>;
export type LogIn = (context: LogInContext) => Promise<PartnerAnswer>;
export type Opened = { kind: 'open'; token: string } | Extract<PartnerAnswer, { kind: 'unsent' }>;

/** One session for all requests of a connector; requests that come while it is being opened wait for the same login. */
export class PortalSession {
  private token: { value: string; until: number } | undefined;
  private opening: Promise<Opened> | undefined;

  constructor(
    private readonly logIn: LogIn,
    private readonly lifetimeMs: number,
    private readonly now: () => number,
  ) {}

  open(context: LogInContext): Promise<Opened> {
    if (this.token && this.now() < this.token.until) return Promise.resolve({ kind: 'open', token: this.token.value });
    this.opening ??= this.begin(context).finally(() => (this.opening = undefined));
    return this.opening;
  }

  /** Only the session that was turned away: a newer one, opened meanwhile by another request, stays. */
  forget(token: string): void {
    if (this.token?.value === token) this.token = undefined;
  }

  /** Whatever the login's answer, the item hasn't left: 'unsent', so no lane falls into doubt over it. */
  private async begin(context: LogInContext): Promise<Opened> {
    const asked = this.now();
    const answer = await this.logIn(context);
    if (answer.kind !== 'answered') return { kind: 'unsent', reason: `login: ${answer.reason}` };
    const { session, error_code: code } = membersOf(answer.json);
    const isGiven = typeof session === 'string' && session !== '' && (code === undefined || code === 0 || code === '0');
    if (answer.status >= 300 || !isGiven)
      return { kind: 'unsent', reason: `login was refused (HTTP ${answer.status})` };
    this.token = { value: session, until: asked + this.lifetimeMs };
    return { kind: 'open', token: session };
  }
}

const membersOf = (json: unknown): { session?: unknown; error_code?: unknown } =>
  json !== null && typeof json === 'object' ? json : {};
