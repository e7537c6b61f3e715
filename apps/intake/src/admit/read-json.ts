import { isUtf8 } from 'node:buffer';
import { locateJsonFault } from './locate-json-fault.js';
import { refusal, type Refusal } from './refusal.js';

export type JsonRead = { kind: 'json'; value: unknown } | { kind: 'refused'; refusal: Refusal };

/** Whoever walks the value later may recurse. */
export const DEEPEST = 64;

const refused = (r: Refusal): JsonRead => ({ kind: 'refused', refusal: r });

/**
 * Strict: bytes that are UTF-8, one JSON value, each member once (a second one of the same name would hide the first),
 * no `__proto__`, at most 64 levels. A byte order mark is passed over.
 */
export function readJson(bytes: Buffer): JsonRead {
  if (!isUtf8(bytes)) return refused(refusal('invalid-utf8', '/', 'utf-8'));
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const { depth, colons } = measure(bytes, start);
  if (depth > DEEPEST) return refused(refusal('malformed-json', '/', `maxDepth:${DEEPEST}`));
  const text = bytes.toString('utf8', start);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed(text);
  }
  const members = countMembers(value);
  if (members === undefined) return refused(refusal('malformed-json', '/', 'no-__proto__'));
  return members === colons ? { kind: 'json', value } : malformed(text);
}

function malformed(text: string): JsonRead {
  const { path, rule, position } = locateJsonFault(text);
  return refused(refusal('malformed-json', path, rule, position === undefined ? undefined : `position ${position}`));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Levels and colons outside strings: in valid JSON as many colons as members are written. */
function measure(bytes: Buffer, start: number): { depth: number; colons: number } {
  let level = 0;
  let depth = 0;
  let colons = 0;
  for (let i = start; i < bytes.length; i++) {
    switch (bytes[i]) {
      case QUOTE:
        for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
        break;
      case 0x3a:
        colons++;
        break;
      case 0x7b:
      case 0x5b:
        if (++level > depth) depth = level;
        break;
      case 0x7d:
      case 0x5d:
        level--;
        break;
      default:
    }
  }
  return { depth, colons };
}

/** Members that the value has; undefined where one is `__proto__`, which a later copy would take for a prototype. */
function countMembers(value: unknown): number | undefined {
  if (value === null || typeof value !== 'object') return 0;
  const keys = Object.keys(value);
  const isList = Array.isArray(value);
  let count = isList ? 0 : keys.length;
  for (const key of keys) {
    if (!isList && key === '__proto__') return undefined;
    const inner = countMembers((value as Record<string, unknown>)[key]);
    if (inner === undefined) return undefined;
    count += inner;
  }
  return count;
}
