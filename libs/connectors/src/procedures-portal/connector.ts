import { classifyReply, durationMs, type PartnerAnswer } from '#domain';
import type { ContractVersion } from '#wire';

import type { CatalogueAnswer, Connector, ProcedureAnswer, SendContext } from '../connector.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { secretOr } from '../http/secret-or.js';
import { PortalSession } from '../national-portal/session.js';
import { carriesNoCases } from '../procedures/carries-no-cases.js';
import { given, isMembers, wholeOf } from '../procedures/members.js';
import { endpointOf, refuseOtherSettings, setting } from '../settings.js';
import { factsOf, isPublic, listedOf, resultOf } from './read-procedure.js';

const jsonHeaders = [
  'accept',
  'application/json',
  'content-type',
  'application/json; charset=utf-8',
  'charset',
  'utf-8',
];
/** Catalogues of this family come whole, without pages. */
const listLimit = 64 * 1024 * 1024;

/** The portal's partner interface as a catalogue of procedures: LayDanhSachTTHC, LayThuTuc, keys in UPPERCASE. */
export class PortalProceduresConnector implements Connector {
  readonly prepare: Connector['prepare'];
  readonly send: Connector['send'];
  private readonly http: PartnerHttp;
  private readonly session: PortalSession;
  private readonly readPath: string;
  private readonly madonvi: string;
  private readonly headers: string[];

  constructor(contract: ContractVersion) {
    const { baseUrl, login } = endpointOf(contract, 'session');
    refuseOtherSettings(contract, ['loginPath', 'readPath', 'dstcode', 'madonvi', 'sessionFor']);
    ({ prepare: this.prepare, send: this.send } = carriesNoCases(contract));
    const loginPath = setting(contract, 'loginPath');
    this.readPath = setting(contract, 'readPath');
    this.madonvi = setting(contract, 'madonvi');
    this.headers = [...jsonHeaders, 'dstcode', setting(contract, 'dstcode')];
    this.http = new PartnerHttp(baseUrl, boundsOf(contract));
    this.session = new PortalSession(
      (context) =>
        secretOr(context, login.secret, (password) =>
          this.post(loginPath, { username: login.username, password }, context.timeoutMs),
        ),
      durationMs(setting(contract, 'sessionFor')),
      () => performance.now(),
    );
  }

  async pullCatalogue(context: SendContext): Promise<CatalogueAnswer> {
    const answered = await this.ask('LayDanhSachTTHC', {}, context);
    if (answered.kind === 'busy') return answered;
    return { kind: 'whole', ...wholeOf(answered.rows.filter(isPublic).map(listedOf)) };
  }

  async askProcedure(key: string, context: SendContext): Promise<ProcedureAnswer> {
    const answered = await this.ask('LayThuTuc', { maTTHC: key }, context);
    if (answered.kind === 'busy') return answered;
    const [row] = answered.rows;
    if (!isMembers(row)) return { kind: 'unknown' };
    if (listedOf({ TENTTHC: '-', ...row })?.code !== key)
      return { kind: 'busy', reason: 'the answer is for another procedure' };
    return { kind: 'detail', facts: given(factsOf(row)), raw: row as never };
  }

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }

  /** A session that ended is opened anew once: a question may be asked twice. */
  private async ask(
    service: string,
    rest: object,
    context: SendContext,
  ): Promise<{ kind: 'rows'; rows: unknown[] } | { kind: 'busy'; reason: string }> {
    const until = performance.now() + context.timeoutMs;
    for (let isAgain = false; ; isAgain = true) {
      const answer = await this.inSession(service, rest, { ...context, timeoutMs: until - performance.now() });
      const reply = classifyReply(answer, service, context.contract.replies);
      if (reply.kind === 'session-expired' && !isAgain) continue;
      const rows = reply.kind === 'accepted' && answer.kind === 'answered' ? resultOf(answer.json) : undefined;
      if (rows) return { kind: 'rows', rows };
      return { kind: 'busy', reason: reply.kind === 'accepted' ? 'an answer without rows' : said(reply) };
    }
  }

  private async inSession(service: string, rest: object, context: SendContext): Promise<PartnerAnswer> {
    const until = performance.now() + context.timeoutMs;
    const opened = await this.session.open(context);
    if (opened.kind !== 'open') return opened;
    const left = until - performance.now();
    if (left <= 0) return { kind: 'unsent', reason: 'login took all the time' };
    const body = { session: opened.token, madonvi: this.madonvi, service, ...rest };
    const answer = await this.post(this.readPath, body, left);
    if (classifyReply(answer, service, context.contract.replies).kind === 'session-expired')
      this.session.forget(opened.token);
    return answer;
  }

  private post(path: string, body: object, timeoutMs: number): Promise<PartnerAnswer> {
    return this.http.post({ path, headers: this.headers, body: JSON.stringify(body), timeoutMs, maxBytes: listLimit });
  }
}

const said = (reply: { kind: string; reason?: string }): string => reply.reason ?? reply.kind;
