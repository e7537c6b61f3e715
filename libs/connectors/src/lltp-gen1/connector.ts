import { classifyReply, durationMs, type LookUp, type PartnerAnswer, type Reply } from '#domain';
import type { CaseApplication, ContractVersion, Json } from '#wire';

import type { Collected, Connector, Listed, OutgoingEvent, Prepared, PreparedItem, SendContext } from '../connector.js';
import { answersFor, caseNames } from '../http/answers-for.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { KnownHttp } from '../http-declared/known-http.js';
import { DeclaredLogin } from '../http-declared/login.js';
import { codeTables, type Translate } from '../mapping/code-tables.js';
import { endpointOf, refuseOtherSettings, setting } from '../settings.js';
import { mapRegistration, type Catalogues, type RegistrationWording } from './map-registration.js';
import { readStatus, readStatusList } from './read-statuses.js';

const askFunction = 'traTrangThaiHs';
const listFunction = 'traDsTrangThaiHs';
const takenFunction = 'danhDauHsThanhCong';
/** What traTrangThaiHs is told of cases that came through a one-stop. */
const throughOneStop = 2;
/** Statuses, in what is asked for and in what is taken. */
const statuses = 2;

/** Under these an answer names its case. */
const names = caseNames('RECEIVE_NO', 'idReceivedDec');
/** The list isn't paged. */
const longestList = 24 * 1024 * 1024;
const tokenTries = 2;

const needed = ['sex', 'nationality', 'ethnicity', 'identityPaper', 'declareType', 'objectRequest', 'status'] as const;

/** Judicial records, first interface: one POST a function behind an exchange platform's token. */
export class LltpFirstConnector implements Connector {
  private readonly http: PartnerHttp;
  private readonly login: DeclaredLogin;
  private readonly path: string;
  private readonly wording: RegistrationWording;
  private readonly catalogues: Catalogues & { status: Translate };

  constructor(
    contract: ContractVersion,
    private readonly now: () => number = Date.now,
  ) {
    const { baseUrl, login } = endpointOf(contract, 'token');
    refuseOtherSettings(contract, ['path', 'formSuffix', 'ministryJustice', 'vietnam']);
    const suffix = setting(contract, 'formSuffix');
    if (suffix !== 'WSForm' && suffix !== 'Form') throw new Error('agency file: settings.formSuffix is WSForm or Form');
    const ministryJustice = Number(setting(contract, 'ministryJustice'));
    if (!Number.isInteger(ministryJustice)) throw new Error('agency file: settings.ministryJustice is a number');
    this.path = setting(contract, 'path');
    this.wording = { suffix, ministryJustice, vietnam: setting(contract, 'vietnam') };
    this.catalogues = cataloguesOf(contract);
    this.http = new PartnerHttp(baseUrl, boundsOf(contract));
    this.login = new DeclaredLogin(login, new KnownHttp(this.http, { baseUrl, login }), durationMs);
  }

  prepare(event: OutgoingEvent): Promise<Prepared> {
    return Promise.resolve(mapRegistration(event, this.catalogues, this.wording));
  }

