import { isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';

import type { AgencyFile } from './agency-file.js';
import { locateInYaml, type Place } from './locate-in-yaml.js';
import type { Fault } from './problem.js';
import { validateAgencyFile } from './validate-agency-file.js';

/** A fault with its place in the file, where that can be known. */
export interface LocatedFault extends Fault, Partial<Place> {}

/** An agency file that can't be used, with everything that is wrong in it. Holds rules and places, no values of the environment. */
export class AgencyFileError extends Error {
  constructor(readonly faults: LocatedFault[]) {
    super(`agency file: ${faults.map(faultText).join('; ')}`);
  }
}

/** `12:7 /versions/0/owner required`. */
export const faultText = ({ path, rule, detail, line, column }: LocatedFault): string =>
  `${line === undefined ? '' : `${line}:${column} `}${path || '/'} ${rule}${detail ? ` (${detail})` : ''}`;

export type LocatedAgencyFile = LocatedFile<AgencyFile>;

export interface LocatedFile<T> {
  file: T;
  /** Faults that others find in it, with their places. */
  located: (faults: readonly Fault[]) => LocatedFault[];
}

/** A file that is wrong from end to end says so often enough. */
const MOST_FAULTS = 1_000;
/** No agency file is half as deep. */
const MOST_DEEP = 100;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads an agency file. In its strings `${LIENTHONG_NAME}` and `${LIENTHONG_NAME:-otherwise}` stand for the environment,
 * filled in after parsing, so that no value can change the file's structure. Throws AgencyFileError.
 */
export const parseAgencyFile = (yamlText: string, env: Environment): AgencyFile => locateAgencyFile(yamlText, env).file;

/** The same, for those who look for more faults and have to say where. */
export const locateAgencyFile = (yamlText: string, env: Environment): LocatedAgencyFile =>
  locateFile<AgencyFile>(yamlText, env, validateAgencyFile);

/** The same for a file of another kind. */
export function locateFile<T>(
  yamlText: string,
  env: Environment,
  validate: (value: unknown) => Fault[],
): LocatedFile<T> {
  const lines = new LineCounter();
  // The library compares each name with each other one: minutes for a table of some ten thousand codes.
  const document = parseDocument(yamlText, { prettyErrors: false, lineCounter: lines, uniqueKeys: false });
  const wrong: { code: string; at: number }[] = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
    code,
    at: pos[0],
  }));
  if (wrong.length === 0) wrong.push(...namedTwice(document).map((at) => ({ code: 'DUPLICATE_KEY', at })));
  if (wrong.length > 0)
    throw new AgencyFileError(
      wrong.slice(0, MOST_FAULTS).map(({ code, at }) => {
        const { line, col } = lines.linePos(at);
        return { path: '', rule: `yaml:${code}`, line, column: col };
      }),
    );
  const rewritten = rewrittenNumbers(document, lines);
  if (rewritten.length > 0) throw new AgencyFileError(rewritten);
  const located = (faults: readonly Fault[]): LocatedFault[] =>
    faults.map((fault) => ({ ...fault, ...locateInYaml(document, lines, fault.path, fault.rule === NOBODY_READS) }));
  const faults: Fault[] = [];
  const file = filledIn(valueOf(document), '', env, faults);
  if (faults.length === 0) faults.push(...validate(file));
  if (faults.length > 0) throw new AgencyFileError(located(faults));
  return { file: file as T, located };
}

/** Where a member stands once more; `1` and `'1'` are one name. */
function namedTwice(document: Document.Parsed): number[] {
  const found: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const names = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (names.has(name)) found.push(key.range?.[0] ?? 0);
        names.add(name);
      }
    },
  });
  return found;
}

/** YAML reads 01 as 1 and 1.10 as 1.1: a code that isn't in quotes would silently become another. */
function rewrittenNumbers(document: Document.Parsed, lines: LineCounter): LocatedFault[] {
  const found: LocatedFault[] = [];
  visit(document, {
    Scalar(_, { value, source, range }) {
      if (typeof value !== 'number' || source === undefined || String(value) === source) return;
      const { line, col } = lines.linePos(range?.[0] ?? 0);
      found.push({ path: '', rule: 'yaml:number', detail: `read as ${value}: put it in quotes`, line, column: col });
    },
  });
  return found;
}

/** Of a member that nobody reads its name is what is wrong. */
const NOBODY_READS = 'additionalProperties';

/** The library refuses aliases that would make a small file a huge value; one that stands within itself has no end. */
function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    throw new AgencyFileError([{ path: '', rule: 'yaml:aliases' }]);
  }
}

function filledIn(value: unknown, path: string, env: Environment, faults: Fault[], depth = 1): unknown {
  if (typeof value === 'string') return fillText(value, path, env, faults);
  if (value === null || typeof value !== 'object') return value;
  if (depth > MOST_DEEP) throw new AgencyFileError([{ path: '', rule: 'yaml:aliases' }]);
  const inner = (member: unknown, name: string | number): unknown =>
    filledIn(member, `${path}/${name}`, env, faults, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inner(member, name)]));
}

/** Empty counts as not set. A value isn't looked through again. */
function fillText(text: string, path: string, env: Environment, faults: Fault[]): string {
  // What none closes is passed over at once, not searched from each `${` to the end.
  const end = text.lastIndexOf('}') + 1;
  const filled = text.slice(0, end).replace(/\$\{([^}]*)\}/g, (_, inside: string) => {
    const [, name, otherwise] = /^(LIENTHONG_[A-Z0-9_]+)(?::-(.*))?$/s.exec(inside) ?? [];
    const value = name === undefined ? undefined : env[name] || otherwise;
    if (name === undefined)
      faults.push({ path, rule: 'placeholder', detail: 'only ${LIENTHONG_…} or ${LIENTHONG_…:-otherwise}' });
    else if (value === undefined) faults.push({ path, rule: 'placeholder', detail: `${name} is not set` });
    return value ?? '';
  });
  return filled + text.slice(end);
}
