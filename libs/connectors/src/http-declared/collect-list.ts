import { classifyReply, matches, memberOf, type PartnerAnswer } from '#domain';
import type { Json, ListCollect } from '#wire';

import type { Listed, Reported, SendContext } from '../connector.js';
import { MappingFault } from '../mapping/path.js';
import { settled, type Compiled, type Scope } from '../mapping/scope.js';
import { listIn, XmlElement } from '../xml/xml-element.js';
import { isOver, type Asker } from './ask.js';
import { downloadsOf } from './downloads.js';
import type { CompiledOperation, Operations } from './operations.js';
import { Walk } from './paging.js';
import { AnswerReader, scopeOf, tells } from './read-answers.js';

type Answered = Extract<PartnerAnswer, { kind: 'answered' }>;
type Page = Extract<Listed, { kind: 'page' }>;

const MOST_ROWS = 5_000;
const MOST_IN_ALL = 20_000;
/** With the last page's own time-out it stays within the poller's lease. */
const WHOLE_MS = 45_000;
const asList = new Set(['cursor', 'secret']);
const asAcknowledged = new Set(['row', 'rows', 'secret']);

/** A partner's news of many cases, page by page, as the file says how. */
export class ListCollector {
  private readonly operation: CompiledOperation;
  private readonly done: CompiledOperation | undefined;
  private readonly code: Compiled;
  private readonly answers: AnswerReader;
  private walk = new Walk();

  constructor(
    private readonly rule: ListCollect,
    private readonly operations: Operations,
    private readonly asker: Asker,
  ) {
    const { operation, reads, code, acknowledge, cursor } = rule;
    if (operation === undefined || !reads || code === undefined)
      throw new MappingFault('collect', 'protocol http needs operation, code and reads');
    this.operation = named(operations, operation, 'collect.operation', asList);
    if (this.operation.given.method !== 'GET' && this.operation.given.body === undefined)
      throw new MappingFault('collect.operation', 'a question that is no GET needs a body: it has no item');
    if (cursor && !this.operation.reads.has('cursor'))
      throw new MappingFault('collect.cursor', `operation ${operation} doesn’t read it`);
    this.done =
      acknowledge === undefined ? undefined : named(operations, acknowledge, 'collect.acknowledge', asAcknowledged);
    if (this.done && !this.done.reads.has('row') && ![...this.done.reads].some((path) => /^rows?\b/.test(path)))
      throw new MappingFault('collect.acknowledge', `operation ${acknowledge} reads neither row nor rows`);
    this.code = operations.reading(code, 'collect.code');
    this.answers = new AnswerReader(reads, operations);
  }

  collect(cursor: string | undefined, context: SendContext): Promise<Listed> {
    const { cursor: rule } = this.rule;
    return rule && isNumbered(rule) ? this.whole(String(rule.page), context) : this.one(cursor, context);
  }

  /**
   * Numbered pages are one list that is read anew each time: only as a whole does it say what is the newest of a case that
   * stands on two of them.
   */
  private async whole(first: string, context: SendContext): Promise<Listed> {
    const until = performance.now() + WHOLE_MS;
    const pages: Page[] = [];
    for (let at: string | undefined = first; at !== undefined;) {
      const listed = await this.one(at, context);
      if (listed.kind === 'busy') return listed;
      pages.push(listed);
      at = listed.more ? listed.cursor : undefined;
      const rows = pages.reduce((all, { reports }) => all + reports.length, 0);
      if (at !== undefined && (performance.now() > until || rows > MOST_IN_ALL))
        return { kind: 'busy', reason: `the numbered pages are too many to be read at once` };
    }
    const taken = pages.flatMap(({ acknowledge }) => (acknowledge ?? []) as Json[]);
    const unread = pages.flatMap((page) => page.unread ?? []);
    return {
      kind: 'page',
      reports: pages.flatMap(({ reports }) => reports),
      more: false,
      ...(taken.length > 0 && { acknowledge: taken }),
      ...(unread.length > 0 && { unread }),
    };
  }

  private async one(asked: string | undefined, context: SendContext): Promise<Listed> {
    const { operation } = this;
    const scope = scopeOf({ root: { cursor: asked }, code: '' });
    const answer = await this.asker.ask(operation, scope, context);
    if (answer.kind !== 'answered') return { kind: 'busy', reason: answer.reason };
    if (isOver(operation, answer, context)) return { kind: 'busy', reason: 'the session had expired' };
    const rows = this.rowsOf(answer, context);
    if (typeof rows === 'string') return { kind: 'busy', reason: rows };
    return this.page(answer, rows, asked, context);
  }

  /** One request for all, or one each: the first that isn't accepted is the answer, and its rows and those after it come again. */
  async acknowledge(acknowledge: Json, context: SendContext): Promise<PartnerAnswer> {
    const { done } = this;
    if (!done || !Array.isArray(acknowledge)) return { kind: 'unsent', reason: 'nothing is acknowledged here' };
    const rows = acknowledge as readonly Json[];
    const isEach = [...done.reads].some((path) => /^row(?:\.|$)/.test(path));
    let answer: PartnerAnswer = { kind: 'unsent', reason: 'no rows' };
    for (const root of isEach ? rows.map((row) => ({ row })) : [{ rows }]) {
      answer = await this.asker.ask(done, scopeOf({ root, code: '' }), context);
      if (answer.kind === 'answered') answer = called(answer, done.name);
      if (classifyReply(answer, done.name, context.contract.replies).kind !== 'accepted') return answer;
    }
    return answer;
  }

