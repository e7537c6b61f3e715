import { createHash } from 'node:crypto';

/** Keys in code unit order, no white space: two spellings of one item give the same text. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const item = value as Record<string, unknown>;
  const parts: string[] = [];
  for (const key of Object.keys(item).sort()) {
    if (item[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(item[key])}`);
  }
  return `{${parts.join(',')}}`;
}

export const itemHash = (item: unknown): string => createHash('sha256').update(canonicalJson(item)).digest('hex');
