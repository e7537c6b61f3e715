import {
  expressionWords,
  isExpression,
  type Condition,
  type EventType,
  type Expression,
  type Json,
  type Template,
} from '#wire';

import { cutTo } from '../field-formats.js';
import { listIn } from '../xml/xml-element.js';
import { isCodeLike, type Translate } from './code-tables.js';
import type { Disclosure } from './disclosure.js';
import { jsonOf, partOf, xmlOf } from './document-words.js';
import { base64Of, downloaded, kept } from './file-words.js';
import { readers, writers } from './formats.js';
import { MappingFault, parsePath, reader, type Path, type Read } from './path.js';
import { Later, type Compiled, type Scope, type Value } from './scope.js';
import { isTooLong, timeBoxed } from './time-boxed.js';

export interface Compiler {
  roots: readonly string[];
  tables: ReadonlyMap<string, Translate>;
  disclosure: Disclosure;
  /** Events whose payload `data` is; none: `data` may be anything. */
  types: readonly EventType[];
  /** The list that the one at hand is of. */
  base?: readonly string[];
  /** Gets each path that is read; `*` where an expression may read anything. */
  reads?: Set<string>;
  /** Files stand in what the partner will hold, and nowhere else. */
  hasFiles?: true;
  /** A body of parts. */
  hasParts?: true;
  /** What a partner's answer may bring: operations that a download may name. */
  downloads?: ReadonlySet<string>;
  /** Longest file, either way. */
  mostBytes?: number;
  at: string;
}

const MOST_DEEP = 20;
const MOST_BYTES = 20 * 1024 * 1024;
const modifiers = ['table', 'as', 'read', 'cut', 'otherwise', 'required'] as const;
const companions: Partial<Record<(typeof expressionWords)[number], readonly string[]>> = {
  join: ['with'],
  each: ['give'],
  when: ['then', 'else'],
  xml: ['declaration'],
  part: ['filename', 'type'],
  keep: ['name', 'type', 'sha256'],
  download: ['by', 'name', 'type', 'sha256'],
};

/** Throws MappingFault for anything that could never be mapped: nothing is found out first by a case. */
export function compileTemplate(template: Template, compiler: Compiler, depth = 0): Compiled {
  if (depth > MOST_DEEP) throw new MappingFault(compiler.at, 'too deep');
  if (template === null || typeof template !== 'object') return () => template;
  if (Array.isArray(template)) return listOf(template as readonly Template[], compiler, depth);
  if (isExpression(template)) return expression(template, compiler, depth);
  return objectOf(template as Readonly<Record<string, Template>>, compiler, depth);
}

function listOf(items: readonly Template[], compiler: Compiler, depth: number): Compiled {
  const compiled = items.map((item, n) => compileTemplate(item, below(compiler, String(n)), depth + 1));
  return (scope) =>
    gather(
      compiled.map((one) => one(scope)),
      scope,
    );
}

function gather(values: (Value | Later)[], scope: Scope): Json {
  const list: Value[] = [];
  for (const value of values) {
    if (value === undefined) continue;
    const place = list.push(value instanceof Later ? null : value) - 1;
    if (value instanceof Later) scope.later.push(value.value.then((found) => void (list[place] = found ?? null)));
  }
  return list as Json;
}

function objectOf(members: Readonly<Record<string, Template>>, compiler: Compiler, depth: number): Compiled {
  const compiled = Object.entries(members).map(
    ([name, member]) => [name, compileTemplate(member, below(compiler, name), depth + 1)] as const,
  );
  if (Object.hasOwn(members, '__proto__')) throw new MappingFault(compiler.at, 'no member is named __proto__');
  return (scope) => {
    const made: Record<string, Value> = {};
    for (const [name, one] of compiled) {
      const value = one(scope);
      if (value instanceof Later) {
        // Its place among the members is kept.
        made[name] = null;
        scope.later.push(
          value.value.then((found) => {
            if (found === undefined) delete made[name];
            else made[name] = found;
          }),
        );
      } else if (value !== undefined) made[name] = value;
    }
    return made;
  };
}

function expression(given: Expression, compiler: Compiler, depth: number): Compiled {
  const { at } = compiler;
  const words = expressionWords.filter((word) => word in given);
  const [word] = words;
  if (words.length > 1 || word === undefined) throw new MappingFault(at, `${words.join(' and ')} together`);
  const known: readonly string[] = [word, ...(companions[word] ?? []), ...modifiers];
  const strange = Object.keys(given).find((name) => !known.includes(name));
  if (strange !== undefined) throw new MappingFault(at, `${word} knows no ${strange}`);
  return finished(source(word, given, compiler, depth), given, compiler);
}

