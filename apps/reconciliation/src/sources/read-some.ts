import type { Range } from '#wire';
import { SourceRefused, type LineSource } from '../lines/line-source.js';
import { maskedLine, type MaskedLine } from './masked-line.js';

const SHOWN = 20;
/** Enough to see whether a source can be read; a whole list is read by a comparison. */
const MOST_READ = 100_000;

export interface SomeLines {
  lines: MaskedLine[];
  /** Of the range; cut: there are more. */
  read: number;
  cut: boolean;
  exchanged: number;
  refused: { rule: string; vi: string; en: string; row?: number } | null;
}

class Enough extends Error {}

/** The first lines of a source as it would be compared, and what refused it. Nothing is kept. */
export async function readSome(source: LineSource, range: Range, signal: AbortSignal): Promise<SomeLines> {
  const some: SomeLines = { lines: [], read: 0, cut: false, exchanged: 0, refused: null };
  try {
    await source.lines(
      range,
      (lines) => {
        some.lines.push(...lines.slice(0, SHOWN - some.lines.length).map(maskedLine));
        some.read += lines.length;
        return some.read > MOST_READ ? Promise.reject(new Enough()) : Promise.resolve();
      },
      signal,
    );
  } catch (error) {
    if (error instanceof Enough) some.cut = true;
    else if (error instanceof SourceRefused) {
      const { rule, vi, en, row } = error;
      some.refused = { rule, vi, en, ...(row !== undefined && { row }) };
    } else throw error;
  } finally {
    some.exchanged = source.exchanged;
    await source.close();
  }
  return some;
}
