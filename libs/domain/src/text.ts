export type TextRule = 'nfc' | 'unpaired-surrogate' | 'nul' | 'too-deep';

export interface TextFault {
  /** JSON Pointer (RFC 6901) of the string; for a key, of the member that it names. */
  path: string;
  rule: TextRule;
}

/** More than any payload nests; without a bound, a hostile body overflows the stack of whoever walks it later. */
const deepest = 32;
const mostFaults = 20;

/**
 * What can't be kept or compared in a JSON value's strings and keys: not NFC (the same name would hash differently),
 * half a surrogate pair, NUL (PostgreSQL's text can't hold it). At most 20, in the document's order.
 */
export function textFaults(value: unknown): TextFault[] {
  const faults: TextFault[] = [];
  walk(value, [], faults);
  return faults;
}

/** JSON Pointer of the first string or key that isn't NFC. */
export function firstNotNfc(value: unknown): string | undefined {
  return textFaults(value).find(({ rule }) => rule === 'nfc')?.path;
}

function walk(value: unknown, path: string[], faults: TextFault[]): void {
  if (faults.length >= mostFaults) return;
  if (typeof value === 'string') return note(ruleBroken(value), path, faults);
  if (value === null || typeof value !== 'object') return;
  if (path.length >= deepest) return note('too-deep', path, faults);
  const list = Array.isArray(value);
  for (const key of Object.keys(value)) {
    path.push(key);
    if (!list) note(ruleBroken(key), path, faults);
    walk((value as Record<string, unknown>)[key], path, faults);
    path.pop();
  }
}

function note(rule: TextRule | undefined, path: readonly string[], faults: TextFault[]): void {
  if (rule && faults.length < mostFaults) faults.push({ path: pointer(path), rule });
}

function ruleBroken(text: string): TextRule | undefined {
  // Below U+0300 everything is NFC: most strings end here.
  if (!/\0|[\u0300-\uffff]/.test(text)) return undefined;
  if (text.includes('\0')) return 'nul';
  if (!text.isWellFormed()) return 'unpaired-surrogate';
  return text.normalize('NFC') === text ? undefined : 'nfc';
}

/** Storable whatever the keys are: NUL and half surrogates are shown as U+FFFD. */
const pointer = (path: readonly string[]): string =>
  path
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('\0', '\uFFFD').toWellFormed()}`)
    .join('');
