import { durationMs, type PartnerAnswer } from '#domain';
import type { ContractVersion } from '#wire';

import type { Connector, OutgoingEvent, Prepared, PreparedItem, ReadFile, SendContext } from '../connector.js';
import { answersFor, caseNames } from '../http/answers-for.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { KnownHttp } from '../http-declared/known-http.js';
import { DeclaredLogin } from '../http-declared/login.js';
import { refuseOtherSettings, setting } from '../settings.js';
import { filingDoor } from './filing-door.js';
import { mapReturn } from './map-return.js';

const headers = ['accept', 'application/json', 'content-type', 'application/json; charset=utf-8'];
/** Under these an answer names its case. */
const names = caseNames('maHoSoMCDT');
/** No source shows a login of flow (d); whatever a gateway in between wants goes into a header. */
const logins = ['bearer', 'header', 'token'];

/** Judicial records, second interface, flow (d): where a case stands, its result and its revocation, back to VNeID or the ministry. */
export class VneidConnector implements Connector {
  private readonly http: PartnerHttp;
  private readonly login: DeclaredLogin;
  private readonly path: string;

  constructor(contract: ContractVersion) {
    const { endpoint } = contract;
    if (!endpoint) throw new Error('agency file: protocol lltp-vneid needs an endpoint');
    if (endpoint.login && !logins.includes(endpoint.login.kind))
      throw new Error(`agency file: protocol lltp-vneid takes endpoint.login of kind ${logins.join(', ')}, or none`);
    if (contract.onDuplicate === 'update')
      throw new Error('agency file: protocol lltp-vneid has no update of what was told: onDuplicate is refuse');
    refuseOtherSettings(contract, ['sendPath']);
    filingDoor(contract);
    this.path = setting(contract, 'sendPath');
    this.http = new PartnerHttp(endpoint.baseUrl, boundsOf(contract));
    this.login = new DeclaredLogin(endpoint.login, new KnownHttp(this.http, endpoint), durationMs);
  }

  prepare(event: OutgoingEvent, _contract: ContractVersion, file: ReadFile): Promise<Prepared> {
    return mapReturn(event, file);
  }

  async send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    const body = JSON.stringify(prepared.item);
    const answer = await this.login.entitled(
      context,
      (entitled, timeoutMs) =>
        this.http.post({ path: this.path, headers: [...headers, ...entitled.headers], body, timeoutMs }),
      (said) => said.kind === 'answered' && said.status === 401,
    );
    return answersFor(names, answer, () => [event.caseCode]);
  }

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }
}
