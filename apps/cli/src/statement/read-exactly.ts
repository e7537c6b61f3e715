import { endOfString, oddPlaces, type OddPlace } from './odd-places.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of bytes that are UTF-8 throughout; undefined: they aren't. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Windows programs put a mark before the text and end its lines their way when they save a file: nothing of it is signed. */
export const asSaved = (text: string): string => text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');

/** Bytes of base64 in its one form; undefined: another text would mean the same bytes. */
export function base64Of(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** No statement nests deeper by far; what does would exhaust the stack of whatever walks it. */
const DEEPEST = 32;

/** `value` undefined: it isn't JSON, or nests beyond measure. */
export function jsonOf(text: string): { value: unknown; odd: OddPlace[] } {
  if (depthOf(text) > DEEPEST) return { value: undefined, odd: [] };
  try {
    const value: unknown = JSON.parse(text);
    return { value, odd: oddPlaces(text) };
  } catch {
    return { value: undefined, odd: [] };
  }
}

/** By hand: a pattern gives up at a long string. */
function depthOf(text: string): number {
  let [open, depth] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === '"') i = endOfString(text, i);
    else if (sign === '[' || sign === '{') depth = Math.max(depth, ++open);
    else if (sign === ']' || sign === '}') open--;
  }
  return depth;
}
