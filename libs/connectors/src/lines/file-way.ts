import type { ReconcileLines } from '#wire';

type FileWay = Extract<ReconcileLines, { by: 'daily-file' | 'spreadsheet' }>;

export const isAddress = (file: string): boolean => /^https?:\/\//i.test(file);

/** Undefined: nothing says it before the file is there; then its first bytes do. */
export function formatOf(way: FileWay, name = 'file' in way ? way.file : ''): 'xlsx' | 'csv' | undefined {
  if (way.format) return way.format;
  const [, ending] = /\.(xlsx|csv)(?:[?#].*)?$/i.exec(name) ?? [];
  return ending === undefined ? undefined : (ending.toLowerCase() as 'xlsx' | 'csv');
}
