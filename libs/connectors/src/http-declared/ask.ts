import { classifyReply, durationMs, type PartnerAnswer } from '#domain';
import type { ContractVersion, Json } from '#wire';

import type { SendContext, Unmade } from '../connector.js';
import type { AnswerWithBytes } from '../http/exchange.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { PRIVATE } from '../http/why-not.js';
import { MappingFault } from '../mapping/path.js';
import type { Scope } from '../mapping/scope.js';
import { encodeBody, UNMADE } from './encode-body.js';
import { KnownHttp } from './known-http.js';
import { DeclaredLogin, type Entitled } from './login.js';
import type { CompiledOperation } from './operations.js';
import { fileBytes } from './refuse-operation.js';

export type AskContext = Omit<SendContext, 'asUpdate' | 'key' | 'traceparent'>;

/** Nothing of it left, and no time will help. As an answer it is 'unsent', for those who can't say more. */
export class UnmadeAnswer {
  readonly kind = 'unsent';
  readonly reason: string;

  constructor(readonly why: string) {
    this.reason = `could not be sent: ${why}`;
  }
}

/** What the engine is told of it: an item for a person, with the reason. */
export const orUnmade = (answer: PartnerAnswer): PartnerAnswer | Unmade =>
  answer instanceof UnmadeAnswer ? { kind: 'unmade', reason: answer.why } : answer;

/** Makes and sends the requests of one contract, let in by its login. */
export class Asker {
  private readonly http: KnownHttp;
  private readonly login: DeclaredLogin;
  private readonly mostFile: number;
  private readonly base: URL;

  /** `longest`: of an answer that is no file; the usual bound unless said. */
  constructor(
    contract: ContractVersion,
    private readonly longest?: number,
  ) {
    const { endpoint, limits } = contract;
    if (!endpoint) throw new MappingFault('endpoint', 'protocol http needs one');
    if (endpoint.login?.kind === 'session')
      throw new MappingFault('endpoint.login', 'protocol http knows no session; use token');
    this.base = new URL(endpoint.baseUrl);
    this.http = new KnownHttp(new PartnerHttp(endpoint.baseUrl, { ...boundsOf(contract), readsXml: true }), endpoint);
    this.login = new DeclaredLogin(endpoint.login, this.http, durationMs);
    this.mostFile = fileBytes(limits.fileSize);
  }

  /** `says`: the answers that may say that the session is over; default: the answer itself. */
  async ask(
    operation: CompiledOperation,
    scope: Scope,
    context: AskContext,
    more: readonly string[] = [],
    says: (answer: PartnerAnswer) => readonly (PartnerAnswer | undefined)[] = (answer) => [answer],
    asBytes = false,
  ): Promise<PartnerAnswer> {
    const { given, secrets } = operation;
    const known = withSecrets(scope, secrets, context);
    if (typeof known === 'string')
      return { kind: 'unsent', reason: `could not be sent: the secret ${known} can't be read` };
    const parts = await operation.request(known);
    if (!parts) return new UnmadeAnswer(UNMADE);
    const { method = 'POST', encoding = 'json' } = given;
    const send = async (entitled: Entitled, timeoutMs: number): Promise<PartnerAnswer> => {
      const query = new URLSearchParams([...parts.query, ...Object.entries(entitled.query)]).toString();
      const path = query === '' ? parts.path : `${parts.path}${parts.path.includes('?') ? '&' : '?'}${query}`;
      const encoded = await this.encoded(parts.body, entitled, encoding, context, method);
      if (encoded.kind === 'unmade') return new UnmadeAnswer(encoded.reason);
      const ours = ['accept', encoding === 'xml' ? '*/*' : 'application/json', ...encoded.headers];
      const headers = [...without(ours, parts.headers), ...more, ...parts.headers, ...entitled.headers];
      const { longest } = this;
      const bounds = asBytes
        ? { maxBytes: this.mostFile, asBytes }
        : { ...(longest !== undefined && { maxBytes: longest }) };
      return operation.decode(
        await this.http.request(context, method, { path, headers, timeoutMs, ...bounds }, encoded.body),
      );
    };
    const answer = await this.login.entitled(context, send, (heard) =>
      says(heard).some((one) => one && isOver(operation, one, context)),
    );
    return answer.kind === 'unsent' && answer.reason.endsWith(PRIVATE) ? new UnmadeAnswer(PRIVATE) : answer;
  }

  /** What stands at an address that the partner gave us: below its own, or it isn't asked. */
  async download(address: string, context: AskContext): Promise<AnswerWithBytes | 'elsewhere'> {
    const path = this.pathOf(address);
    if (path === undefined) return 'elsewhere';
    const answer = await this.login.entitled(
      context,
      ({ headers, query }, timeoutMs) => {
        const asked = new URLSearchParams(query).toString();
        const whole = asked === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${asked}`;
        const request = { path: whole, headers: ['accept', '*/*', ...headers], timeoutMs };
        return this.http.request(context, 'GET', { ...request, maxBytes: this.mostFile, asBytes: true }, null);
      },
      (heard) => classifyReply(heard, '', context.contract.replies).kind === 'session-expired',
    );
    return answer;
  }

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }

  private async encoded(
    body: Json | undefined,
    { body: credentials }: Entitled,
    encoding: Parameters<typeof encodeBody>[2],
    { file }: AskContext,
    method: string,
  ): Promise<{ kind: 'made'; body: string | Buffer | null; headers: string[] } | { kind: 'unmade'; reason: string }> {
    if (body === undefined)
      return method === 'GET' ? { kind: 'made', body: null, headers: [] } : { kind: 'unmade', reason: UNMADE };
    const made = await encodeBody(body, credentials, encoding, file, this.mostFile);
    return made.kind === 'unmade' ? made : { kind: 'made', body: made.body, headers: ['content-type', made.type] };
  }

  /** Below the endpoint's address, so that no answer makes us ask anybody else. */
  private pathOf(address: string): string | undefined {
    const prefix = this.base.pathname.replace(/\/+$/, '');
    const url = URL.parse(address, `${this.base.origin}${prefix}/`);
    if (!url || url.origin !== this.base.origin || url.username !== '' || url.password !== '') return undefined;
    if (!url.pathname.startsWith(`${prefix}/`)) return undefined;
    return `${url.pathname.slice(prefix.length)}${url.search}`;
  }
}

export const isOver = ({ name }: CompiledOperation, answer: PartnerAnswer, { contract }: AskContext): boolean =>
  classifyReply(answer, name, contract.replies).kind === 'session-expired';

/** The name of the one that can't be read, or a scope that has them; nothing else may see it. */
function withSecrets(scope: Scope, names: readonly string[], context: AskContext): Scope | string {
  if (names.length === 0) return scope;
  const secret: Record<string, string> = {};
  for (const name of names)
    try {
      secret[name] = context.secret(name);
    } catch {
      return name;
    }
  return Object.create(scope, { root: { value: { ...scope.root, secret } } }) as Scope;
}

/** What the file says itself isn't said twice. */
function without(ours: readonly string[], theirs: readonly string[]): string[] {
  const said = new Set(theirs.filter((_, n) => n % 2 === 0).map((name) => name.toLowerCase()));
  return ours.filter((_, n) => !said.has(ours[n - (n % 2)]!));
}
