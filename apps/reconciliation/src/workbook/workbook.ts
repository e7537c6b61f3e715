import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type exceljs from 'exceljs';

/**
 * `text` keeps a code as it is (leading zeros, 12 digits); `percent` is a share, 0.7838 for 78,38 %; `date` is a day at 00:00
 * UTC; `instant` a moment, shown in Vietnam's time. null is an empty cell.
 */
export type Cell = string | number | Date | null;

export interface Column {
  /** In characters of the body's font. */
  width: number;
  kind: 'text' | 'integer' | 'number' | 'date' | 'instant' | 'percent';
  /** For numbers that count nothing: a row's own. */
  centred?: true;
}

/** A cell of the head, placed as in an HTML table: after what spans from the left and from above. */
interface HeadCell {
  text: string;
  columns?: number;
  rows?: number;
}

export interface Sheet {
  name: string;
  /** Lines above the table, each over its whole width; the first one is the title. */
  title?: string[];
  /** Lines above the title, in two halves side by side: who reports, to whom. */
  letterhead?: [left: string, right: string][];
  head: HeadCell[][];
  columns: Column[];
  rows: AsyncIterable<Cell[]> | Iterable<Cell[]>;
  /** The row under the last one, in bold: read when all rows are through. */
  total?: () => Cell[];
  notes?: string[];
  /** Landscape, where this isn't said. */
  portrait?: true;
  /** Who signs, side by side, with room for the signature. */
  signatures?: string[];
}

const FONT = 'Times New Roman';
const formats = {
  text: '@',
  integer: '#,##0',
  number: '#,##0.00',
  date: 'dd/mm/yyyy',
  instant: 'dd/mm/yyyy hh:mm:ss',
  percent: '0.00%',
} as const;
const line = { style: 'thin' } as const;
const border = { top: line, left: line, bottom: line, right: line };
const middle = { horizontal: 'center', vertical: 'middle', wrapText: true } as const;

/**
 * One XLSX on its way to `to` while its rows are read: memory doesn't grow with them. A4, the head repeated on every
 * printed page, rows as high as their text. Resolves when the last byte is handed to `to`, which is ended.
 */
export async function writeWorkbook(to: Writable, sheets: readonly Sheet[]): Promise<void> {
  const failed = new Promise<never>((_, reject) => to.once('error', reject));
  failed.catch(() => undefined);
  // More memory than all else that a report needs: only once a workbook is asked for.
  const { default: excel } = await import('exceljs');
  const book = new excel.stream.xlsx.WorkbookWriter({ stream: to, useStyles: true, useSharedStrings: false });
  const write = async (): Promise<void> => {
    for (const sheet of sheets) await writeSheet(book, sheet);
    await book.commit();
  };
  try {
    await Promise.race([write(), failed]);
  } catch (error) {
    // Half a file must not look like a whole one to whoever reads `to`.
    to.destroy(error instanceof Error ? error : undefined);
    throw error;
  }
}

async function writeSheet(book: exceljs.stream.xlsx.WorkbookWriter, sheet: Sheet): Promise<void> {
  const { letterhead = [], title = [], notes = [], columns } = sheet;
  const widths = columns.map(({ width }) => width);
  const above = letterhead.length + title.length;
  const paper = book.addWorksheet(sheetName(sheet.name), {
    views: [{ state: 'frozen', ySplit: above + sheet.head.length, xSplit: 0 }],
    pageSetup: {
      paperSize: 9,
      orientation: sheet.portrait ? 'portrait' : 'landscape',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      horizontalCentered: true,
      printTitlesRow: `${above + 1}:${above + sheet.head.length}`,
      margins: { left: 0.5, right: 0.5, top: 0.6, bottom: 0.6, header: 0.3, footer: 0.3 },
    },
    headerFooter: { oddFooter: '&C&"Times New Roman"&10&P/&N' },
  });
  paper.columns = columns.map((column) => ({ width: column.width }));
  // One object a kind: the writer looks a style up by what it is, which costs more than the cell.
  const styles = columns.map((column) => bodyStyle(column, false));
  const totals = columns.map((column) => bodyStyle(column, true));

  let row = 0;
  for (const sides of letterhead) halves(paper, ++row, widths, sides, true);
  title.forEach((text, i) => across(paper, ++row, widths, text, { bold: i === 0, size: i === 0 ? 14 : 12 }, middle));
  row = writeHead(paper, row, sheet.head, widths);
  paper.lastRow?.commit();
  for await (const cells of sheet.rows) {
    put(paper, ++row, cells, styles, widths);
    await drained(paper);
  }
  if (sheet.total) put(paper, ++row, sheet.total(), totals, widths);
  for (const note of notes) across(paper, ++row, widths, note, { italic: true, size: 11 }, { wrapText: true });
  if (sheet.signatures) signingRows(paper, row + 1, widths, sheet.signatures);
  paper.commit();
}

/** A line a row, so that no program runs them together; then room to sign. */
function signingRows(
  paper: exceljs.Worksheet,
  above: number,
  widths: readonly number[],
  signatures: readonly string[],
): void {
  const lines = signatures.map((text) => text.split('\n'));
  const most = Math.max(...lines.map(({ length }) => length));
  for (let i = 0; i < most; i++) halves(paper, above + i + 1, widths, lines.map((one) => one[i] ?? ''), false); // prettier-ignore
  paper.getRow(above + most + 1).height = ROOM;
}