  async send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    const answer = await this.call(prepared.operation, prepared.item, context);
    return answersFor(names, answer, () => [event.caseCode]);
  }

  /** A case that is there was put there by the doubtful `case.received`: nothing else of ours can. */
  async lookUp(_prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<LookUp> {
    if (!context.contract.lookUp) return { kind: 'unknown' };
    const { answer, reply } = await this.ask(event.caseCode, context);
    if (reply.kind === 'refused') return { kind: 'not-held' };
    if (reply.kind !== 'accepted') return { kind: 'busy', reason: `look-up: ${reasonOf(reply)}` };
    return { kind: this.statusIn(answer, event.caseCode) ? 'held' : 'unknown' };
  }

  async collect(caseCode: string, _application: CaseApplication, context: SendContext): Promise<Collected> {
    const { answer, reply } = await this.ask(caseCode, context);
    if (reply.kind === 'refused') return { kind: 'not-yet' };
    if (reply.kind !== 'accepted') return { kind: 'busy', reason: reasonOf(reply) };
    const report = this.statusIn(answer, caseCode);
    return report ? { kind: 'reported', reports: [report] } : { kind: 'not-yet' };
  }

  /** All that isn't acknowledged, every time: there is no cursor, the acknowledgement is what moves on. */
  async collectList(_cursor: string | undefined, context: SendContext): Promise<Listed> {
    const { answer, reply } = await this.question(listFunction, { infoType: statuses }, context, longestList);
    if (reply.kind !== 'accepted') return { kind: 'busy', reason: reasonOf(reply) };
    const list = answer.kind === 'answered' && readStatusList(answer.json, this.catalogues.status, this.now());
    if (!list) return { kind: 'busy', reason: "the answer's LISTCONTENT can't be read" };
    const { reports, taken } = list;
    const acknowledge = { declarationId: taken.join(';'), infoType: statuses };
    return { kind: 'page', reports, more: false, ...(taken.length > 0 ? { acknowledge } : {}) };
  }

  async acknowledgeList(acknowledge: Json, context: SendContext): Promise<PartnerAnswer> {
    const { answer } = await this.question(takenFunction, acknowledge, context);
    return answer;
  }

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }

  private ask(caseCode: string, context: SendContext): Promise<{ answer: PartnerAnswer; reply: Reply }> {
    return this.question(askFunction, { idReceivedDec: caseCode, infoType: throughOneStop }, context);
  }

  private statusIn(answer: PartnerAnswer, caseCode: string) {
    return answer.kind === 'answered'
      ? readStatus(answer.json, caseCode, this.catalogues.status, this.now())
      : undefined;
  }

  /** A token that ended meanwhile is fetched anew at once: nothing is changed by asking twice. */
  private async question(
    name: string,
    body: Json,
    context: SendContext,
    maxBytes?: number,
  ): Promise<{ answer: PartnerAnswer; reply: Reply }> {
    for (let tried = 1; ; tried++) {
      const answer = await this.call(name, body, context, maxBytes);
      const reply = classifyReply(answer, name, context.contract.replies);
      if (reply.kind !== 'session-expired' || tried === tokenTries) return { answer, reply };
    }
  }

  private call(name: string, body: Json, context: SendContext, maxBytes?: number): Promise<PartnerAnswer> {
    const { replies } = context.contract;
    const send = async ({ headers }: { headers: string[] }, timeoutMs: number): Promise<PartnerAnswer> => {
      const answer = await this.http.post({
        path: `${this.path}/${name}`,
        headers: [...headers, 'accept', 'application/json', 'content-type', 'application/json; charset=utf-8'],
        body: JSON.stringify(body),
        timeoutMs,
        ...(maxBytes === undefined ? {} : { maxBytes }),
      });
      return answer.kind === 'answered' ? Object.assign(answer, { call: name }) : answer;
    };
    return this.login.entitled(context, send, (answer) => {
      return classifyReply(answer, name, replies).kind === 'session-expired';
    });
  }
}

function cataloguesOf({ codeTables: given = {} }: ContractVersion): Catalogues & { status: Translate } {
  const tables = codeTables(given);
  const strange = [...tables.keys()].find((name) => name !== 'region' && !needed.some((one) => one === name));
  if (strange !== undefined) throw new Error(`agency file: protocol lltp-gen1 knows no codeTables.${strange}`);
  const found = Object.fromEntries(
    needed.map((name) => {
      const table = tables.get(name);
      if (!table) throw new Error(`agency file: protocol lltp-gen1 needs codeTables.${name}`);
      return [name, table];
    }),
  ) as Record<(typeof needed)[number], Translate>;
  const region = tables.get('region');
  return { ...found, ...(region ? { region } : {}) };
}

const reasonOf = (reply: Reply): string => ('reason' in reply ? reply.reason : reply.kind);