function source(
  word: (typeof expressionWords)[number],
  given: Expression,
  compiler: Compiler,
  depth: number,
): Compiled {
  const { at, mostBytes = MOST_BYTES } = compiler;
  const inner = (template: Template | undefined, name: string, more: Partial<Compiler> = {}): Compiled =>
    template === undefined
      ? () => undefined
      : compileTemplate(template, { ...below(compiler, name), ...more }, depth + 1);
  switch (word) {
    case 'from': {
      const read = readerOf(given.from!, compiler);
      return ({ root, here }) => read(root, here) as Value;
    }
    case 'value':
      return () => given.value;
    case 'object':
      return objectOf(given.object!, compiler, depth);
    case 'join': {
      if (!Array.isArray(given.join)) throw new MappingFault(at, 'join is a list');
      const parts = given.join.map((part, n) => inner(part, String(n)));
      const joined = (found: Value[], scope: Scope): Value => {
        const texts = found.filter((part) => part !== undefined && part !== null && part !== '');
        if (texts.some((part) => typeof part === 'object')) return notSo(scope, at, 'joins what is no single value');
        return texts.length === 0 ? undefined : texts.map(String).join(given.with ?? '');
      };
      return (scope) => {
        const found = parts.map((part) => part(scope));
        const isThere = (part: Value | Later): part is Value => !(part instanceof Later);
        if (found.every(isThere)) return joined(found, scope);
        const all = Promise.all(found.map((part) => (isThere(part) ? Promise.resolve(part) : part.value)));
        return new Later(all.then((late) => joined(late, scope)));
      };
    }
    case 'each': {
      if (given.give === undefined) throw new MappingFault(at, 'each needs give');
      const path = pathOf(given.each!, compiler);
      const read = reader(path);
      const base = path.isRelative ? [...(compiler.base ?? []), ...path.keys] : path.keys;
      const one = inner(given.give, 'give', { base });
      return (scope) => {
        const list = listIn(scope.root['answer'], read(scope.root, scope.here));
        if (!list) return undefined;
        const outer = scope.here;
        const made = list.map((here: unknown) => {
          scope.here = here;
          return one(scope);
        });
        scope.here = outer;
        return gather(made, scope);
      };
    }
    case 'when': {
      const holds = conditionOf(given.when!, compiler);
      const [then, otherwise] = [inner(given.then, 'then'), inner(given.else, 'else')];
      return (scope) => (holds(scope) ? then(scope) : otherwise(scope));
    }
    case 'jsonata': {
      const run = timeBoxed(given.jsonata!, at);
      compiler.reads?.add('*');
      return (scope) =>
        new Later(
          run(scope.view()).then(
            (found) => found as Value,
            (error: unknown) =>
              void scope.faults.push(`${at}: ${isTooLong(error) ? 'takes too long' : 'the expression failed'}`),
          ),
        );
    }
    case 'file': {
      if (!compiler.hasFiles) throw new MappingFault(at, 'a file stands in an item only');
      return base64Of(readerOf(given.file!, compiler), mostBytes, at);
    }
    case 'xml':
      return xmlOf(inner(given.xml, 'xml'), given.declaration !== false, at);
    case 'json':
      return jsonOf(inner(given.json, 'json'));
    case 'part': {
      if (!compiler.hasParts) throw new MappingFault(at, 'a part stands in a multipart body only');
      const { part = null, filename = null, type = null } = given;
      return partOf(objectOf({ part, filename, type }, compiler, depth), mostBytes, at);
    }
    case 'keep':
    case 'download': {
      const { downloads } = compiler;
      if (!downloads) throw new MappingFault(at, `${word} stands where an answer is read only`);
      const described = {
        name: inner(given.name, 'name'),
        type: inner(given.type, 'type'),
        sha256: inner(given.sha256, 'sha256'),
      };
      if (word === 'keep') return kept(readerOf(given.keep!, compiler), { ...described, mostBytes, at });
      const { by } = given;
      if (by !== undefined && !downloads.has(by)) throw new MappingFault(at, `there is no operation ${by}`);
      return downloaded(readerOf(given.download!, compiler), by, { ...described, mostBytes, at });
    }
  }
}

