import { isDeepStrictEqual } from 'node:util';
import type { AgencyFile, ContractVersion } from '#wire';
import type { Agency } from '../agencies.js';

/** A member by its path (`limits.perSecond`, `replies.3.means`). Undefined on one side: it isn't there. */
export interface MemberChange {
  path: string;
  old?: unknown;
  new?: unknown;
}

export interface VersionChange {
  validFrom: string;
  change: 'added' | 'removed' | 'changed';
  /** Of an added or removed version: all of its members. */
  members: MemberChange[];
}

export interface ContractChanges {
  agency: string;
  isNew: boolean;
  /** Of the agency itself. */
  members: MemberChange[];
  /** By their first day; versions that stay as they are aren't among them. */
  versions: VersionChange[];
}

/** The same value, whatever the order of its members; a member that is undefined isn't there. */
export const isSame = (a: unknown, b: unknown): boolean => a === b || isDeepStrictEqual(plain(a), plain(b));

/** The order within `operations` is that of the elements in an XML body. */
export const isSameOrder = (a: readonly ContractVersion[], b: readonly ContractVersion[]): boolean =>
  JSON.stringify(a.map(({ operations }) => operations)) === JSON.stringify(b.map(({ operations }) => operations));

const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

/** What applying this file would change. */
export function compareContracts(inForce: Agency | undefined, file: AgencyFile): ContractChanges {
  const before = new Map(inForce?.versions.map((version) => [version.validFrom, version]));
  const after = new Map(file.versions.map((version) => [version.validFrom, version]));
  const days = [...new Set([...before.keys(), ...after.keys()])].sort();
  return {
    agency: file.id,
    isNew: !inForce,
    members: inForce ? membersOf(inForce.name, file.name, 'name') : [],
    versions: days.flatMap((day) => versionChange(day, before.get(day), after.get(day)) ?? []),
  };
}

export const changesNothing = ({ isNew, members, versions }: ContractChanges): boolean =>
  !isNew && members.length === 0 && versions.length === 0;

function versionChange(
  validFrom: string,
  before: ContractVersion | undefined,
  after: ContractVersion | undefined,
): VersionChange | undefined {
  const members = membersOf(before ?? {}, after ?? {}, '').filter(({ path }) => path !== 'validFrom');
  if (before && after && members.length === 0 && !isSameOrder([before], [after]))
    members.push(...reordered(before.operations, after.operations));
  if (before && after) return members.length === 0 ? undefined : { validFrom, change: 'changed', members };
  return { validFrom, change: before ? 'removed' : 'added', members };
}

/** Which operations say the same in another order; their own order, if none: the first that fits an event is taken. */
function reordered(before: ContractVersion['operations'] = {}, after: typeof before = {}): MemberChange[] {
  const found = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (found.length === 0) return [{ path: 'operations', old: Object.keys(before), new: Object.keys(after) }];
  return found.map((name) => ({ path: `operations.${name}`, old: before[name], new: after[name] }));
}

function membersOf(before: unknown, after: unknown, path: string): MemberChange[] {
  if (isSame(before, after)) return [];
  if (isRecord(before) && isRecord(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
      membersOf(before[name], after[name], path === '' ? name : `${path}.${name}`),
    );
  if (Array.isArray(before) && Array.isArray(after)) return itemsOf(before, after, path);
  return [{ path, ...(before === undefined ? {} : { old: before }), ...(after === undefined ? {} : { new: after }) }];
}

/** Of a list of words (events, procedures) what came and what went, else item by item. */
function itemsOf(before: readonly unknown[], after: readonly unknown[], path: string): MemberChange[] {
  if ([...before, ...after].every((item) => typeof item !== 'object')) {
    const gone = before.filter((item) => !after.includes(item)).map((old): MemberChange => ({ path, old }));
    const came = after.filter((item) => !before.includes(item)).map((item): MemberChange => ({ path, new: item }));
    return gone.length + came.length === 0 ? [{ path, old: before, new: after }] : [...gone, ...came];
  }
  return Array.from({ length: Math.max(before.length, after.length) }, (_, n) =>
    membersOf(before[n], after[n], `${path}.${n}`),
  ).flat();
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
