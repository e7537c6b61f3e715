import {
  eventTypes,
  shortType,
  type ContractVersion,
  type EventType,
  type Json,
  type Operation,
  type Template,
} from '#wire';

import type { PartnerAnswer } from '#domain';

import type { OutgoingEvent, Prepared, ReadFile } from '../connector.js';
import { toLocal } from '../field-formats.js';
import { codeTables, type UnmappedCode } from '../mapping/code-tables.js';
import { compileTemplate, conditionOf, type Compiler } from '../mapping/compile-template.js';
import { Disclosure } from '../mapping/disclosure.js';
import { MappingFault } from '../mapping/path.js';
import { settled, type Compiled, type Scope } from '../mapping/scope.js';
import { unwritable } from '../xml/write-xml.js';
import { decoder } from './decode-answer.js';
import { fileBytes, refuseOperation } from './refuse-operation.js';
import { inOrder, orderOf } from './xml-order.js';

const eventRoots = ['code', 'key', 'status', 'acknowledgedStatus', 'event', 'data', 'application'];
const requestRoots = [...eventRoots, 'item', 'items', 'asUpdate', 'cursor', 'row', 'rows', 'file', 'range', 'keys'];
/** Credentials stand where nothing is kept or compared. */
const openRoots = [...requestRoots, 'secret'];
const answerRoots = ['code', 'answer', 'status', 'row', 'cursor'];

/** What a request is made of, besides its item. */
interface RequestParts {
  path: string;
  query: [string, string][];
  headers: string[];
  body: Json | undefined;
}

export interface CompiledOperation {
  name: string;
  given: Operation;
  types: readonly EventType[];
  where: (scope: Scope) => boolean;
  item: Compiled;
  /** Path in an answer → what stands there if it is for this item. */
  names: readonly (readonly [string, Compiled])[];
  /** Undefined: something needed isn't there; the scope's faults say what. */
  request: (scope: Scope) => Promise<RequestParts | undefined>;
  /** Its request tells of all items alike: only then may several share one. */
  isShared: boolean;
  /** Whether it can be made depends on the case, and not on its item alone. */
  readsCase: boolean;
  /** Sources that its request reads. */
  reads: ReadonlySet<string>;
  /** Those of them that are secrets, by name. */
  secrets: readonly string[];
  decode: (answer: PartnerAnswer) => PartnerAnswer;
}

/** A contract's operations, compiled once; whatever could never be mapped is a MappingFault. */
export class Operations {
  private readonly byName = new Map<string, CompiledOperation>();
  private readonly byType = new Map<EventType, { short: string; taken: CompiledOperation[] }>();
  private readonly compiler: Omit<Compiler, 'at' | 'types' | 'roots'>;
  private readonly disclosure: Disclosure;

  constructor(
    private readonly contract: ContractVersion,
    onUnmapped?: (found: UnmappedCode) => void,
  ) {
    this.disclosure = new Disclosure(contract.discloses?.fields);
    this.compiler = {
      tables: codeTables(contract.codeTables ?? {}, onUnmapped),
      disclosure: this.disclosure,
      mostBytes: fileBytes(contract.limits.fileSize),
    };
    for (const [name, given] of Object.entries(contract.operations ?? {}))
      this.byName.set(name, this.compile(name, given));
    for (const { name, given } of this.byName.values())
      if (given.update !== undefined && !this.byName.has(given.update))
        throw new MappingFault(`operations.${name}.update`, `there is no operation ${given.update}`);
    for (const type of eventTypes)
      this.byType.set(type, {
        short: shortType(type),
        taken: [...this.byName.values()].filter(({ types }) => types.includes(type)),
      });
    const wanted = new Set(contract.receives.flatMap(({ events }) => events));
    const taken = new Set([...this.byName.values()].flatMap(({ given }) => given.events ?? []));
    const untaken = [...wanted].find((event) => !taken.has(event));
    if (untaken !== undefined) throw new MappingFault('operations', `none takes ${untaken}, which receives names`);
  }

