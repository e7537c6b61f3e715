import { classifyReply, durationMs, type LookUp, type PartnerAnswer } from '#domain';
import { normalForm, shortType, type ContractVersion } from '#wire';

import type {
  BatchItem,
  Connector,
  OutgoingEvent,
  Prepared,
  PreparedItem,
  SendContext,
  ShowCase,
  SeveralAnswer,
} from '../connector.js';
import { answersFor, caseNames } from '../http/answers-for.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { secretOr } from '../http/secret-or.js';
import { endpointOf, refuseOtherSettings, setting } from '../settings.js';
import { caseOperation, catalogueOf, mapCase, type PortalCatalogue } from './map-case.js';
import { filedStatusOperation, mapFiledStatus } from './map-filed-status.js';
import { mapProgress, progressOperation } from './map-progress.js';
import { PortalSession } from './session.js';

const lookUpOperation = 'TraCuuHoSo';
const jsonHeaders = [
  ...['accept', 'application/json', 'content-type', 'application/json; charset=utf-8', 'charset', 'utf-8'],
];
/** Under these an answer names its case, in the interface's three styles. */
const names = caseNames('MaHoSo');

/** CapNhatTienDoHoSoMC takes no more; of DongBoHoSoMC no source says how many it takes. */
const mostItems = 10;

const known = [
  'loginPath',
  'sendPath',
  'readPath',
  'dstcode',
  'madonvi',
  'filesUrl',
  'sessionFor',
  'filedAt',
  'databases',
  'field.',
  'result.',
  'ownCodes',
];

/** The national portal's case sync in its session envelope (shape of 2025). */
export class NationalPortalConnector implements Connector {
  private readonly http: PartnerHttp;
  private readonly session: PortalSession;
  private readonly catalogue: PortalCatalogue;
  private readonly paths: { login: string; send: string; read: string };
  private readonly headers: string[];
  private readonly madonvi: string;
  private readonly ownCodes: string[];
  private readonly takesSeveral: boolean;

  constructor(contract: ContractVersion) {
    const { baseUrl, login } = endpointOf(contract, 'session');
    refuseOtherSettings(contract, known);
    const { itemsPerRequest = 1 } = contract.limits;
    if (itemsPerRequest > mostItems)
      throw new Error(`agency file: protocol national-portal takes at most ${mostItems} items a request`);
    this.takesSeveral = itemsPerRequest > 1;
    this.paths = {
      login: setting(contract, 'loginPath'),
      send: setting(contract, 'sendPath'),
      read: setting(contract, 'readPath'),
    };
    this.headers = [...jsonHeaders, 'dstcode', setting(contract, 'dstcode')];
    this.madonvi = setting(contract, 'madonvi');
    this.ownCodes = listOf(contract.settings?.['ownCodes']);
    this.catalogue = { filesUrl: setting(contract, 'filesUrl'), ...catalogueOf(contract) };
    this.http = new PartnerHttp(baseUrl, boundsOf(contract));
    this.session = new PortalSession(
      (context) =>
        secretOr(context, login.secret, (password) =>
          this.post(this.paths.login, { username: login.username, password }, context.timeoutMs),
        ),
      durationMs(setting(contract, 'sessionFor')),
      monotonic,
    );
  }

  prepare(event: OutgoingEvent): Promise<Prepared> {
    return Promise.resolve(this.map(event));
  }