/** Table, form, length, what stands in for nothing: in this order, whatever the order in the file. */
function finished(value: Compiled, given: Expression, { at, tables }: Compiler): Compiled {
  const { table, as, read, cut, otherwise, required } = given;
  const translate = table === undefined ? undefined : tables.get(table);
  if (table !== undefined && !translate) throw new MappingFault(at, `there is no code table ${table}`);
  const write = as === undefined ? undefined : writers[as];
  if (as !== undefined && !write) throw new MappingFault(at, `as knows no ${as}`);
  const parse = read === undefined ? undefined : readers[read];
  if (read !== undefined && !parse) throw new MappingFault(at, `read knows no ${read}`);
  if (!translate && !write && !parse && cut === undefined && otherwise === undefined && !required) return value;
  const finish = (found: Value, scope: Scope): Value => {
    let now = found === null || found === '' ? undefined : found;
    // Only one word can be looked up, read or written; a list or an object is as it is.
    if (typeof now === 'object' && (translate || parse || write)) now = notSo(scope, at, 'is no single value');
    if (now !== undefined && translate) {
      const code = wordOf(now);
      now = translate(code, scope.day);
      if (now === undefined) scope.faults.push(`${at}: code table ${table} has no ${toldCode(code)}`);
    }
    if (now !== undefined && parse) now = parse(wordOf(now)) ?? notSo(scope, at, `isn't ${read}`);
    if (now !== undefined && write) now = write(now) ?? notSo(scope, at, `can't be written as ${as}`);
    if (cut !== undefined && typeof now === 'string') now = cutTo(now, cut);
    if (now !== undefined) return now;
    if (required) scope.faults.push(`${at}: there is none`);
    return otherwise;
  };
  return (scope) => {
    const found = value(scope);
    return found instanceof Later ? new Later(found.value.then((late) => finish(late, scope))) : finish(found, scope);
  };
}

const toldCode = (code: string): string => (isCodeLike(code) ? code : 'what stands there, and it is no code');

const wordOf = (value: Json): string => (typeof value === 'object' ? '' : String(value));
const notSo = (scope: Scope, at: string, what: string): undefined => void scope.faults.push(`${at}: ${what}`);

export function conditionOf(given: Condition, compiler: Compiler): (scope: Scope) => boolean {
  const { path, is, like } = given;
  const strange = Object.keys(given).find((name) => !['path', 'is', 'like'].includes(name));
  if (strange !== undefined) throw new MappingFault(compiler.at, `a condition knows no ${strange}`);
  if (is !== undefined && like !== undefined) throw new MappingFault(compiler.at, 'is and like together');
  const read = readerOf(path, compiler);
  const wanted = is === undefined ? undefined : new Set([is].flat().map(String));
  const form = like === undefined ? undefined : formOf(like);
  return ({ root, here }) => {
    const found = read(root, here);
    if (form) return (typeof found === 'string' || typeof found === 'number') && form.test(String(found));
    if (wanted === undefined) return found !== undefined && found !== null && found !== '';
    return ['string', 'number', 'boolean'].includes(typeof found) && wanted.has(String(found));
  };
}

/** One pass over the text, whatever it is: a star is followed by nothing that could be tried in many ways. */
function formOf(like: string): RegExp {
  const signs: Record<string, string> = { 9: '[0-9]', A: '\\p{L}', '?': '.', '*': '.*' };
  const parts = [...like.replace(/\*.*$/su, '*')].map((sign) => signs[sign] ?? sign.replace(/[^\p{L}\p{N}]/u, '\\$&'));
  return new RegExp(`^${parts.join('')}$`, 'su');
}

const readerOf = (text: string, compiler: Compiler): Read => reader(pathOf(text, compiler));

function pathOf(text: string, { at, base, roots, disclosure, types, reads }: Compiler): Path {
  const path = parsePath(text, at);
  if (path.isRelative && !base) throw new MappingFault(at, `${text} stands in no each`);
  if (!path.isRelative && !roots.includes(path.keys[0]!))
    throw new MappingFault(at, `${path.keys[0]} isn't one of ${roots.join(', ')}`);
  if (!path.isRelative) reads?.add(path.keys.join('.'));
  disclosure.check(path.isRelative ? [...base!, ...path.keys] : path.keys, types, at);
  return path;
}

const below = (compiler: Compiler, name: string): Compiler => ({ ...compiler, at: `${compiler.at}.${name}` });
