import { classifyReply, type LookUp, type PartnerAnswer } from '#domain';
import { normalForm, shortType, type CaseApplication, type ContractVersion, type Json } from '#wire';

import type {
  Collected,
  Connector,
  OutgoingEvent,
  Prepared,
  PreparedItem,
  ReadFile,
  SendContext,
  ShowCase,
} from '../connector.js';
import { answersFor, caseNames } from '../http/answers-for.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { secretOr } from '../http/secret-or.js';
import { resultShown } from '../lines/shown.js';
import { endpointOf, refuseOtherSettings, setting } from '../settings.js';
import { mapApplication, type ApplicationWording } from './map-application.js';
import { readResult, rowOf } from './read-result.js';

/** Flow (c) as reply rows name it: accepted = readable, refused = no such case. */
const pollOperation = 'ket-qua';

const headers = ['accept', 'application/json', 'content-type', 'application/json; charset=utf-8'];
/** Under these an answer names its case. */
const names = caseNames('maHoSoMCDT');

type AskContext = Pick<SendContext, 'contract' | 'timeoutMs' | 'secret'>;

/** A record is a scanned or signed PDF inside JSON: a third longer than its bytes. */
const longestResult = 24 * 1024 * 1024;

/** Judicial records, second interface, version of 2024: flows (b) out and (c) back. The key is put into the body only here. */
export class LltpConnector implements Connector {
  private readonly http: PartnerHttp;
  private readonly keyField: string;
  private readonly secretName: string;
  private readonly paths: { send: string; poll: string };
  private readonly wording: ApplicationWording;

  constructor(
    contract: ContractVersion,
    private readonly now: () => number = Date.now,
  ) {
    const { baseUrl, login } = endpointOf(contract, 'body-key');
    refuseOtherSettings(contract, ['sendPath', 'pollPath', 'portalSource', 'counterSource', 'mandateFields']);
    this.keyField = login.field;
    this.secretName = login.secret;
    this.paths = { send: setting(contract, 'sendPath'), poll: setting(contract, 'pollPath') };
    this.wording = {
      portalSource: setting(contract, 'portalSource'),
      counterSource: setting(contract, 'counterSource'),
      mandateFlat: contract.settings?.['mandateFields'] === 'flat',
    };
    this.http = new PartnerHttp(baseUrl, boundsOf(contract));
  }

  prepare(event: OutgoingEvent, _contract: ContractVersion, file: ReadFile): Promise<Prepared> {
    return mapApplication(event, this.wording, file);
  }

  async send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    const answer = await this.post(this.paths.send, prepared.item as object, context);
    return answersFor(names, answer, () => [event.caseCode]);
  }

  /**
   * A case that is there was put there by the doubtful `case.received`: nothing else of ours can. Of a supplement it
   * proves nothing: the interface shows a status, which a clerk may have moved as well.
   */
  async lookUp(_prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<LookUp> {
    if (!context.contract.lookUp) return { kind: 'unknown' };
    const answer = await this.poll(event.caseCode, event.application.province.code, context);
    const reply = classifyReply(answer, pollOperation, context.contract.replies);
    switch (reply.kind) {
      case 'refused':
        return { kind: 'not-held' };
      case 'accepted': {
        const isThere = answer.kind === 'answered' && rowOf(answer.json, event.caseCode) !== undefined;
        return { kind: isThere && shortType(event.type) === 'case.received' ? 'held' : 'unknown' };
      }
      default:
        return { kind: 'busy', reason: `look-up: ${'reason' in reply ? reply.reason : reply.kind}` };
    }
  }

  async collect(caseCode: string, application: CaseApplication, context: SendContext): Promise<Collected> {
    const answer = await this.poll(caseCode, application.province.code, context);
    const reply = classifyReply(answer, pollOperation, context.contract.replies);
    if (reply.kind === 'refused') return { kind: 'not-yet' };
    if (reply.kind !== 'accepted' || answer.kind !== 'answered') {
      return { kind: 'busy', reason: 'reason' in reply ? reply.reason : reply.kind };
    }
    const collected = readResult(answer.json, caseCode, this.now());
    return collected.kind === 'reported'
      ? { kind: 'reported', reports: collected.reports.map((report) => ({ ...report, came: answer.json })) }
      : collected;
  }

  readonly shows = ['status', 'resultNumber', 'resultFile', 'resultStands'] as const;

  /** Its status as the row says it; a record only once its document is there. */
  readonly showCase: ShowCase = async (caseCode, { province }, context) => {
    const answer = await this.poll(caseCode, province.code, context);
    const reply = classifyReply(answer, pollOperation, context.contract.replies);
    if (reply.kind === 'refused') return { kind: 'absent' };
    if (reply.kind !== 'accepted' || answer.kind !== 'answered')
      return { kind: 'busy', reason: 'reason' in reply ? reply.reason : reply.kind };
    const row = rowOf(answer.json, caseCode);
    if (!row) return { kind: 'absent' };
    const status = normalForm('status', row['trangThaiXuLy'] as Json);
    const read = readResult(answer.json, caseCode, this.now());
    if (status === undefined || status === null) return { kind: 'busy', reason: 'the answer’s status can’t be read' };
    if (read.kind === 'busy') return read;
    return { kind: 'shown', fields: { status, ...resultShown(read.kind === 'reported' ? read.reports : []) } };
  };

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }

  private poll(caseCode: string, maTinh: string, context: AskContext): Promise<PartnerAnswer> {
    return this.post(this.paths.poll, { maTinh, maHoSoMCDT: caseCode }, context, longestResult);
  }

  private post(path: string, body: object, context: AskContext, maxBytes?: number): Promise<PartnerAnswer> {
    return secretOr(context, this.secretName, (key) =>
      this.http.post({
        path,
        headers,
        body: JSON.stringify({ [this.keyField]: key, ...body }),
        timeoutMs: context.timeoutMs,
        ...(maxBytes === undefined ? {} : { maxBytes }),
      }),
    );
  }
}
