import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { formats } from './formats.js';
import type { Fault } from './problem.js';
import type { Schema } from './schema.js';

export interface Check {
  (value: unknown): Fault[];
  /** Now, rather than when it is first asked. */
  compile(): void;
}

const mostFaults = 50;
/** A value with more parts than this is told its first fault only: collecting all of a hostile body's would cost seconds. */
const mostParts = 5_000;

const compiler = (allErrors: boolean): Ajv2020 =>
  new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    discriminator: true,
    messages: false,
    unicodeRegExp: false,
    allErrors,
    formats,
  });
const first = compiler(false);
const all = compiler(true);

/**
 * The schema's faults, each with its place and the keyword it breaks; empty is valid. No fault holds a value of the data.
 * Compiled once, when it is needed; the second form, which finds all faults, only when something is wrong.
 */
export function checkOf<T>(schema: Schema<T>, rules: (value: T) => Fault[] = () => []): Check {
  let compiled: ValidateFunction | undefined;
  const compile = (): ValidateFunction => (compiled ??= first.compile(schema));
  let thorough: ValidateFunction | undefined;
  const check = (value: unknown): Fault[] => {
    const quick = compiled ?? compile();
    if (quick(value)) return rules(value as T);
    if (parts(value, mostParts) === 0) return faultsOf(quick.errors ?? []);
    thorough ??= all.compile(schema);
    thorough(value);
    return faultsOf(thorough.errors ?? []);
  };
  return Object.assign(check, { compile: () => void compile() });
}

/** How many more parts would fit; 0 as soon as none does. */
function parts(value: unknown, left: number): number {
  if (value === null || typeof value !== 'object') return Math.max(0, left - 1);
  let rest = Math.max(0, left - 1);
  for (const key of Object.keys(value)) {
    if (rest === 0) return 0;
    rest = parts((value as Record<string, unknown>)[key], rest);
  }
  return rest;
}

function faultsOf(errors: readonly ErrorObject[]): Fault[] {
  const faults = new Map<string, Fault>();
  for (const error of errors) {
    // Which alternative was meant can't be known: only that none fits is told.
    if (/\/anyOf\/\d+\//.test(error.schemaPath)) continue;
    const fault = { path: pathOf(error), rule: ruleOf(error) };
    faults.set(`${fault.path} ${fault.rule}`, fault);
    if (faults.size === mostFaults) break;
  }
  return [...faults.values()];
}

function pathOf({ keyword, instancePath, params }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return `${instancePath}/${escaped(params.missingProperty as string)}`;
    case 'additionalProperties':
      return `${instancePath}/${escaped(params.additionalProperty as string)}`;
    case 'discriminator':
      return `${instancePath}/${params.tag as string}`;
    default:
      return instancePath;
  }
}

/** As a part of a JSON Pointer; a name that the sender made up is cut short. */
const escaped = (name: string): string => name.slice(0, 64).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');

/** The keyword with what it asks for (the schema's words, never the data's): `maxLength:1000`, `format:date`, `required`. */
function ruleOf({ keyword, params }: ErrorObject): string {
  switch (keyword) {
    case 'required':
    case 'additionalProperties':
    case 'uniqueItems':
    case 'anyOf':
      return keyword;
    case 'discriminator':
      return params.error === 'tag' ? 'required' : 'enum';
    case 'enum':
      return `enum:${(params.allowedValues as unknown[]).join('|')}`;
    case 'type':
      return `type:${[params.type as string | string[]].flat().join('|')}`;
    default: {
      const known = [params.limit, params.format, params.pattern, params.allowedValue] as (
        string | number | undefined
      )[];
      const asked = known.find((p) => p !== undefined);
      return asked === undefined ? keyword : `${keyword}:${asked}`;
    }
  }
}
