import type { Json } from '../canonical.js';
import type { Compared, ComparedField, Judged, ResultStands } from './line.js';

const OFFSET_MS = 7 * 3_600_000;

/** A number where digits are kept as text has lost its leading zeros somewhere: it isn't taken for what it was. */
const textOf = (value: Json): string | undefined =>
  typeof value === 'string' ? value.normalize('NFC').trim() : undefined;
const codeOf = (value: Json): string | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : textOf(value);

const isIsoDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  // 30 February is no fault to a Date: it goes on into March.
  return at.getUTCDate() === Number(text.slice(8));
};

/** An ISO day as it stands, the day in Asia/Ho_Chi_Minh of an RFC 3339 time. Nothing else is a day: no form is guessed. */
export function normalDay(value: Json): string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (text.length === 10) return isIsoDay(text) ? text : undefined;
  if (!/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) || !isIsoDay(text.slice(0, 10))
    ? undefined
    : new Date(at + OFFSET_MS).toISOString().slice(0, 10);
}

const matching =
  (form: RegExp) =>
  (value: Json): string | undefined => {
    const text = codeOf(value);
    return text !== undefined && form.test(text) ? text : undefined;
  };
const oneOf =
  <W extends string>(...words: readonly W[]) =>
  (value: Json): string | undefined => {
    const text = textOf(value);
    return words.find((word) => word === text);
  };

const forms: Record<ComparedField, (value: Json) => string | undefined> = {
  status: matching(/^(?:[1-9]|10)$/),
  procedure: codeOf,
  receivedOn: normalDay,
  dueOn: normalDay,
  finishedOn: normalDay,
  judged: oneOf<Judged>('early', 'on-time', 'overdue', 'open-in-time', 'open-overdue'),
  resultNumber: codeOf,
  resultFile: (value) => {
    const text = textOf(value)?.toLowerCase();
    return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
  },
  resultStands: oneOf<ResultStands>('yes', 'revoked', 'no'),
  progressRows: matching(/^(?:0|[1-9]\d{0,8})$/),
  progress: normalProgress,
  applicantName: (value) => textOf(value)?.replace(/\s+/g, ' ').toLocaleUpperCase('vi').normalize('NFC'),
  applicantId: textOf,
};

/** Rows as `2026-05-03T08:12:00/4` in Asia/Ho_Chi_Minh, in a list or parted by commas; one that is there twice is one. */
function normalProgress(value: Json): string | undefined {
  const rows: readonly (Json | undefined)[] = Array.isArray(value)
    ? (value as Json[])
    : (textOf(value)?.split(',') ?? [undefined]);
  const normal = rows.map((row) => textOf(row ?? null));
  const isRow = (row: string | undefined): row is string =>
    row !== undefined &&
    /^[^T]{10}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\/(?:[1-9]|10)$/.test(row) &&
    isIsoDay(row.slice(0, 10));
  return normal.every(isRow) ? [...new Set(normal)].sort().join(',') : undefined;
}

const isNone = (value: Json | undefined): value is null | undefined | string | [] =>
  value === null ||
  value === undefined ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0);

/** A field in its one normal form, the same for both sides. null: there is none. Undefined: what stands there has no such form. */
export const normalForm = (field: ComparedField, value: Json | undefined): string | null | undefined =>
  isNone(value) ? null : forms[field](value);

/** Of all that a contract compares; 'faulty' names the first field that has no normal form. */
export function normalFields(
  fields: Readonly<Record<string, Json | undefined>>,
  compares: readonly ComparedField[],
): { kind: 'normal'; fields: Compared } | { kind: 'faulty'; field: ComparedField } {
  const normal: Compared = {};
  for (const field of compares) {
    const form = normalForm(field, fields[field]);
    if (form === undefined) return { kind: 'faulty', field };
    normal[field] = form;
  }
  return { kind: 'normal', fields: normal };
}

/** The partner's key as both sides write it; undefined: it can't be one. */
export function normalKey(value: Json | undefined): string | undefined {
  const key = isNone(value) ? undefined : codeOf(value);
  // eslint-disable-next-line no-control-regex -- LF separates keys in a digest
  return key === undefined || key.length > 200 || /[\u0000-\u001f\u007f\ud800-\udfff]/u.test(key) ? undefined : key;
}
