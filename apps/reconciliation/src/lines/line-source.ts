import type { Digest, Line, Range } from '#wire';

/** Takes lines in batches, in any order; a batch is in the ledger's temporary tables when it resolves. */
export type TakeLines = (lines: readonly Line[]) => Promise<void>;

/**
 * What a partner's books show. `coverage`: whether a line that only the partner has would be seen (`both`), or only lines that
 * we ask for (`ours only`).
 */
export interface LineSource {
  readonly coverage: 'both' | 'ours only';
  /**
   * All lines of the range, each batch handed on before the next is asked for. Rejects with SourceRefused where the books
   * can't be taken as they are; nothing of that range counts then.
   */
  lines(range: Range, take: TakeLines, signal: AbortSignal): Promise<void>;
  /** Digests of these ranges, in their order. Absent: the source can't, and lines are read. */
  digest?(ranges: readonly Range[], signal: AbortSignal): Promise<Digest[]>;
  /** What was read, where the books are a file; undefined before its lines are. */
  readonly file?: SourceFile | undefined;
  /** Bytes sent and received so far. */
  readonly exchanged: number;
  close(): Promise<void>;
}

export interface SourceFile {
  /** Hex. */
  sha256: string;
  /** RFC 3339: when it was last changed, where the file says so. */
  asOf: string | null;
}

/** Books that can't be taken: which row (as a person counts, the head included), and why, in both languages; no value of it. */
export class SourceRefused extends Error {
  constructor(
    readonly rule: string,
    readonly vi: string,
    readonly en: string,
    readonly row?: number,
  ) {
    super(row === undefined ? en : `row ${row}: ${en}`);
  }
}
