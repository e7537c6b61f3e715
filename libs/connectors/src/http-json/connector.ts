import type { LookUp, PartnerAnswer } from '#domain';
import type { ContractVersion, Json } from '#wire';

import type {
  BatchItem,
  Connector,
  OutgoingEvent,
  Prepared,
  PreparedItem,
  SendContext,
  SeveralAnswer,
} from '../connector.js';
import { answersFor, caseNames, namesAnother, otherCase, type CaseNames } from '../http/answers-for.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { secretOr } from '../http/secret-or.js';
import { refuseOtherSettings } from '../settings.js';
import { keyOf, rowsOf, rowSettings, type RowSettings } from './rows.js';

const operation = 'events';
const jsonHeaders = ['accept', 'application/json', 'content-type', 'application/json'];

type Several = Omit<SendContext, 'asUpdate' | 'key' | 'traceparent'>;

/**
 * A pass-through contract: one item is the event's payload, byte for byte as the ledger keeps it, POSTed to the
 * endpoint's own address; several are an array of them.
 */
export class HttpJsonConnector implements Connector {
  readonly reads = 'event';
  /** There only where the contract names an address to ask at. */
  readonly lookUp?: NonNullable<Connector['lookUp']>;
  private readonly http: PartnerHttp;
  private readonly path: string;
  private readonly secretName: string | undefined;
  private readonly rows: RowSettings;
  private readonly names: CaseNames;
  private readonly takesSeveral: boolean;

  constructor(contract: ContractVersion) {
    const { endpoint, limits, settings } = contract;
    if (!endpoint) throw new Error('agency file: protocol http-json needs an endpoint');
    if (endpoint.login && endpoint.login.kind !== 'bearer')
      throw new Error('agency file: protocol http-json knows no login but bearer');
    refuseOtherSettings(contract, ['rowsAt', 'rowKey', 'itemKey', 'lookUpPath']);
    const address = new URL(endpoint.baseUrl);
    this.path = address.pathname + address.search;
    this.secretName = endpoint.login?.secret;
    this.rows = rowSettings(contract);
    this.names = caseNames('caseCode', 'eventId', ...(this.rows.rowKey === undefined ? [] : [this.rows.rowKey]));
    this.takesSeveral = (limits.itemsPerRequest ?? 1) > 1;
    this.http = new PartnerHttp(address.origin, boundsOf(contract));
    const lookUpPath = settings?.['lookUpPath'];
    if (lookUpPath !== undefined) this.lookUp = (_, event, context) => this.ask(lookUpPath, event, context);
  }

  prepare(event: OutgoingEvent): Promise<Prepared> {
    return Promise.resolve({ kind: 'prepared', prepared: new PassedThrough(event) });
  }

  async send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    const trace = context.traceparent === undefined ? [] : ['traceparent', context.traceparent];
    const answer = await this.post(textOf(prepared), context, ['idempotency-key', context.key, ...trace]);
    return this.answering(answer, event, context.key);
  }

  /** An item without a key of its own goes alone: no row could be matched with it. */
  together(item: BatchItem): string | undefined {
    return this.takesSeveral && keyOf(item, this.rows) !== undefined ? operation : undefined;
  }

  /** Where items carry no key of their own, the partner learns their keys from the header, in the items' order. */
  async sendSeveral(items: readonly BatchItem[], context: Several): Promise<SeveralAnswer> {
    const keys = this.rows.itemKey === undefined ? ['idempotency-key', items.map(({ key }) => key).join(', ')] : [];
    const answer = await this.post(`[${items.map(({ prepared }) => textOf(prepared)).join(',')}]`, context, keys);
    const several = rowsOf(answer, operation, items, this.rows, context.contract.replies);
    if (several.kind === 'whole') return several;
    return {
      kind: 'rows',
      answers: several.answers.map((row, n) => {
        const item = items[n];
        if (row?.kind !== 'answered' || !item) return row;
        return namesAnother(this.names, row.json, this.namesOf(item.event, item.key)) ? otherCase : row;
      }),
    };
  }

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }

  private post(body: string, context: Several, more: string[]): Promise<PartnerAnswer> {
    const { timeoutMs } = context;
    const post = (headers: string[]): Promise<PartnerAnswer> =>
      this.http.post({ path: this.path, headers, body, timeoutMs });
    const headers = [...jsonHeaders, ...more];
    if (this.secretName === undefined) return post(headers);
    return secretOr(context, this.secretName, (token) => post([...headers, 'authorization', `Bearer ${token}`]));
  }

  /** The key is the item's own, or the delivery's. A page that says 404 may be a gateway's: it proves nothing. */
  private async ask(lookUpPath: string, event: OutgoingEvent, context: SendContext): Promise<LookUp> {
    if (!context.contract.lookUp) return { kind: 'unknown' };
    const key = keyOf({ event, key: context.key }, this.rows);
    if (key === undefined) return { kind: 'unknown' };
    const get = (more: string[]): Promise<PartnerAnswer> =>
      this.http.get({
        path: `${lookUpPath}/${encodeURIComponent(key)}`,
        headers: ['accept', 'application/json', ...more],
        timeoutMs: context.timeoutMs,
      });
    const { secretName } = this;
    const said =
      secretName === undefined
        ? await get([])
        : await secretOr(context, secretName, (token) => get(['authorization', `Bearer ${token}`]));
    const answer = this.answering(said, event, context.key);
    if (answer === otherCase) return { kind: 'unknown' };
    if (answer.kind !== 'answered') return { kind: 'busy', reason: `look-up: ${answer.reason}` };
    if (answer.contentType.startsWith('text/html')) return { kind: 'busy', reason: 'look-up: a web page' };
    switch (answer.status) {
      case 200:
        return { kind: 'held' };
      case 404:
        return { kind: context.contract.lookUp.proves === 'event' ? 'not-held' : 'unknown' };
      default:
        return { kind: 'busy', reason: `look-up: HTTP ${answer.status}` };
    }
  }

  private answering(answer: PartnerAnswer, event: OutgoingEvent, key: string): PartnerAnswer {
    return answersFor(this.names, answer, () => this.namesOf(event, key));
  }

  /** A partner may call an event and its case as we do, or as the payload that it got does. */
  private namesOf(event: OutgoingEvent, key: string): unknown[] {
    const { caseCode, eventId, [this.rows.itemKey ?? '']: itemKey } = (event.data ?? {}) as Record<string, unknown>;
    return [key, event.caseCode, event.eventId, caseCode, eventId, itemKey];
  }
}

/** The item is read by few: the text is what goes out. */
class PassedThrough implements PreparedItem {
  readonly operation = operation;
  readonly text: string;

  constructor(private readonly event: OutgoingEvent) {
    this.text = event.dataText;
  }

  get item(): Json {
    return this.event.data as Json;
  }
}

const textOf = (prepared: PreparedItem): string => prepared.text ?? JSON.stringify(prepared.item);
