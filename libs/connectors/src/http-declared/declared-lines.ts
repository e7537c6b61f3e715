import { memberOf, type PartnerAnswer } from '#domain';
import type { ContractVersion, Range, ReconcileLines } from '#wire';

import type { SendContext } from '../connector.js';
import { MappingFault } from '../mapping/path.js';
import { listIn } from '../xml/xml-element.js';
import { Asker, isOver } from './ask.js';
import { Operations, type CompiledOperation } from './operations.js';
import { scopeOf, tells } from './read-answers.js';

type Answered = Extract<PartnerAnswer, { kind: 'answered' }>;
type ListWay = Extract<ReconcileLines, { by: 'paged-list' | 'status-list' }>;
type LookUpWay = Extract<ReconcileLines, { by: 'look-up' }>;

/** What its templates may read: of this question alone. */
export interface LinesAsk {
  range: Range;
  cursor?: string | undefined;
  keys?: readonly string[];
}

/** `next`: where the next page begins, if the answer says that there is one. `total`: of all pages, where it is told. */
export type PageOfRows =
  | { kind: 'page'; rows: unknown[]; next: string | undefined; total: number | undefined; bytes: number }
  | { kind: 'busy'; reason: string };

export type RowOfCase =
  | { kind: 'rows'; rows: readonly unknown[]; bytes: number }
  | { kind: 'absent'; bytes: number }
  | { kind: 'busy'; reason: string };

type AskContext = Pick<SendContext, 'contract' | 'timeoutMs' | 'secret'>;

const MOST_ROWS = 20_000;
const LONGEST_PAGE = 16 * 1024 * 1024;
const ofLists = new Set(['range', 'keys', 'cursor', 'secret']);
const ofCases = new Set(['code', 'keys', 'secret']);

/** Asks a partner for lines by the operation that its contract names (protocol `http`). */
export class DeclaredLines {
  private readonly asker: Asker;
  private readonly operation: CompiledOperation;
  private readonly replies: ContractVersion['replies'];

  /** Throws MappingFault where the contract can't be asked so. */
  constructor(
    contract: ContractVersion,
    private readonly way: ListWay | LookUpWay,
  ) {
    const { operation } = way;
    if (contract.protocol !== 'http')
      throw new MappingFault('reconcile', `protocol ${contract.protocol} names no operation to ask by`);
    if (operation === undefined) throw new MappingFault('reconcile', `by ${way.by} needs operation`);
    this.replies = contract.replies;
    const operations = new Operations(contract);
    this.operation = operations.named(operation, 'reconcile.operation');
    const { reads, given } = this.operation;
    const sources = way.by === 'look-up' ? ofCases : ofLists;
    const strange = [...reads].find((path) => !sources.has(path.split(/[.[]/)[0]!));
    if (strange !== undefined)
      throw new MappingFault(
        'reconcile.operation',
        `operation ${operation} reads ${strange}, and there is only ${[...sources].join(', ')}`,
      );
    if (given.method !== 'GET' && given.body === undefined)
      throw new MappingFault('reconcile.operation', 'a question that is no GET needs a body: it has no item');
    const needed = neededBy(way);
    if (needed !== undefined && ![...reads].some((path) => path === needed || path.startsWith(`${needed}.`)))
      throw new MappingFault('reconcile.operation', `operation ${operation} doesn’t read ${needed}`);
    this.asker = new Asker(contract, LONGEST_PAGE);
  }

  async page(ask: LinesAsk, context: AskContext): Promise<PageOfRows> {
    const { way } = this;
    if (way.by === 'look-up') throw new Error('one case is asked for at a time');
    const answer = await this.ask({ ...ask }, '', context);
    if (answer.kind !== 'answered') return answer;
    if (!tells(way.page ?? { status: '2xx' }, answer, this.operation.name))
      return { kind: 'busy', reason: `no page (HTTP ${answer.status})` };
    const rows = listIn(answer.json, way.rows === undefined ? answer.json : memberOf(answer.json, way.rows));
    if (!rows) return { kind: 'busy', reason: `no list of rows (HTTP ${answer.status})` };
    if (rows.length > MOST_ROWS) return { kind: 'busy', reason: `more than ${MOST_ROWS} rows on a page` };
    const total = way.total === undefined ? undefined : Number(memberOf(answer.json, way.total));
    if (total !== undefined && !(Number.isSafeInteger(total) && total >= 0))
      return { kind: 'busy', reason: 'no total stands where the contract says' };
    const goesOn = way.more ? tells(way.more, answer, this.operation.name) : rows.length > 0;
    return { kind: 'page', rows, next: goesOn ? nextOf(way, answer, rows, ask.cursor) : undefined, total, bytes: bytesOf(answer) }; // prettier-ignore
  }

  /** One case, by the code that the partner knows; `keys` holds it alone. Several rows: it stands there more than once. */
  async case(code: string, context: AskContext): Promise<RowOfCase> {
    const { way } = this;
    if (way.by !== 'look-up') throw new Error('lists are asked for page by page');
    const answer = await this.ask({ keys: [code] }, code, context);
    if (answer.kind !== 'answered') return answer;
    const bytes = bytesOf(answer);
    if (way.absent && tells(way.absent, answer, this.operation.name)) return { kind: 'absent', bytes };
    if (!tells(way.shows ?? { status: '2xx' }, answer, this.operation.name))
      return { kind: 'busy', reason: `no rule reads this answer (HTTP ${answer.status})` };
    const found = way.rows === undefined ? answer.json : memberOf(answer.json, way.rows);
    if (!Array.isArray(found)) return found === undefined ? noRow(answer) : { kind: 'rows', rows: [found], bytes };
    if (found.length > MOST_ROWS) return { kind: 'busy', reason: `more than ${MOST_ROWS} rows` };
    return found.length === 0 ? { kind: 'absent', bytes } : { kind: 'rows', rows: found, bytes };
  }

  close(): Promise<void> {
    return this.asker.close();
  }

  private async ask(
    root: Record<string, unknown>,
    code: string,
    context: AskContext,
  ): Promise<Answered | { kind: 'busy'; reason: string }> {
    const contract = { ...context.contract, replies: this.replies };
    const asked = { ...context, contract };
    const answer = await this.asker.ask(this.operation, scopeOf({ root: { ...root, code }, code }), asked);
    if (answer.kind !== 'answered') return { kind: 'busy', reason: answer.reason };
    return isOver(this.operation, answer, asked) ? { kind: 'busy', reason: 'the session had expired' } : answer;
  }
}

const noRow = ({ status }: Answered): RowOfCase => ({ kind: 'busy', reason: `no row (HTTP ${status})` });

/** What an operation must be told, or it would be asked the same each time. */
function neededBy(way: ListWay | LookUpWay): string | undefined {
  if (way.by === 'look-up') return undefined;
  if (way.by === 'paged-list') return 'range';
  return way.keysAtOnce === undefined ? undefined : 'keys';
}

function nextOf({ cursor }: ListWay, answer: Answered, rows: readonly unknown[], asked: string | undefined) {
  if (!cursor) return undefined;
  if ('page' in cursor) return rows.length === 0 ? undefined : String(Number(asked ?? cursor.page) + 1);
  const found = 'answer' in cursor ? memberOf(answer.json, cursor.answer) : memberOf(rows.at(-1), cursor.lastRow);
  return (typeof found === 'string' && found !== '') || typeof found === 'number' ? String(found) : undefined;
}

const bytesOf = (answer: Answered): number => Buffer.byteLength(answer.text, 'utf8');
