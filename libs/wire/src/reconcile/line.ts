import { canonicalJson, sha256, textHash, type Json } from '../canonical.js';

/**
 * What of a case two sides' books may be compared by, each as text in one normal form, so that both sides hash the same:
 * status `1` to `10`; codes and numbers as written, NFC, without outer white space; days ISO in Asia/Ho_Chi_Minh; `judged` the
 * side's own verdict on the term; files as sha-256 in lower-case hex; counts in decimal; `progress` the
 * distinct rows of progress, `progressRows` how many these are; names NFC, upper case, single spaces.
 */
export const comparedFields = [
  'status',
  'procedure',
  'receivedOn',
  'dueOn',
  'finishedOn',
  'judged',
  'resultNumber',
  'resultFile',
  'resultStands',
  'progressRows',
  'progress',
  'applicantName',
  'applicantId',
] as const;
export type ComparedField = (typeof comparedFields)[number];

/** What names a person, or opens what is known of one (a judicial record by its number): masked wherever it is kept or shown. */
export const personalFields: readonly ComparedField[] = ['applicantName', 'applicantId', 'resultNumber'];

/** `judged` of a line: statutory words (II.06a). */
export type Judged = 'early' | 'on-time' | 'overdue' | 'open-in-time' | 'open-overdue';
/** `resultStands` of a line: a result was issued and stands, was issued and revoked, or there is none. */
export type ResultStands = 'yes' | 'revoked' | 'no';

/** null: that side says that there is none. Absent: that side doesn't say. */
export type Compared = Partial<Record<ComparedField, string | null>>;

/** One thing (a case mostly) as one side's books show it. `key`: the partner's key, NFC. `receivedOn`: ISO day, the range it is in. */
export interface Line {
  key: string;
  receivedOn: string;
  /** Lower-case hex, by `lineHash`. A digest source gives it; others give the fields and it is computed. */
  hash: string;
  /** Normal forms. Absent where the source gives hashes only. */
  fields?: Compared;
}

/** sha-256 over the canonical JSON (RFC 8785) of the key and exactly the fields that the contract compares; absent is null. */
export function lineHash(key: string, fields: Compared, compares: readonly ComparedField[]): string {
  const said: Record<string, Json> = {};
  for (const name of inOrder(compares)) said[name] = name === 'key' ? key : (fields[name] ?? null);
  return textHash(canonicalJson(said));
}

const orders = new WeakMap<readonly ComparedField[], readonly ('key' | ComparedField)[]>();

/** Of members, by code unit, so that a million lines aren't sorted each: what is in order already costs little. */
function inOrder(compares: readonly ComparedField[]): readonly ('key' | ComparedField)[] {
  let order = orders.get(compares);
  if (!order) orders.set(compares, (order = ['key' as const, ...compares].sort()));
  return order;
}

export const BUCKETS = 64;

/** Part of a day that a line is in: the first byte of its key's sha-256, modulo 64. */
export const bucketOf = (key: string): number => sha256(key)[0]! % BUCKETS;

/** Lines received on these days, both included; of one bucket where it is given. */
export interface Range {
  from: string;
  to: string;
  bucket?: number;
}

/** Of all lines of a range: their number, and sha-256 (hex) over `key LF hash LF` of each, in the byte order of keys, lines of one key in that of hashes. */
export interface Digest {
  range: Range;
  lines: number;
  digest: string;
}
