/** A cell as a sheet keeps it; CSV knows text only. A date: ISO day, or RFC 3339 where it has a time. */
export type Cell =
  | { kind: 'text'; text: string }
  | { kind: 'number'; number: number }
  | { kind: 'date'; text: string }
  | { kind: 'yes-no'; yes: boolean }
  | { kind: 'error' }
  /** A formula without a result. */
  | { kind: 'unworked' };

/** `n` as a person counts, from 1. */
export interface SheetRow {
  n: number;
  cells: (Cell | undefined)[];
}

/** Rows that share cells, both included. */
export interface Merge {
  from: number;
  to: number;
}

export interface Sheet {
  rows: AsyncIterable<SheetRow[]>;
  /** Whole once its rows have ended: a sheet tells them last. */
  merges: readonly Merge[];
  /** RFC 3339: when it was last changed, where the file says so. */
  asOf: string | null;
  close(): Promise<void>;
}

export const isEmpty = (cell: Cell | undefined): boolean =>
  cell === undefined || (cell.kind === 'text' && cell.text.trim() === '');
/** A row may say something in its last column alone: what isn't there isn't looked at. */
export const isBlank = ({ cells }: SheetRow): boolean => Object.values(cells).every((cell) => isEmpty(cell));
export const textOf = (cell: Cell | undefined): string => (cell?.kind === 'text' ? cell.text : '');
