import { classifyReply, durationMs, memberOf, type LookUp, type PartnerAnswer } from '#domain';
import type { CaseApplication, ContractVersion, Json, Operation } from '#wire';

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
} from '../connector.js';
import { answersFor, caseNames, otherCase } from '../http/answers-for.js';
import { rowsOf } from '../http-json/rows.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { settled, type Scope } from '../mapping/compile-template.js';
import { MappingFault } from '../mapping/path.js';
import { refuseOtherSettings } from '../settings.js';
import { DeclaredLogin, FORM, type Entitled } from './login.js';
import { Operations, type CompiledOperation } from './operations.js';
import { AnswerReader, tells } from './read-answers.js';

type Several = Omit<SendContext, 'asUpdate' | 'key' | 'traceparent'>;

const sessionOver = { kind: 'busy', reason: 'the session had expired' } as const;
const nothingOfIt: PartnerAnswer = { kind: 'no-answer', reason: 'the answer says nothing of this item' };
const unmade: PartnerAnswer = { kind: 'unsent', reason: 'could not be sent: the request can’t be made' };

/** A partner that the agency file alone describes: its requests, what goes into them, what its answers mean. */
export class DeclaredConnector implements Connector {
  readonly lookUp?: NonNullable<Connector['lookUp']>;
  readonly collect?: NonNullable<Connector['collect']>;
  private readonly http: PartnerHttp;
  private readonly login: DeclaredLogin;
  private readonly operations: Operations;
  private readonly takesSeveral: boolean;

  constructor(contract: ContractVersion) {
    const { endpoint, limits, lookUp, collect } = contract;
    if (!endpoint) throw new MappingFault('endpoint', 'protocol http needs one');
    if (endpoint.login?.kind === 'session')
      throw new MappingFault('endpoint.login', 'protocol http knows no session; use token');
    refuseOtherSettings(contract, []);
    this.operations = new Operations(contract);
    this.http = new PartnerHttp(endpoint.baseUrl, boundsOf(contract));
    this.login = new DeclaredLogin(endpoint.login, this.http, durationMs);
    this.takesSeveral = (limits.itemsPerRequest ?? 1) > 1;
    if (lookUp) this.lookUp = this.asking(lookUp);
    if (collect) this.collect = this.collecting(collect);
  }

  prepare(event: OutgoingEvent, _: ContractVersion, file: ReadFile): Promise<Prepared> {
    return this.operations.prepare(event, file);
  }

  async send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    const { asUpdate, key } = context;
    const operation = this.operationOf(prepared.operation, asUpdate);
    const item = itemOf(prepared);
    const scope = this.operations.scopeOf(event, { root: { item, items: [item], asUpdate } });
    const items = [{ prepared, event, key, asUpdate }];
    const answer = await this.ask(operation, scope, context, keyHeaders(context), items);
    const several = byRows(operation, answer, items, context);
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

