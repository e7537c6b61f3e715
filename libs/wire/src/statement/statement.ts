import type { LineDiscrepancy, Side } from '../reconcile/discrepancy.js';
import { canonicalJson, textHash } from '../canonical.js';

/**
 * What the hub and an agency sign of a closed day. Its bytes are its canonical JSON (RFC 8785) in UTF-8. Numbers are
 * integers, days ISO in Asia/Ho_Chi_Minh, instants UTC with milliseconds, hashes sha-256 in lower-case hex. It names no case.
 */
export interface Statement {
  apiVersion: 'lienthong/v1';
  kind: 'Statement';
  parties: { ours: Party; theirs: Party };
  day: string;
  /** When the day was cut. What came later is the next day's. */
  cutOff: string;
  /** Another one since the ledger was restored from a backup: days of the old one may be missing. */
  epoch: number;
  /** The agency's statement before this one; null: this is its first. Days between them have none. */
  previous: { day: string; hash: string } | null;
  counts: StatementCounts;
  /** What both books hold, by the digest API's definition; null: not compared, or not read whole. */
  lines: { ours: BookDigest | null; theirs: BookDigest | null };
  coverage: 'both' | 'ours only' | 'none';
  comparison: { source: string; at: string } | null;
  discrepancies: StatedDiscrepancies;
  contracts: { validFrom: string; serial: number; hash: string }[];
  codeTables: { name: string; validFrom: string; hash: string }[];
  /** Merkle tree over the heads, at the cut, of all streams that the agency has deliveries of. */
  chainHeads: { streams: number; merkleRoot: string };
  /** Keys that may sign this statement. */
  keys: { ours: string[]; theirs: string[] };
  /** sha-256 of each other member's canonical JSON: names what was altered. */
  sections: Record<SectionName, string>;
}

export interface Party {
  id: string;
  name: { vi: string; en: string };
  /** QĐ 20/2020/QĐ-TTg; null: none is known. */
  code: string | null;
}

/** Deliveries: opening + planned + reopened = acknowledged + superseded + closed + carried. */
export interface StatementCounts {
  opening: number;
  planned: number;
  /** Had ended on an earlier day, and an operator's replay opened them again. */
  reopened: number;
  acknowledged: number;
  superseded: number;
  closed: number;
  carried: number;
}

export interface BookDigest {
  count: number;
  digest: string;
}

export interface StatedDiscrepancies {
  /** Seen twice and not settled when the statement was made. Types that have none are left out. */
  counts: Partial<Record<LineDiscrepancy, number>>;
  /** sha-256 of the list's canonical JSON, sorted by type, then key, in the byte order of UTF-8. */
  list: string;
}

/** One of the list that `discrepancies.list` is the hash of. */
export interface ListedDiscrepancy {
  type: LineDiscrepancy;
  key: string;
  side: Side;
  firstSeenAt: string;
}

export const sectionNames = [
  'apiVersion',
  'kind',
  'parties',
  'day',
  'cutOff',
  'epoch',
  'previous',
  'counts',
  'lines',
  'coverage',
  'comparison',
  'discrepancies',
  'contracts',
  'codeTables',
  'chainHeads',
  'keys',
] as const satisfies readonly Exclude<keyof Statement, 'sections'>[];
export type SectionName = (typeof sectionNames)[number];
export type Drafted = Omit<Statement, 'sections'>;

export const withSections = (draft: Drafted): Statement => ({ ...draft, sections: sectionHashes(draft) });

export function sectionHashes(said: Readonly<Partial<Record<SectionName, unknown>>>): Record<SectionName, string> {
  return Object.fromEntries(sectionNames.map((name) => [name, textHash(canonicalJson(said[name] ?? null))])) as Record<
    SectionName,
    string
  >;
}

export const addsUp = ({
  opening,
  planned,
  reopened,
  acknowledged,
  superseded,
  closed,
  carried,
}: StatementCounts): boolean => opening + planned + reopened === acknowledged + superseded + closed + carried;

export function countsByType(list: readonly ListedDiscrepancy[]): StatedDiscrepancies['counts'] {
  const counts: StatedDiscrepancies['counts'] = {};
  for (const { type } of list) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The list in its one order, as the text that is hashed. */
export const discrepancyList = (listed: readonly ListedDiscrepancy[]): string =>
  canonicalJson(
    [...listed].sort(
      (a, b) => bytewise(a.type, b.type) || bytewise(a.key, b.key) || bytewise(a.firstSeenAt, b.firstSeenAt),
    ),
  );

/** The hub as a party; its name is Vietnamese, and English after ` · `. */
export function hubParty({ id, name, code }: { id: string; name: string; code: string }): Party {
  const [vi = '', en = vi] = name.split(' · ');
  return { id, name: { vi, en }, code: code === '' ? null : code };
}
