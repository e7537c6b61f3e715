import type { Json } from '#wire';

import type { ReadFile, Reported } from '../connector.js';

export type Value = Json | undefined;

/** Bytes that an answer brought or led to; `fault`: why there are none, in words without values. */
export type Downloaded = { kind: 'bytes'; bytes: Buffer; mediaType: string } | { kind: 'fault'; fault: string };

/** What one mapping works on, and what it couldn't do: by the partner's member, a code named, no other value. */
export interface Scope {
  root: Readonly<Record<string, unknown>>;
  here: unknown;
  /** The case's own day, ISO: which code tables are in force. */
  readonly day: string;
  faults: string[];
  /** What takes time: files, expressions. Each puts its value where it belongs. */
  later: Promise<void>[];
  readFile: ReadFile;
  /** `root` as an expression may see it that can't be looked through beforehand. */
  view: () => unknown;
  /** Files that an answer brought, by the templates that keep them. */
  files?: Reported['files'];
  download?: (value: string, by: string | undefined) => Promise<Downloaded>;
}

/** Sync but for what is `later`: the usual item costs no promise. */
export type Compiled = (scope: Scope) => Value | Later;

export class Later {
  constructor(readonly value: Promise<Value>) {}
}

/** The value, once all that takes time is there. */
export async function settled(compiled: Compiled, scope: Scope): Promise<Value> {
  const made = compiled(scope);
  const value = made instanceof Later ? await made.value : made;
  while (scope.later.length > 0) await Promise.all(scope.later.splice(0));
  return value;
}

/** For what can be made only of a whole value: at once, where nothing of it takes time. */
export function ofWhole(inner: Compiled, make: (value: Value, scope: Scope) => Value): Compiled {
  return (scope) => {
    const own = Object.create(scope, { later: { value: [] } }) as Scope;
    const made = inner(own);
    if (!(made instanceof Later) && own.later.length === 0) return make(made, scope);
    return new Later(settled(() => made, own).then((value) => make(value, scope)));
  };
}