  async sendSeveral(items: readonly BatchItem[], context: Several): Promise<SeveralAnswer> {
    const [first] = items;
    if (!first) throw new Error('no items');
    const { asUpdate } = first;
    const operation = this.operationOf(first.prepared.operation, asUpdate);
    const all = items.map(({ prepared }) => itemOf(prepared));
    const scope = this.operations.scopeOf(first.event, { root: { items: all, isSeveral: true, asUpdate } });
    const said = byRows(operation, await this.ask(operation, scope, context, [], items), items, context);
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
    return this.http.close(withinMs);
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
      const answer = await ofThisCase(operation, await this.ask(operation, scope, context), scope);
      if (answer === unmade || answer === otherCase) return { kind: 'unknown' };
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

  private collecting(rule: NonNullable<ContractVersion['collect']>): NonNullable<Connector['collect']> {
    if (rule.operation === undefined || !rule.reads)
      throw new MappingFault('collect', 'protocol http needs operation and reads');
    const operation = this.operations.named(rule.operation, 'collect.operation');
    if (operation.given.method !== 'GET' && operation.given.body === undefined)
      throw new MappingFault('collect.operation', 'a question that is no GET needs a body: it has no item');
    const answers = new AnswerReader(rule.reads, this.operations);
    return async (code: string, application: CaseApplication, context: SendContext): Promise<Collected> => {
      const scope = this.operations.scopeOf(asked(code, application));
      const answer = await ofThisCase(operation, await this.ask(operation, scope, context), scope);
      if (isOver(operation, answer, context)) return sessionOver;
      return answers.read(answer, operation.name, code, context.contract.replies);
    };
  }

  private async ask(
    operation: CompiledOperation,
    scope: Scope,
    context: Several,
    more: string[] = [],
    items: readonly BatchItem[] = [],
  ): Promise<PartnerAnswer> {
    const { given } = operation;
    const parts = await operation.request(scope);
    if (!parts) return unmade;
    const send = (entitled: Entitled, timeoutMs: number): Promise<PartnerAnswer> => {
      const query = new URLSearchParams([...parts.query, ...Object.entries(entitled.query)]).toString();
      const path = query === '' ? parts.path : `${parts.path}${parts.path.includes('?') ? '&' : '?'}${query}`;
      const body = bodyOf(parts.body, entitled, given.encoding ?? 'json');
      if (body === undefined && given.method !== 'GET') return Promise.resolve(unmade);
      const type = body === undefined ? [] : ['content-type', given.encoding === 'form' ? FORM : 'application/json'];
      const headers = ['accept', 'application/json', ...type, ...more, ...parts.headers, ...entitled.headers];
      return this.http.request(given.method ?? 'POST', { path, headers, timeoutMs }, body ?? null);
    };
    return this.login.entitled(context, send, (answer) => {
      const said = byRows(operation, answer, items, context);
      const answers = said.kind === 'rows' ? said.answers : [answer];
      return answers.some((one) => one && isOver(operation, one, context));
    });
  }
}

const isOver = ({ name }: CompiledOperation, answer: PartnerAnswer, { contract }: Several): boolean =>
  classifyReply(answer, name, contract.replies).kind === 'session-expired';

/** One answer for each item, where the operation has rows and each item a key in them. */
function byRows(
  { name, given: { rows } }: CompiledOperation,
  answer: PartnerAnswer,
  items: readonly BatchItem[],
  { contract }: Several,
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

/** Undefined: credentials that belong into the body find no object there, or would stand in a member's place. */
function bodyOf(
  body: Json | undefined,
  { body: credentials }: Entitled,
  encoding: 'json' | 'form',
): string | undefined {
  if (body === undefined) return undefined;
  const isObject = body !== null && typeof body === 'object' && !Array.isArray(body);
  if (!isObject && (Object.keys(credentials).length > 0 || encoding === 'form')) return undefined;
  if (isObject && Object.keys(credentials).some((name) => Object.hasOwn(body, name))) return undefined;
  const whole = isObject ? { ...(body as Record<string, Json>), ...credentials } : body;
  if (encoding === 'json') return JSON.stringify(whole);
  const fields = Object.entries(whole as Record<string, Json>).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return new URLSearchParams(
    fields.map(([name, value]): [string, string] => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  ).toString();
}

/** What the file says that an answer names, where it names it: somebody else's answer is no answer. */
async function ofThisCase({ names }: CompiledOperation, answer: PartnerAnswer, scope: Scope): Promise<PartnerAnswer> {
  if (answer.kind !== 'answered' || names.length === 0) return answer;
  for (const [path, template] of names) {
    const expected = textOf(await settled(template, scope));
    if (!/[.[]/.test(path)) {
      if (answersFor(caseNames(path), answer, () => [expected]) === otherCase) return otherCase;
    } else if (isScalar(memberOf(answer.json, path)) && textOf(memberOf(answer.json, path)) !== expected)
      return otherCase;
  }
  return answer;
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
const textOf = (value: unknown): string | undefined => (isScalar(value) ? String(value) : undefined);
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