  named(name: string, at: string): CompiledOperation {
    const found = this.byName.get(name);
    if (!found) throw new MappingFault(at, `there is no operation ${name}`);
    return found;
  }

  /** What an answer is read by. */
  reading(template: Template, at: string): Compiled {
    const downloads = new Set(this.byName.keys());
    return compileTemplate(template, { ...this.compiler, roots: answerRoots, types: [], downloads, at });
  }

  /** What is expected to stand in an answer, said by the event. */
  expecting(template: Template, at: string): Compiled {
    return compileTemplate(template, { ...this.compiler, roots: [...eventRoots, 'item'], types: [], at });
  }

  async prepare(event: OutgoingEvent, readFile: ReadFile): Promise<Prepared> {
    const scope = this.scopeOf(event, { readFile });
    const { short, taken } = this.byType.get(event.type) ?? { short: shortType(event.type), taken: [] };
    const operation = taken.find(({ where }) => where(scope));
    if (!operation) return { kind: 'unmappable', reason: `no operation takes this ${short}` };
    const item = await settled(operation.item, scope);
    if (scope.faults.length > 0 || item === undefined)
      return { kind: 'unmappable', reason: scope.faults.join('; ') || 'there is no item', operation: operation.name };
    const faults = await this.unmade(operation, event, item);
    if (faults.length > 0) return { kind: 'unmappable', reason: faults.join('; '), operation: operation.name };
    return { kind: 'prepared', prepared: { operation: operation.name, item } };
  }

  /** A case of which no request can be made waits for a person; the partner's breaker has nothing to do with it. */
  private async unmade(
    { given, ...operation }: CompiledOperation,
    event: OutgoingEvent,
    item: Json,
  ): Promise<string[]> {
    const update = given.update === undefined ? undefined : this.byName.get(given.update);
    const faults: string[] = [];
    for (const [one, asUpdate] of [
      [operation, false],
      [update, true],
    ] as const) {
      if (!one?.readsCase) continue;
      const secret = Object.fromEntries(one.secrets.map((name) => [name, '-']));
      const scope = this.scopeOf(event, { root: { item, items: [item], asUpdate, secret } });
      await one.request(scope);
      faults.push(...scope.faults);
    }
    return faults;
  }

  scopeOf(event: OutgoingEvent, more: Partial<Scope> & { root?: Record<string, unknown> } = {}): Scope {
    const { eventId: id, type, sequence, revision, sender, recordedAt } = event;
    const seen = {
      code: event.caseCode,
      status: event.status,
      acknowledgedStatus: event.acknowledgedStatus,
      event: { id, type: this.byType.get(type)?.short ?? shortType(type), sequence, revision, sender, recordedAt },
    };
    const root = { ...seen, key: `${id}.${revision}`, data: event.data, application: event.application, ...more.root };
    let day: string | undefined;
    return {
      here: undefined,
      get day() {
        return (day ??= toLocal(event.application?.receivedAt ?? event.recordedAt)?.slice(0, 10) ?? '');
      },
      faults: [],
      later: [],
      readFile: () => Promise.reject(new Error('no file is read here')),
      view: () => ({
        ...seen,
        ...more.root,
        secret: undefined,
        data: this.disclosure.view(event.data),
        application: this.disclosure.view(event.application),
      }),
      ...more,
      root,
    };
  }

  private compile(name: string, given: Operation): CompiledOperation {
    const at = `operations.${name}`;
    const types = eventTypes.filter((type) => given.events?.includes(shortType(type)));
    const ofEvent: Compiler = { ...this.compiler, roots: eventRoots, types, at };
    const ofRequest: Compiler = { ...ofEvent, roots: requestRoots };
    const reads = new Set<string>();
    refuseOperation(given, this.contract, at);
    const { where } = given;
    return {
      name,
      given,
      types,
      where: where === undefined ? () => true : conditionOf(where, { ...ofEvent, at: `${at}.where` }),
      item: compileTemplate(given.item ?? null, { ...ofEvent, hasFiles: true, at: `${at}.item` }),
      names: Object.entries(given.names ?? {}).map(
        ([path, template]) => [path, compileTemplate(template, { ...ofRequest, at: `${at}.names.${path}` })] as const,
      ),
      request: this.requestOf(given, { ...ofRequest, reads }),
      isShared: isShared(given, reads),
      readsCase:
        ['xml', 'multipart'].includes(given.encoding ?? '') ||
        [...reads].some((path) => !/^(?:items?|asUpdate|secret\..*)$/.test(path)),
      reads,
      secrets: [...reads].flatMap((path) => (path.startsWith('secret.') ? [path.slice('secret.'.length)] : [])),
      decode: decoder(given.decodes ?? {}, `${at}.decodes`),
    };
  }

