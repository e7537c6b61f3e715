import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { parse as parseWhole } from 'csv-parse/sync';
import type { Charset, Table } from '#wire';
import { refused } from '../refusals.js';
import type { Bytes } from './bytes.js';
import { findHead, headsOf } from './find-head.js';
import { MOST_COLUMNS } from './read-sheet.js';
import type { Cell, Sheet, SheetRow } from './table.js';

const LONGEST_ROW = 262_144;
const HEAD_BYTES = 65_536;
const ROWS_AT_ONCE = 1_000;
const SIZE_AT_ONCE = 4 * 1_048_576;
/** An empty one costs, too. */
const CELL_SIZE = 32;
const delimiters = [',', ';', '\t'] as const;

/** CSV row by row, in the charset and with the delimiter that the contract names; the delimiter is else told by its head. */
export async function readCsv(bytes: Bytes, table: Table): Promise<Sheet> {
  const charset = table.charset ?? 'utf-8';
  const start = await bytes.at(0, HEAD_BYTES);
  refuseOtherMark(start, charset);
  const { text, skip } = withoutSep(beginning(start, charset, bytes.size > start.length));
  const delimiter =
    table.delimiter === undefined ? (skip?.delimiter ?? delimiterBy(text, table)) : written(table.delimiter);
  return {
    rows: rowsOf(bytes, charset, delimiter, skip ? 1 : 0),
    merges: [],
    asOf: null,
    close: () => Promise.resolve(),
  };
}

const written = (delimiter: NonNullable<Table['delimiter']>): string => (delimiter === 'tab' ? '\t' : delimiter);

const decoderFor = (charset: Charset) => new TextDecoder(charset, { fatal: true });

/** Whole lines of the file's beginning. */
function beginning(start: Buffer, charset: Charset, isCut: boolean): string {
  let text: string;
  try {
    text = decoderFor(charset).decode(start, { stream: isCut });
  } catch {
    throw refused('charset', { row: 1 });
  }
  if (text.includes('\0')) throw refused('charset', { row: 1 });
  const end = isCut ? text.lastIndexOf('\n') : text.length;
  return text.slice(0, end < 0 ? text.length : end);
}

/** A mark says what it is: bytes of another charset aren't read as this one. */
function refuseOtherMark(start: Buffer, charset: Charset): void {
  const [a, b, c] = start;
  const mark =
    a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : a === 0xef && b === 0xbb && c === 0xbf ? 'utf-8' : charset; // prettier-ignore
  if (mark !== charset) throw refused('charset', { row: 1, at: mark });
}

/** Spreadsheets write `sep=;` above the head, for themselves. */
function withoutSep(text: string): { text: string; skip: { delimiter: string } | undefined } {
  const [line, delimiter] = /^sep=([,;\t])\r?\n/i.exec(text) ?? [];
  return line === undefined || delimiter === undefined
    ? { text, skip: undefined }
    : { text: text.slice(line.length), skip: { delimiter } };
}

function delimiterBy(text: string, table: Table): string {
  const heads = headsOf(table);
  const fitting = delimiters.filter((delimiter) => {
    const rows = begun(text, delimiter);
    const cells = rows.map((row, n): SheetRow => ({ n: n + 1, cells: row.map(cellOf) }));
    return heads.length > 1 ? findHead(cells, table).kind === 'found' : (cells[0]?.cells.length ?? 0) > 1;
  });
  const [only, other] = fitting;
  if (only !== undefined && other === undefined) return only;
  // Not a head in any way: the search for it says which columns are missing.
  const most = delimiters.map((delimiter) => [text.split('\n', 1)[0]!.split(delimiter).length, delimiter] as const).sort((a, b) => b[0] - a[0]); // prettier-ignore
  if (fitting.length === 0 && most[0]![0] > most[1]![0]) return most[0]![1];
  if (fitting.length === 0 && most[0]![0] === 1) return ',';
  throw refused('delimiter', { row: 1 });
}

/** Nothing where it can't be read so. */
function begun(text: string, delimiter: string): string[][] {
  try {
    return parseWhole(text, { delimiter, bom: true, relax_column_count: true, relax_quotes: true, to: 40 });
  } catch {
    return [];
  }
}

async function* rowsOf(bytes: Bytes, charset: Charset, delimiter: string, skipped: number): AsyncGenerator<SheetRow[]> {
  const parser = parse({
    delimiter,
    bom: true,
    relax_column_count: true,
    from: skipped + 1,
    max_record_size: LONGEST_ROW,
  });
  // Whatever ends the reading or the parsing is thrown to whoever iterates.
  pipeline(Readable.from(decoded(bytes, charset)), parser, () => undefined);
  let n = skipped;
  let rows: SheetRow[] = [];
  let size = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      n += 1;
      if (record.length > MOST_COLUMNS) throw refused('columns', { row: n });
      rows.push({ n, cells: record.map(cellOf) });
      size += record.reduce((sum, text) => sum + text.length + CELL_SIZE, 0);
      if (rows.length < ROWS_AT_ONCE && size < SIZE_AT_ONCE) continue;
      yield rows;
      [rows, size] = [[], 0];
    }
  } catch (error) {
    const { code, records } = error as { code?: string; records?: number };
    throw code?.startsWith('CSV_') ? refused('csv', { row: (records ?? n) + 1 }) : error;
  }
  if (rows.length > 0) yield rows;
}

async function* decoded(bytes: Bytes, charset: Charset): AsyncGenerator<string> {
  const decoder = decoderFor(charset);
  const text = (chunk?: Buffer): string => {
    try {
      const said = chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
      if (!said.includes('\0')) return said;
    } catch {
      // Told beneath.
    }
    throw refused('charset');
  };
  for await (const chunk of bytes.from(0, bytes.size)) {
    const said = text(chunk);
    if (said !== '') yield said;
  }
  const rest = text();
  if (rest !== '') yield rest;
}

const cellOf = (text: string): Cell | undefined => (text === '' ? undefined : { kind: 'text', text });
