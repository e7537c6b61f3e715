import type { Json } from '#wire';

/** A member that two items differ in, never its values. */
export interface MemberDifference {
  path: string;
  change: 'changed' | 'added' | 'removed';
}

interface Item {
  operation: string;
  item: Json;
  text?: string;
}

/** More says nothing new: then the whole mapping is another. */
const MOST = 50;

/** Empty: the partner would get the same. */
export function differingMembers(before: Item, after: Item): MemberDifference[] {
  const found: MemberDifference[] = [];
  if (before.operation !== after.operation) found.push({ path: '(operation)', change: 'changed' });
  if (before.text === undefined || before.text !== after.text) walk(before.item, after.item, '', found);
  return found;
}

function walk(before: unknown, after: unknown, path: string, found: MemberDifference[]): void {
  if (before === after || found.length >= MOST) return;
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  if (
    change !== 'changed' ||
    !isContainer(before) ||
    !isContainer(after) ||
    Array.isArray(before) !== Array.isArray(after)
  )
    return void found.push({ path: path || '(item)', change });
  for (const name of Object.keys(before)) walk(before[name], after[name], path ? `${path}.${name}` : name, found);
  for (const name of Object.keys(after))
    if (!(name in before)) walk(undefined, after[name], path ? `${path}.${name}` : name, found);
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
