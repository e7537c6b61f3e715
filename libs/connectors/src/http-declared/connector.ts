import { classifyReply, memberOf, type LookUp, type PartnerAnswer } from '#domain';
import type { CaseApplication, Collect, ContractVersion, Json, Operation } from '#wire';

import type {
  BatchItem,
  Collected,
  Connector,
  OutgoingEvent,
  Prepared,
  PreparedItem,
  ReadFile,
  SendContext,
  SeveralAnswer,
  Unmade,
} from '../connector.js';
import { otherCase } from '../http/answers-for.js';
import { rowsOf } from '../http-json/rows.js';
import type { UnmappedCode } from '../mapping/code-tables.js';
import { settled } from '../mapping/scope.js';
import { MappingFault } from '../mapping/path.js';
import { refuseOtherSettings } from '../settings.js';
import { Asker, isOver, orUnmade, UnmadeAnswer, type AskContext } from './ask.js';
import { ListCollector } from './collect-list.js';
import { downloadsOf } from './downloads.js';
import { ofThisCase, textOf } from './of-this-case.js';
import { Operations, type CompiledOperation } from './operations.js';
import { AnswerReader, tells } from './read-answers.js';

const sessionOver = { kind: 'busy', reason: 'the session had expired' } as const;
const nothingOfIt: PartnerAnswer = { kind: 'no-answer', reason: 'the answer says nothing of this item' };

/** A partner that the agency file alone describes: its requests, what goes into them, what its answers mean. */
export class DeclaredConnector implements Connector {
  readonly lookUp?: NonNullable<Connector['lookUp']>;
  readonly collect?: NonNullable<Connector['collect']>;
  readonly collectList?: NonNullable<Connector['collectList']>;
  readonly acknowledgeList?: NonNullable<Connector['acknowledgeList']>;
  private readonly asker: Asker;
  private readonly operations: Operations;
  private readonly takesSeveral: boolean;

  constructor(contract: ContractVersion, onUnmapped?: (found: UnmappedCode) => void) {
    const { limits, lookUp, collect } = contract;
    this.asker = new Asker(contract);
    refuseOtherSettings(contract, []);
    this.operations = new Operations(contract, onUnmapped);
    this.takesSeveral = (limits.itemsPerRequest ?? 1) > 1;
    if (lookUp) this.lookUp = this.asking(lookUp);
    if (collect?.ask === 'per-case') this.collect = this.collecting(collect);
    if (collect?.ask !== 'list') return;
    const list = new ListCollector(collect, this.operations, this.asker);
    this.collectList = (cursor, context) => list.collect(cursor, context);
    if (collect.acknowledge !== undefined) this.acknowledgeList = (taken, context) => list.acknowledge(taken, context);
  }

  prepare(event: OutgoingEvent, _: ContractVersion, file: ReadFile): Promise<Prepared> {
    return this.operations.prepare(event, file);
  }

  async send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer | Unmade> {
    const { asUpdate, key } = context;
    const operation = this.operationOf(prepared.operation, asUpdate);
    const item = itemOf(prepared);
    const scope = this.operations.scopeOf(event, { root: { item, items: [item], asUpdate } });
    const items = [{ prepared, event, key, asUpdate }];
    const told = (heard: PartnerAnswer) => rowsIn(byRows(operation, heard, items, context), heard);
    const answer = await this.asker.ask(operation, scope, context, keyHeaders(context), told);
    const several = byRows(operation, answer, items, context);
    if (answer instanceof UnmadeAnswer) return orUnmade(answer);
    // For one item alone an answer without rows is its own.
    return ofThisCase(operation, several.kind === 'rows' ? (several.answers[0] ?? nothingOfIt) : answer, scope);
  }

  /** Only what has a key of its own, by an operation whose request tells of all items alike. */
  together({ prepared, asUpdate }: BatchItem): string | undefined {
    if (!this.takesSeveral) return undefined;
    const { name, given, isShared } = this.operationOf(prepared.operation, asUpdate);
    if (!isShared || (given.rows && keyOf(prepared, given.rows) === undefined)) return undefined;
    return asUpdate ? `${name} as update` : name;
  }

  async sendSeveral(items: readonly BatchItem[], context: AskContext): Promise<SeveralAnswer> {
    const [first] = items;
    if (!first) throw new Error('no items');
    const { asUpdate } = first;
    const operation = this.operationOf(first.prepared.operation, asUpdate);
    const all = items.map(({ prepared }) => itemOf(prepared));
    const scope = this.operations.scopeOf(first.event, { root: { items: all, isSeveral: true, asUpdate } });
    const told = (heard: PartnerAnswer) => rowsIn(byRows(operation, heard, items, context), heard);
    const answer = await this.asker.ask(operation, scope, context, [], told);
    const said = byRows(operation, answer, items, context);
    if (said.kind === 'whole') return said;
    const answers: (PartnerAnswer | undefined)[] = [];
    for (const [n, { prepared, event }] of items.entries()) {
      const own = this.operations.scopeOf(event, { root: { item: itemOf(prepared), items: all, asUpdate } });
      const row = said.answers[n];
      answers.push(row && (await ofThisCase(operation, row, own)));
    }
    return { kind: 'rows', answers };
  }