  private requestOf(given: Operation, compiler: Compiler): CompiledOperation['request'] {
    const path = pathTemplate(given.path ?? '', { ...compiler, at: `${compiler.at}.path` });
    const isXml = given.encoding === 'xml';
    const open: Compiler = {
      ...compiler,
      roots: openRoots,
      ...(given.encoding === 'multipart' && { hasParts: true as const }),
    };
    const members = (what: 'query' | 'headers') =>
      Object.entries(given[what] ?? {}).map(
        ([name, template]) =>
          [name, compileTemplate(template, { ...open, at: `${compiler.at}.${what}.${name}` })] as const,
      );
    const [query, headers] = [members('query'), members('headers')];
    const body =
      given.body === undefined ? undefined : compileTemplate(given.body, { ...open, at: `${compiler.at}.body` });
    const order = isXml ? orderOf(given.body ?? { from: 'item' }, given.item) : undefined;
    return async (scope) => {
      const texts = async (of: typeof query): Promise<[string, string][]> => {
        const found: [string, string][] = [];
        for (const [name, one] of of) {
          const value = await settled(one, scope);
          if (isScalar(value)) found.push([name, String(value)]);
        }
        return found;
      };
      const { item, items, isSeveral } = scope.root as { item?: Json; items?: Json; isSeveral?: true };
      const whole = path(scope);
      const made = body ? await settled(body, scope) : isSeveral ? items : item;
      const [asked, headed] = [await texts(query), await texts(headers)];
      const unsafe = headed.find(([, value]) => !/^[\t\x20-\x7e\x80-\xff]*$/.test(value));
      if (unsafe) scope.faults.push(`${compiler.at}.headers.${unsafe[0]}: no header can hold it`);
      const ready = order && made !== undefined ? inOrder(made, order) : made;
      if (isXml && ready !== undefined) {
        const wrong = unwritable(ready);
        if (wrong !== undefined) scope.faults.push(`${compiler.at}.body: ${wrong}`);
      }
      if (whole === undefined || scope.faults.length > 0) return undefined;
      return { path: whole, query: asked, headers: headed.flat(), body: given.method === 'GET' ? undefined : ready };
    };
  }
}

/** Row by row or as a whole, and by nothing that is one item's alone: its path, its names, a value of its event. */
function isShared({ method, body, names, rows }: Operation, reads: ReadonlySet<string>): boolean {
  if (method === 'GET' || (names && !rows)) return false;
  if (body !== undefined && !reads.has('items')) return false;
  return [...reads].every((path) => path === 'items' || path === 'asUpdate' || path.startsWith('secret.'));
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** `{path}` stands for a source's value as one segment: no value makes another path, host or query of it. */
function pathTemplate(text: string, compiler: Compiler): (scope: Scope) => string | undefined {
  const parts = text
    .split(/\{([^{}]*)\}/)
    .map((part, n) => (n % 2 === 0 ? () => part : compileTemplate({ from: part, required: true }, compiler)));
  return (scope) => {
    let whole = '';
    for (const [n, part] of parts.entries()) {
      const value = part(scope);
      if (!isScalar(value)) return void scope.faults.push(`${compiler.at}: is no single value`);
      const said = String(value);
      if (n % 2 === 1 && (said === '.' || said === '..'))
        return void scope.faults.push(`${compiler.at}: ${said} is no part of a path`);
      whole += n % 2 === 0 ? said : encodeURIComponent(said);
    }
    return whole;
  };
}