function put(
  paper: exceljs.Worksheet,
  at: number,
  cells: readonly Cell[],
  styles: readonly Partial<exceljs.Style>[],
  widths: readonly number[],
): void {
  const row = paper.getRow(at);
  const lines = Math.max(...cells.map((cell, i) => (typeof cell === 'string' ? linesOf(cell, widths[i]!) : 1)));
  if (lines > 1) row.height = lines * LINE;
  cells.forEach((value, i) => {
    const cell = row.getCell(i + 1);
    cell.value = styles[i]!.numFmt === formats.instant && value instanceof Date ? inVietnam(value) : value;
    cell.style = styles[i]!;
  });
  row.commit();
}

/** A cell has no time zone. */
const inVietnam = (at: Date): Date => new Date(at.getTime() + 7 * 3_600_000);

function bodyStyle({ kind, centred }: Column, bold: boolean): Partial<exceljs.Style> {
  const isCentred = centred === true || kind === 'date' || kind === 'instant';
  const horizontal = isCentred ? 'center' : kind === 'text' ? 'left' : 'right';
  return {
    font: { name: FONT, size: 11, bold },
    numFmt: formats[kind],
    border,
    alignment: { horizontal, vertical: 'middle', wrapText: kind === 'text' },
  };
}

function writeHead(
  paper: exceljs.Worksheet,
  above: number,
  head: readonly HeadCell[][],
  widths: readonly number[],
): number {
  const taken = new Set<string>();
  head.forEach((cells, r) => {
    let column = 1;
    let lines = 1;
    for (const { text, columns = 1, rows = 1 } of cells) {
      while (taken.has(`${r}/${column}`)) column++;
      for (let y = r; y < r + rows; y++) for (let x = column; x < column + columns; x++) taken.add(`${y}/${x}`);
      for (let y = r; y < r + rows; y++)
        for (let x = column; x < column + columns; x++) paper.getCell(above + y + 1, x).border = border;
      const cell = paper.getCell(above + r + 1, column);
      cell.value = text;
      cell.style = { font: { name: FONT, size: 11, bold: true }, alignment: middle, border };
      if (rows > 1 || columns > 1) paper.mergeCells(above + r + 1, column, above + r + rows, column + columns - 1);
      lines = Math.max(lines, Math.ceil(linesOf(text, widthOf(widths, column - 1, columns), BOLD) / rows));
      column += columns;
    }
    paper.getRow(above + r + 1).height = lines * LINE;
  });
  return above + head.length;
}

function across(
  paper: exceljs.Worksheet,
  at: number,
  widths: readonly number[],
  text: string,
  font: Partial<exceljs.Font>,
  alignment: Partial<exceljs.Alignment>,
): void {
  const cell = paper.getCell(at, 1);
  cell.value = text;
  cell.style = { font: { name: FONT, ...font }, alignment };
  if (widths.length > 1) paper.mergeCells(at, 1, at, widths.length);
  paper.getRow(at).height = linesOf(text, widthOf(widths, 0), font.bold ? BOLD : 1.1) * LINE * 1.15;
}

/** Texts side by side, each over its share of the width: the columns that come nearest to it. */
function halves(
  paper: exceljs.Worksheet,
  at: number,
  widths: readonly number[],
  texts: readonly string[],
  bold: boolean,
): void {
  let from = 0;
  let lines = 1;
  texts.forEach((text, i) => {
    const share = (widthOf(widths, 0) * (i + 1)) / texts.length;
    const off = (columns: number): number => Math.abs(widthOf(widths, 0, columns) - share);
    let upTo = Math.min(from + 1, widths.length);
    while (upTo < widths.length && off(upTo + 1) <= off(upTo)) upTo++;
    if (upTo === from) return;
    const cell = paper.getCell(at, from + 1);
    cell.value = text;
    cell.style = { font: { name: FONT, size: 12, bold }, alignment: { ...middle, vertical: 'top' } };
    if (upTo > from + 1) paper.mergeCells(at, from + 1, at, upTo);
    lines = Math.max(lines, linesOf(text, widthOf(widths, from, upTo - from), bold ? BOLD : 1.1));
    from = upTo;
  });
  paper.getRow(at).height = lines * LINE * 1.1;
}

/** Points: a line of the body, and room for a signature. How much wider a bold letter is: programs fit no row whose cells are merged. */
const LINE = 15;
const ROOM = 80;
const BOLD = 1.2;
const widthOf = (widths: readonly number[], from: number, columns = widths.length): number =>
  widths.slice(from, from + columns).reduce((all, width) => all + width, 0);

/** A capital is half as wide again as the digit that columns are measured by. */
function linesOf(text: string, width: number, wider = 1): number {
  return text.split('\n').reduce((lines, line) => {
    if (line.length * 1.5 * wider <= width) return lines + 1;
    const capitals = line.match(/\p{Lu}/gu)?.length ?? 0;
    return lines + Math.max(1, Math.ceil(((line.length + capitals / 2) * wider) / width));
  }, 0);
}

/** Streams of exceljs are an older kind, which says in its state only that it is full. */
interface Buffering {
  stream: { pipes: (Writable & { _writableState: { needDrain: boolean } })[] };
}

/** exceljs writes on whatever its reader does: rows wait here while the zip is behind, or a slow reader would cost memory. */
async function drained(paper: exceljs.Worksheet): Promise<void> {
  const zip = (paper as unknown as Buffering).stream.pipes[0];
  if (zip?._writableState.needDrain) await once(zip, 'drain');
}

/** Spreadsheets take 31 characters, and none of these. */
const sheetName = (name: string): string => name.replace(/[\\/?*[\]:]/g, '-').slice(0, 31);
