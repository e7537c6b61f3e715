import { rowsLacking } from './progress.js';

/** Both sides' fields in their normal forms; absent is null. */
export type Fields = Readonly<Record<string, string | null | undefined>>;

export type PairDiscrepancy =
  'revoked-still-there' | 'status-differs' | 'file-differs' | 'deadline-differs' | 'progress-missing' | 'field-differs';

export interface Difference {
  type: PairDiscrepancy;
  /** All that differ, in the contract's order. */
  fields: string[];
}

/**
 * What one case differs in, as one type: the first of this order that holds, because what comes later follows from it (a
 * status that is behind has fewer progress rows and another verdict). null: nothing that is compared differs.
 */
export function typeOfPair(ours: Fields, theirs: Fields, compares: readonly string[]): Difference | null {
  const fields = compares.filter((field) => (ours[field] ?? null) !== (theirs[field] ?? null));
  if (fields.length === 0) return null;
  const type = order.find(([, holds]) => holds({ ours, theirs, differs: (field) => fields.includes(field) }))![0];
  return { type, fields };
}

interface Compared {
  ours: Fields;
  theirs: Fields;
  differs: (field: string) => boolean;
}

const order: readonly [PairDiscrepancy, (compared: Compared) => boolean][] = [
  ['revoked-still-there', ({ ours, theirs }) => ours['resultStands'] === 'revoked' && showsResult(theirs)],
  ['status-differs', ({ differs }) => differs('status')],
  ['file-differs', ({ differs }) => differs('resultFile')],
  ['deadline-differs', ({ differs }) => differs('dueOn') || differs('judged')],
  [
    'progress-missing',
    ({ ours, theirs, differs }) =>
      (differs('progressRows') && Number(theirs['progressRows'] ?? 0) < Number(ours['progressRows'] ?? 0)) ||
      (differs('progress') && rowsLacking(ours['progress'], theirs['progress']).length > 0),
  ],
  ['field-differs', () => true],
];

/** A side that doesn't say whether a result stands says it by having one. */
function showsResult({ resultStands, resultFile, resultNumber }: Fields): boolean {
  if (resultStands === 'yes') return true;
  return (resultStands ?? null) === null && ((resultFile ?? null) !== null || (resultNumber ?? null) !== null);
}

/** Why two keys may name one case. `written`: they differ in letters' case, spaces or dashes only. */
export type LinkedBy = 'alias' | 'written' | 'prefix' | 'content';

/** A key that only we have, and one that only they have. `content`: all that is compared is equal, and nothing else is so. */
export interface Link {
  ours: string;
  theirs: string;
  by: LinkedBy;
}

export type KeyDiscrepancy =
  { type: 'two-under-one'; theirs: string; ours: string[] } | { type: 'other-code'; ours: string; theirs: string };

const strength: readonly LinkedBy[] = ['alias', 'written', 'prefix', 'content'];

/**
 * What becomes of keys that one side lacks and that are linked; each key has a part in one discrepancy at most, and what is
 * left over is missing. Two of ours that lose their prefix into one of theirs go first: either alone would pass for a code.
 */
export function typeOfKeys(links: readonly Link[]): KeyDiscrepancy[] {
  const found: KeyDiscrepancy[] = [];
  const used = new Set<string>();
  const [here, there] = [(key: string) => `o ${key}`, (key: string) => `t ${key}`];
  for (const [theirs, of] of Map.groupBy(
    links.filter(({ by }) => by !== 'content'),
    (link) => link.theirs,
  )) {
    const ours = [...new Set(of.map((link) => link.ours))].filter((key) => !used.has(here(key))).sort();
    if (ours.length < 2) continue;
    found.push({ type: 'two-under-one', theirs, ours });
    used.add(there(theirs));
    for (const key of ours) used.add(here(key));
  }
  const byStrength = (a: Link, b: Link): number =>
    strength.indexOf(a.by) - strength.indexOf(b.by) || b.theirs.length - a.theirs.length;
  for (const { ours, theirs } of links.toSorted(byStrength)) {
    if (used.has(here(ours)) || used.has(there(theirs))) continue;
    found.push({ type: 'other-code', ours, theirs });
    used.add(here(ours)).add(there(theirs));
  }
  return found;
}

/** What remains of a key when its agency's levels are dropped one by one: A.B-C-1 as B-C-1, C-1. Shortest last. */
export function withoutPrefixes(key: string): string[] {
  const found: string[] = [];
  for (const { index } of key.matchAll(/[.-]/g)) {
    const rest = key.slice(index + 1);
    // A day and a number at least: a number alone names no case.
    if (/^[^-]+-.*\d$/.test(rest)) found.push(rest);
  }
  return found;
}