  async send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    const envelope =
      prepared.operation === filedStatusOperation
        ? { type: '2', data: prepared.item }
        : { ...updating({ prepared, event, asUpdate: context.asUpdate }), data: [prepared.item] };
    const answer = await this.inSession(this.paths.send, prepared.operation, envelope, context);
    return answersFor(names, answer, () => [event.caseCode]);
  }

  /** An add and an update don't share a request: `isUpdating` is said once for all rows. */
  together(item: BatchItem): string | undefined {
    if (!this.takesSeveral || item.prepared.operation === filedStatusOperation) return undefined;
    return [item.prepared.operation, ...Object.values(updating(item))].join(' ');
  }

  /**
   * The portal answers for all rows at once, so its refusal or its "đã tồn tại" may be that of a single one. No source
   * says that a refused request left nothing behind: of a case sent again alone that does no harm (an add is told that it
   * is held, an update replaces itself), a progress row may come to stand there twice.
   */
  async sendSeveral(items: readonly BatchItem[], context: Several): Promise<SeveralAnswer> {
    const [first] = items;
    if (!first) throw new Error('no items to send');
    const envelope = { ...updating(first), data: items.map(({ prepared }) => prepared.item) };
    const answer = await this.inSession(this.paths.send, first.prepared.operation, envelope, context);
    return { kind: 'whole', answer: answersFor(names, answer, () => items.map(({ event }) => event.caseCode)) };
  }

  /**
   * TraCuuHoSo shows a status and nothing else, so it proves one way, and only where this item changed what is shown:
   * a case that wasn't there before, or a progress row to another status. A full update is never proved: sent again it
   * replaces itself, taken for held it might be lost.
   */
  async lookUp(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<LookUp> {
    if (!context.contract.lookUp) return { kind: 'unknown' };
    const answer = await this.ask(event.caseCode, context);
    const reply = classifyReply(answer, lookUpOperation, context.contract.replies);
    if (reply.kind !== 'accepted' || answer.kind !== 'answered') {
      return { kind: 'busy', reason: `look-up: ${'reason' in reply ? reply.reason : reply.kind}` };
    }
    const shown = statusShown(answer.json, event.caseCode);
    if (shown === 'no such case') return { kind: 'not-held' };
    const changedIt =
      prepared.operation === progressOperation || prepared.operation === filedStatusOperation
        ? event.acknowledgedStatus !== undefined && event.acknowledgedStatus !== event.status
        : shortType(event.type) === 'case.received' && !context.asUpdate && event.acknowledgedStatus === undefined;
    return { kind: changedIt && shown === event.status ? 'held' : 'unknown' };
  }

  readonly shows = ['status'] as const;

  /** TraCuuHoSo shows a status and nothing else. */
  readonly showCase: ShowCase = async (caseCode, _, context) => {
    const answer = await this.ask(caseCode, context);
    const reply = classifyReply(answer, lookUpOperation, context.contract.replies);
    if (reply.kind !== 'accepted' || answer.kind !== 'answered')
      return { kind: 'busy', reason: 'reason' in reply ? reply.reason : reply.kind };
    const shown = statusShown(answer.json, caseCode);
    if (shown === 'no such case') return { kind: 'absent' };
    const status = shown === undefined ? undefined : normalForm('status', shown);
    return status ? { kind: 'shown', fields: { status } } : { kind: 'busy', reason: 'the answer shows no status' };
  };

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }

  private map(event: OutgoingEvent): Prepared {
    const type = shortType(event.type);
    if (this.isOwn(event.caseCode)) return mapFiledStatus(event, this.catalogue.filesUrl);
    switch (type) {
      case 'case.received':
      case 'case.supplemented':
      case 'case.result-issued':
      case 'case.result-revoked':
        return mapCase(event, this.catalogue);
      case 'case.status-changed':
      case 'case.withdrawn':
        return mapProgress(event);
      default:
        return { kind: 'unmappable', reason: `this interface doesn't take ${type}` };
    }
  }

  /** Filed on the portal itself: its code is one of the portal's. */
  private isOwn(code: string): boolean {
    return this.ownCodes.some((prefix) => code.startsWith(prefix));
  }

  /** A session that ended is opened anew once: a question may be asked twice. */
  private async ask(caseCode: string, context: Several): Promise<PartnerAnswer> {
    const deadline = monotonic() + context.timeoutMs;
    const ask = (timeoutMs: number) =>
      this.inSession(this.paths.read, lookUpOperation, { mahoso: caseCode }, { ...context, timeoutMs });
    const answer = await ask(context.timeoutMs);
    const hasEnded = classifyReply(answer, lookUpOperation, context.contract.replies).kind === 'session-expired';
    return hasEnded ? ask(deadline - monotonic()) : answer;
  }

  /** The session is forgotten here, by the answer that turned it away; so the lane's resend opens a new one. */
  private async inSession(path: string, service: string, rest: object, context: Several): Promise<PartnerAnswer> {
    const deadline = monotonic() + context.timeoutMs;
    const opened = await this.session.open(context);
    if (opened.kind !== 'open') return opened;
    const left = deadline - monotonic();
    if (left <= 0) return { kind: 'unsent', reason: 'login took all the time' };
    const answer = await this.post(path, { session: opened.token, madonvi: this.madonvi, service, ...rest }, left);
    if (classifyReply(answer, service, context.contract.replies).kind === 'session-expired')
      this.session.forget(opened.token);
    return answer;
  }

  private post(path: string, body: object, timeoutMs: number): Promise<PartnerAnswer> {
    return this.http.post({
      path,
      headers: this.headers,
      body: JSON.stringify(body),
      timeoutMs,
    });
  }
}

type Several = Pick<SendContext, 'contract' | 'timeoutMs' | 'secret'>;

/** Progress rows have no `isUpdating`. */
function updating({ prepared, event, asUpdate }: Pick<BatchItem, 'prepared' | 'event' | 'asUpdate'>): {
  isUpdating?: 'True' | 'False';
} {
  if (prepared.operation !== caseOperation) return {};
  return { isUpdating: shortType(event.type) === 'case.received' && !asUpdate ? 'False' : 'True' };
}

const listOf = (text = ''): string[] => text.split(',').flatMap((part) => part.trim() || []);

const monotonic = (): number => performance.now();

/** The status that the portal shows for this case; undefined where its answer shows none. */
function statusShown(json: unknown, caseCode: string): number | 'no such case' | undefined {
  const result = json !== null && typeof json === 'object' ? (json as { result?: unknown }).result : undefined;
  if (!Array.isArray(result)) return undefined;
  if (result.length === 0) return 'no such case';
  const row = (result as (Record<string, unknown> | null)[]).find((each) => each?.['MAHOSO'] === caseCode);
  return row ? Number(row['TRANGTHAIHOSO']) : undefined;
}
