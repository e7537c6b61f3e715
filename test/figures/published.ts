import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCsv } from '../../apps/sandbox/src/year/csv.js';

/** A row of deploy/figures/published.csv: what a source says of a place and period. */
export interface PublishedRow {
  source: string;
  place: string;
  period: string;
  figure: string;
  value: number;
  unit: string;
  note: string;
}

export const publishedRows: readonly PublishedRow[] = readCsv(
  readFileSync(join(import.meta.dirname, '../../deploy/figures/published.csv'), 'utf8'),
).map((row) => ({ ...row, value: Number(row['value']) }) as unknown as PublishedRow);

/** A figure's name is unique within its place only. */
export const keyOf = ({ place, figure }: Pick<PublishedRow, 'place' | 'figure'>): string => `${place}: ${figure}`;

const byKey = new Map(publishedRows.map((row) => [keyOf(row), row.value]));

export function published(key: string): number {
  const value = byKey.get(key);
  if (value === undefined) throw new Error(`published.csv has no "${key}"`);
  return value;
}
