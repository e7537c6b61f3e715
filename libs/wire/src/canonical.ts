import { createHash, hash } from 'node:crypto';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** RFC 8785 order and form for what JSON.parse can return: keys by UTF-16 code unit, no white space, absent (undefined) keys left out. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) {
    let list = '[';
    for (let i = 0; i < value.length; i++)
      list += (i === 0 ? '' : ',') + canonicalJson(value[i] === undefined ? null : value[i]);
    return `${list}]`;
  }
  const members = value as Record<string, unknown>;
  let object = '{';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member !== undefined) object += `${object.length === 1 ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `${object}}`;
}

// eslint-disable-next-line no-control-regex -- these are the characters that JSON escapes
const NEEDS_ESCAPE = /[\u0000-\u001f"\\\ud800-\udfff]/;

/** On the hot path of intake: most strings need no escape, and JSON.stringify of a short one costs more than looking. */
const quoted = (text: string): string => (NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`);

export function sha256(bytes: string | Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** What both sides' books compare: sha-256 of the item's canonical JSON, in lower-case hex. */
export function itemHash(item: unknown): string {
  return sha256(canonicalJson(item)).toString('hex');
}

/** The same for an item whose canonical JSON is at hand already. */
export const textHash = (canonical: string): string => hash('sha256', canonical, 'hex');
