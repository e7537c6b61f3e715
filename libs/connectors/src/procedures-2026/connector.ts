import { setTimeout as pause } from 'node:timers/promises';

import { classifyReply, type PartnerAnswer } from '#domain';
import type { ContractVersion } from '#wire';

import type { CatalogueAnswer, Connector, ProcedureAnswer, SendContext } from '../connector.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { carriesNoCases } from '../procedures/carries-no-cases.js';
import { given, wholeOf } from '../procedures/members.js';
import { refuseOtherSettings } from '../settings.js';
import { dataOf, factsOf, listedOf, pageOf, type Page } from './read-procedure.js';

const listPath = '/api/v1/submitting/formality/list-all-public-formality-by-citizen';
const detailPath = '/api/v1/configuring/formality/get-formality-by-citizen';
const headers = ['accept', 'application/json', 'content-type', 'application/json; charset=utf-8'];
/** The partner takes no more. */
const mostRows = 200;
/** Four times what it held in 2026; an endless list ends here. */
const mostPages = 130;
/** A firewall's page, a cut connection: one page is asked for so often before the whole pull is given up. */
const triesAPage = 4;
const firstPauseMs = 200;
const answerLimit = 8 * 1024 * 1024;

type Asked = { kind: 'answered'; json: unknown } | { kind: 'busy'; reason: string };
type Pages = { kind: 'pages'; pages: Page[] } | { kind: 'busy'; reason: string };

/** The public API of the portal since 2026: a list by cursor, answers of HTTP 201 with code "OK", behind a firewall. */
export class NewProceduresConnector implements Connector {
  readonly prepare: Connector['prepare'];
  readonly send: Connector['send'];
  private readonly http: PartnerHttp;
  private readonly query: object;

  constructor(contract: ContractVersion) {
    const { endpoint, protocol, settings = {} } = contract;
    if (!endpoint) throw new Error(`agency file: protocol ${protocol} needs an endpoint`);
    if (endpoint.login) throw new Error(`agency file: protocol ${protocol} knows no endpoint.login`);
    refuseOtherSettings(contract, ['formalityType', 'departmentCode', 'level']);
    ({ prepare: this.prepare, send: this.send } = carriesNoCases(contract));
    this.query = { q: '', formalityType: 'STANDARD', ...settings };
    this.http = new PartnerHttp(endpoint.baseUrl, boundsOf(contract));
  }

  /** What was said to be the total changed on the way: somebody edits; asked once more from the beginning. */
  async pullCatalogue(context: SendContext): Promise<CatalogueAnswer> {
    let pulled = await this.pages(context);
    if (pulled.kind === 'pages' && totalsOf(pulled.pages).length > 1) pulled = await this.pages(context);
    if (pulled.kind === 'busy') return pulled;
    const rows = pulled.pages.flatMap(({ items }) => items.map(listedOf));
    const totals = totalsOf(pulled.pages);
    return { kind: 'whole', ...wholeOf(rows, totals.length === 0 ? undefined : Math.max(...totals)) };
  }

  async askProcedure(key: string, context: SendContext): Promise<ProcedureAnswer> {
    const asked = await this.ask('detail', detailPath, { id: key }, context);
    if (asked.kind === 'busy') return asked;
    const detail = dataOf(asked.json);
    if (!detail) return { kind: 'unknown' };
    if (detail['id'] !== key) return { kind: 'busy', reason: 'the answer is for another procedure' };
    return { kind: 'detail', facts: given(factsOf(detail)), raw: detail as never };
  }

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }

  /** The end is a cursor that is empty or stays; one that comes back to where it was has no end. */
  private async pages(context: SendContext): Promise<Pages> {
    const pages: Page[] = [];
    const seen = new Set<string>();
    for (let lastId = ''; pages.length < mostPages;) {
      const asked = await this.ask('list', listPath, { limit: mostRows, lastId, ...this.query }, context);
      if (asked.kind === 'busy') return asked;
      const page = pageOf(asked.json);
      if (!page) return { kind: 'busy', reason: 'an answer without a page' };
      pages.push(page);
      if (page.lastId === '' || page.lastId === lastId) return { kind: 'pages', pages };
      if (seen.has(page.lastId)) return { kind: 'busy', reason: 'its cursor goes in a circle' };
      seen.add(page.lastId);
      lastId = page.lastId;
    }
    return { kind: 'busy', reason: `more than ${mostPages} pages` };
  }

  private async ask(operation: string, path: string, body: object, context: SendContext): Promise<Asked> {
    for (let n = 1; ; n++) {
      const answer = await this.post(path, body, context.timeoutMs);
      const reply = classifyReply(answer, operation, context.contract.replies);
      if (reply.kind === 'accepted' && answer.kind === 'answered') return { kind: 'answered', json: answer.json };
      if (n === triesAPage)
        return { kind: 'busy', reason: 'reason' in reply ? (reply.reason ?? reply.kind) : reply.kind };
      await pause(firstPauseMs * 2 ** (n - 1));
    }
  }

  private post(path: string, body: object, timeoutMs: number): Promise<PartnerAnswer> {
    return this.http.post({ path, headers, body: JSON.stringify(body), timeoutMs, maxBytes: answerLimit });
  }
}

const totalsOf = (pages: readonly Page[]): number[] => [
  ...new Set(pages.flatMap(({ total }) => (total === undefined ? [] : [total]))),
];