  /** Or why it is no page. */
  private rowsOf(answer: Answered, { contract }: SendContext): unknown[] | string {
    const { page = { status: '2xx' }, rows } = this.rule;
    if (!tells(page, answer, this.operation.name)) {
      const reply = classifyReply(answer, this.operation.name, contract.replies);
      return 'reason' in reply ? reply.reason : `no page (HTTP ${answer.status})`;
    }
    const { json } = answer;
    const list =
      listIn(json, rows === undefined ? json : memberOf(json, rows)) ?? (isWithout(json, rows) ? [] : undefined);
    if (!list) return `no list of rows (HTTP ${answer.status})`;
    return list.length > MOST_ROWS ? `more than ${MOST_ROWS} rows` : list;
  }

  private async page(
    answer: Answered,
    rows: unknown[],
    asked: string | undefined,
    context: SendContext,
  ): Promise<Listed> {
    const reports: Reported[] = [];
    const taken: Json[] = [];
    const unread: string[] = [];
    const download = downloadsOf(this.asker, this.operations, context);
    for (const [n, row] of rows.entries()) {
      const read = await this.row(answer, row, download);
      if (typeof read === 'string') unread.push(`row ${n}: ${read}`);
      else {
        reports.push(...read);
        taken.push(row as Json);
      }
    }
    const next = this.next(answer, rows, asked);
    // A row that can't be read keeps its page: those after it wait, and a person hears why. Acknowledged, or passed by a
    // cursor, it would be lost.
    const stays = unread.length > 0 && this.rule.cursor !== undefined && !isNumbered(this.rule.cursor);
    const goesOn = this.walk.goesOn(asked, next, rows) && !stays && this.isMore(answer, rows);
    if (!goesOn) this.walk = new Walk();
    const kept = stays ? asked : this.kept(next, asked, goesOn);
    return {
      kind: 'page',
      reports,
      more: goesOn,
      ...(kept !== undefined && { cursor: kept }),
      ...(this.done && taken.length > 0 && { acknowledge: taken }),
      ...(unread.length > 0 && { unread }),
    };
  }

  /** Its reports, or why it can't be read. */
  private async row(
    answer: Answered,
    row: unknown,
    download: NonNullable<Scope['download']>,
  ): Promise<Reported[] | string> {
    const root = { answer: answer.json, row, status: answer.status };
    const scope = scopeOf({ root, code: '' });
    const code = await settled(this.code, scope);
    if (scope.faults.length > 0 || (typeof code !== 'string' && typeof code !== 'number') || code === '')
      return scope.faults[0] ?? 'names no case';
    const own = new RowOf(answer, row);
    const read = await this.answers.tell(own, this.operation.name, {
      root: { ...root, code: String(code) },
      code: String(code),
      download,
    });
    if (!read) return 'no rule reads it';
    if (read.kind === 'unread') return read.reason;
    return read.kind === 'reported' ? read.reports : [];
  }

  private next(answer: Answered, rows: readonly unknown[], asked: string | undefined): string | undefined {
    const { cursor } = this.rule;
    if (!cursor) return undefined;
    if ('page' in cursor) return rows.length === 0 ? undefined : String(Number(asked) + 1);
    const found = 'answer' in cursor ? memberOf(answer.json, cursor.answer) : memberOf(rows.at(-1), cursor.lastRow);
    return (typeof found === 'string' && found !== '') || typeof found === 'number' ? String(found) : undefined;
  }

  /** Numbered pages begin anew each time; any other cursor waits for what is new. */
  private kept(next: string | undefined, asked: string | undefined, goesOn: boolean): string | undefined {
    const { cursor } = this.rule;
    if (cursor && 'page' in cursor) return goesOn ? next : String(cursor.page);
    return next ?? asked;
  }

  private isMore(answer: Answered, rows: readonly unknown[]): boolean {
    const { more } = this.rule;
    return more ? matches(more, answer, this.operation.name) : rows.length > 0;
  }
}

const isNumbered = (cursor: NonNullable<ListCollect['cursor']>): cursor is { page: number } => 'page' in cursor;

function named(operations: Operations, name: string, at: string, sources: ReadonlySet<string>): CompiledOperation {
  const operation = operations.named(name, at);
  const strange = [...operation.reads].find((path) => !sources.has(path.split('.')[0]!));
  if (strange !== undefined)
    throw new MappingFault(at, `operation ${name} reads ${strange}, and there is only ${[...sources].join(', ')}`);
  return operation;
}

/** In XML a list without rows is often just not there: none, where the element that would hold it is. */
function isWithout(json: unknown, rows: string | undefined): boolean {
  if (rows === undefined || memberOf(json, rows) !== undefined) return false;
  const holder = rows.slice(0, Math.max(0, rows.lastIndexOf('.')));
  const held = holder === '' ? json : memberOf(json, holder);
  return held instanceof XmlElement || (json instanceof XmlElement && held === '');
}

const called = (answer: Answered, call: string): PartnerAnswer => {
  const { status, contentType, retryAfter } = answer;
  return {
    kind: 'answered',
    status,
    contentType,
    call,
    text: answer.text,
    json: answer.json,
    ...(retryAfter !== undefined && { retryAfter }),
  };
};

/** A row is judged as an answer of its own would be. */
class RowOf {
  readonly kind = 'answered';
  readonly status: number;
  readonly contentType: string;

  constructor(
    answer: Answered,
    readonly json: unknown,
  ) {
    this.status = answer.status;
    this.contentType = answer.contentType;
  }

  get text(): string {
    return JSON.stringify(this.json) ?? '';
  }
}
