import type { ProcedureCount } from '#ledger';
import { published } from './published.js';
import type { Measured } from './replay.js';

export interface Said {
  vi: string;
  en: string;
}

/** How a figure is counted from events, and where the source's words allow more than one reading. */
export interface Figure {
  counted: Said;
  ambiguity?: Said;
  /** null: no hub can compute it. */
  from: ((measured: Measured) => number) | null;
  /** What follows from the events beside it: other readings, checks, components. */
  beside?: (measured: Measured) => Record<string, number>;
}

export const sum = (rows: readonly ProcedureCount[], which: (row: ProcedureCount) => boolean = () => true): number =>
  rows.filter(which).reduce((all, { count }) => all + count, 0);
export const linked = (link: string) => (rows: readonly ProcedureCount[]) => sum(rows, (row) => row.link === link);
export const format = (n: number): string => n.toLocaleString('en');
export const vn = (n: number): string => n.toLocaleString('de');

export const of = (key: string): number => published(key);
