import { classifyReply, type PartnerAnswer } from '#domain';

import type { SendContext } from '../connector.js';
import type { PartnerHttp } from '../http/partner-http.js';
import type { DeclaredLogin } from '../http-declared/login.js';

/** The calls as reply rows name them. */
export const call = {
  nextValue: 'GetNextValue',
  upload: 'upload',
  create: 'NoiHoSo',
  progress: 'CapNhatTienTrinh',
  status: 'CapNhatTrangThai',
} as const;
type Call = (typeof call)[keyof typeof call];

/** The calls of one attempt: they share its time, and each shows a token. */
export class Calls {
  private readonly until: number;

  constructor(
    private readonly http: PartnerHttp,
    private readonly login: DeclaredLogin,
    private readonly context: SendContext,
  ) {
    this.until = performance.now() + context.timeoutMs;
  }

  json(name: Call, path: string, body: unknown): Promise<PartnerAnswer> {
    return this.send(name, path, JSON.stringify(body), 'application/json; charset=utf-8');
  }

  async send(name: Call, path: string, body: string | Buffer, contentType: string): Promise<PartnerAnswer> {
    const late: PartnerAnswer = { kind: 'unsent', reason: `no time left for ${name}` };
    const left = (): number => this.until - performance.now();
    if (left() <= 0) return late;
    const context = { ...this.context, timeoutMs: left() };
    const ofThisCall = (answer: PartnerAnswer): PartnerAnswer =>
      answer.kind === 'answered' ? Object.assign(answer, { call: name }) : answer;
    const answer = await this.login.entitled(
      context,
      (entitled, timeoutMs) => {
        const headers = ['accept', 'application/json', 'content-type', contentType, ...entitled.headers];
        return this.http.post({ path, headers, body, timeoutMs });
      },
      (said) => this.meaningOf(ofThisCall(said)) === 'session-expired',
    );
    return ofThisCall(answer);
  }

  isAccepted(answer: PartnerAnswer): answer is Extract<PartnerAnswer, { kind: 'answered' }> {
    return answer.kind === 'answered' && this.meaningOf(answer) === 'accepted';
  }

  /**
   * What ends an attempt before the call that gives the item has left. Whatever was answered, or not, the item isn't in
   * doubt by it: only what says more than "not now" is handed on as it came.
   */
  stoppedBy(name: Call, answer: PartnerAnswer): PartnerAnswer {
    if (answer.kind !== 'answered') return { kind: 'unsent', reason: `${name}: ${answer.reason}` };
    if (['refused', 'busy', 'session-expired'].includes(this.meaningOf(answer))) return answer;
    return { kind: 'unsent', reason: `${name}: an answer that brings nothing (HTTP ${answer.status})` };
  }

  meaningOf(answer: PartnerAnswer): ReturnType<typeof classifyReply>['kind'] {
    return classifyReply(answer, '', this.context.contract.replies).kind;
  }
}
