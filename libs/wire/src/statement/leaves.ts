import { canonicalJson } from '../canonical.js';

/** Every value of a document that has no members of its own, by its path (`counts.opening`, `contracts[0].hash`), canonical. */
export function leavesOf(value: unknown, path = ''): Map<string, string> {
  const leaves = new Map<string, string>();
  // A stack of our own: a hostile file nests deeper than calls may.
  const left: [value: unknown, path: string][] = [[value, path]];
  while (left.length > 0) {
    const [at, where] = left.pop()!;
    const members: [string, unknown][] = Array.isArray(at)
      ? at.map((member, i) => [`${where}[${i}]`, member])
      : at !== null && typeof at === 'object'
        ? Object.entries(at).map(([name, member]) => [memberOf(where, name), member])
        : [];
    if (members.length === 0) leaves.set(where, canonicalJson(at));
    else for (const [inner, member] of members) left.push([member, inner]);
  }
  return leaves;
}

/** A name that could be mistaken for a path is quoted. */
const memberOf = (where: string, name: string): string =>
  /^[\w-]+$/.test(name) ? (where === '' ? name : `${where}.${name}`) : `${where}[${JSON.stringify(name)}]`;

export interface Difference {
  path: string;
  /** Canonical; undefined: it isn't there. */
  signed?: string;
  here?: string;
}

/** Where two documents differ, leaf by leaf, sorted by path; empty: they say the same. */
export function differences(signed: unknown, here: unknown): Difference[] {
  const [ours, theirs] = [leavesOf(signed), leavesOf(here)];
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((path) => ours.get(path) !== theirs.get(path))
    .sort()
    .map((path) => ({
      path,
      ...(ours.has(path) ? { signed: ours.get(path)! } : {}),
      ...(theirs.has(path) ? { here: theirs.get(path)! } : {}),
    }));
}
