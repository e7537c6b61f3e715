import type { PartnerAnswer } from '#domain';
import { memberOf } from '#domain';
import type { Endpoint, TokenLogin } from '#wire';

import type { SendContext } from '../connector.js';
import { secretOr } from '../http/secret-or.js';
import { PortalSession, type LogInContext } from '../national-portal/session.js';
import type { KnownHttp } from './known-http.js';

/** What a request carries so that it is let in. Never part of the item. */
export interface Entitled {
  headers: string[];
  query: Record<string, string>;
  body: Record<string, string>;
}

type Login = Endpoint['login'];
type Context = Pick<SendContext, 'contract' | 'timeoutMs' | 'secret'>;

const nothing: Entitled = { headers: [], query: {}, body: {} };

/** One login for all requests of a connector, by the way that the file says. */
export class DeclaredLogin {
  private readonly token: { login: TokenLogin; session: PortalSession } | undefined;

  constructor(
    private readonly login: Login,
    private readonly http: KnownHttp,
    lifetimeMs: (lasts: string) => number,
  ) {
    if (login?.kind !== 'token') return;
    if ((login.secretField === undefined) === (login.username === undefined))
      throw new Error('agency file: endpoint.login of kind token needs either secretField or username');
    const session = new PortalSession(
      (context) => this.logIn(login, context),
      lifetimeMs(login.lasts),
      () => performance.now(),
    );
    this.token = { login, session };
  }

  /**
   * A login that can't be done leaves the item unsent: no lane falls into doubt over it. The session that an answer turns
   * away is forgotten, and no newer one: whoever sends next logs in again.
   */
  async entitled(
    context: Context,
    sending: (entitled: Entitled, timeoutMs: number) => Promise<PartnerAnswer>,
    isOver: (answer: PartnerAnswer) => boolean,
  ): Promise<PartnerAnswer> {
    const { login, token } = this;
    const send = (entitled: Entitled): Promise<PartnerAnswer> => sending(entitled, context.timeoutMs);
    if (!login) return send(nothing);
    if (token) {
      const asked = performance.now();
      const opened = await token.session.open(context);
      if (opened.kind !== 'open') return opened;
      const left = context.timeoutMs - (performance.now() - asked);
      if (left <= 0) return { kind: 'unsent', reason: 'login took all the time' };
      const answer = await sending(carrying(token.login.send, opened.token), left);
      if (isOver(answer)) token.session.forget(opened.token);
      return answer;
    }
    switch (login.kind) {
      case 'bearer':
        return secretOr(context, login.secret, (secret) => send(carrying({ as: 'bearer' }, secret)));
      case 'header':
        return secretOr(context, login.secret, (secret) => send(carrying({ as: 'header', name: login.name }, secret)));
      case 'query':
        return secretOr(context, login.secret, (secret) => send(carrying({ as: 'query', name: login.name }, secret)));
      case 'body-key':
        return secretOr(context, login.secret, (secret) => send(carrying({ as: 'body', name: login.field }, secret)));
      case 'basic':
        return secretOr(context, login.secret, (secret) =>
          send({ ...nothing, headers: basic(login.username, secret) }),
        );
      case 'mtls':
        return send(nothing);
      default:
        throw new Error(`agency file: protocol http knows no login ${login.kind}`);
    }
  }

  private logIn(login: TokenLogin, context: LogInContext): Promise<PartnerAnswer> {
    return secretOr(context, login.secret, async (secret) => {
      const { path, secretField, username, encoding } = login;
      const fields = { ...login.fields, ...(secretField === undefined ? {} : { [secretField]: secret }) };
      const isForm = encoding === 'form';
      const named = username === undefined ? [] : basic(username, secret);
      const answer = await this.http.request(
        context,
        'POST',
        {
          path,
          headers: ['accept', 'application/json', 'content-type', isForm ? FORM : 'application/json', ...named],
          timeoutMs: context.timeoutMs,
        },
        isForm ? new URLSearchParams(fields).toString() : JSON.stringify(fields),
      );
      if (answer.kind !== 'answered') return answer;
      const token = memberOf(answer.json, login.at);
      return { ...answerOf(answer), json: isToken(token) ? { session: token } : {} };
    });
  }
}

export const FORM = 'application/x-www-form-urlencoded';

const basic = (username: string, secret: string): string[] => [
  'authorization',
  `Basic ${Buffer.from(`${username}:${secret}`, 'utf8').toString('base64')}`,
];

/** What no header can hold would be kept as a session, and turn every request away until it is over. */
const isToken = (token: unknown): token is string => typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);

const answerOf = ({ kind, status, contentType, text }: Extract<PartnerAnswer, { kind: 'answered' }>) => ({
  kind,
  status,
  contentType,
  text,
});

function carrying(send: TokenLogin['send'], token: string): Entitled {
  switch (send.as) {
    case 'bearer':
      return { ...nothing, headers: ['authorization', `Bearer ${token}`] };
    case 'header':
      return { ...nothing, headers: [send.name, token] };
    case 'body':
      return { ...nothing, body: { [send.name]: token } };
    case 'query':
      return { ...nothing, query: { [send.name]: token } };
  }
}