  close(withinMs?: number): Promise<void> {
    return this.asker.close(withinMs);
  }

  private operationOf(name: string, asUpdate: boolean): CompiledOperation {
    const operation = this.operations.named(name, 'operations');
    return asUpdate && operation.given.update !== undefined
      ? this.operations.named(operation.given.update, 'operations')
      : operation;
  }

  private asking(rule: NonNullable<ContractVersion['lookUp']>): NonNullable<Connector['lookUp']> {
    if (rule.operation === undefined || rule.held === undefined)
      throw new MappingFault('lookUp', 'protocol http needs operation and held');
    const operation = this.operations.named(rule.operation, 'lookUp.operation');
    const { held, notHeld, proves } = rule;
    const expected = Object.entries(rule.equals ?? {}).map(
      ([path, template]) => [path, this.operations.expecting(template, `lookUp.equals.${path}`)] as const,
    );
    return async (prepared, event, context): Promise<LookUp> => {
      const scope = this.operations.scopeOf(event, { root: { item: itemOf(prepared) } });
      const answer = await ofThisCase(operation, await this.asker.ask(operation, scope, context), scope);
      if (answer instanceof UnmadeAnswer || answer === otherCase) return { kind: 'unknown' };
      if (answer.kind !== 'answered') return { kind: 'busy', reason: `look-up: ${answer.reason}` };
      if (isOver(operation, answer, context)) return sessionOver;
      if (tells(held, answer, operation.name)) {
        for (const [path, template] of expected)
          if (textOf(memberOf(answer.json, path)) !== textOf(await settled(template, scope)))
            return { kind: 'unknown' };
        return { kind: 'held' };
      }
      if (notHeld && tells(notHeld, answer, operation.name))
        return { kind: proves === 'event' ? 'not-held' : 'unknown' };
      const reply = classifyReply(answer, operation.name, context.contract.replies);
      if (reply.kind === 'busy') return reply;
      return answer.status >= 500 ? { kind: 'busy', reason: `look-up: HTTP ${answer.status}` } : { kind: 'unknown' };
    };
  }

  private collecting(rule: Extract<Collect, { ask: 'per-case' }>): NonNullable<Connector['collect']> {
    if (rule.operation === undefined || !rule.reads)
      throw new MappingFault('collect', 'protocol http needs operation and reads');
    const operation = this.operations.named(rule.operation, 'collect.operation');
    if (operation.given.method !== 'GET' && operation.given.body === undefined)
      throw new MappingFault('collect.operation', 'a question that is no GET needs a body: it has no item');
    const answers = new AnswerReader(rule.reads, this.operations);
    return async (code: string, application: CaseApplication, context: SendContext): Promise<Collected> => {
      const scope = this.operations.scopeOf(asked(code, application));
      const answer = await ofThisCase(operation, await this.asker.ask(operation, scope, context), scope);
      if (isOver(operation, answer, context)) return sessionOver;
      const download = downloadsOf(this.asker, this.operations, context);
      return answers.read(answer, operation.name, code, context.contract.replies, download);
    };
  }
}

const rowsIn = (said: SeveralAnswer, answer: PartnerAnswer): readonly (PartnerAnswer | undefined)[] =>
  said.kind === 'rows' ? said.answers : [answer];

/** One answer for each item, where the operation has rows and each item a key in them. */
function byRows(
  { name, given: { rows } }: CompiledOperation,
  answer: PartnerAnswer,
  items: readonly BatchItem[],
  { contract }: AskContext,
): SeveralAnswer {
  const keys = rows ? items.map(({ prepared }) => keyOf(prepared, rows)) : [];
  if (!rows || items.length === 0 || keys.includes(undefined)) return { kind: 'whole', answer };
  const keyed = items.map((item, n) => ({ ...item, event: { ...item.event, data: { key: keys[n] } } }));
  const settings = { rowsAt: rows.at, rowKey: rows.key, rowStatus: rows.status, itemKey: 'key' };
  return rowsOf(answer, name, keyed, settings, contract.replies);
}

const keyHeaders = ({ key, traceparent }: SendContext): string[] => [
  'idempotency-key',
  key,
  ...(traceparent === undefined ? [] : ['traceparent', traceparent]),
];

const itemOf = ({ item }: PreparedItem): Json => item;

function keyOf({ item }: PreparedItem, rows: NonNullable<Operation['rows']>): string | undefined {
  const key = memberOf(item, rows.itemKey);
  return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined;
}

/** A question belongs to no event: only code and case are there to ask by. */
const asked = (caseCode: string, application: CaseApplication): OutgoingEvent => ({
  eventId: '',
  type: 'vn.lienthong.case.received.v1',
  caseCode,
  sequence: 0,
  revision: 0,
  sender: '',
  recordedAt: application.receivedAt,
  data: application,
  dataText: '',
  application,
  status: 2,
});
