import type { Cells, RowReader } from '#connectors';
import type { Line, Range, Table } from '#wire';
import { SourceRefused } from '../../lines/line-source.js';
import { isWithin } from '../days-of.js';
import { columnTwice, lacksColumns, refused } from '../refusals.js';
import { findHead, ROWS_FOR_HEAD, written, type Head } from './find-head.js';
import { isBlank, isEmpty, textOf, type Sheet, type SheetRow } from './table.js';

/** The numbers of columns that forms print beneath their heads: (1), (2), … */
const NUMBERING = /^\(\d{1,3}\)$/;
/** Spreadsheets keep fifteen digits of a number. */
const MOST_DIGITS = 1e15;

/** Lines of a sheet that were received in the range, in batches as its rows come. */
export async function* linesOf(
  sheet: Sheet,
  { table, reader, range, isWidthFixed }: { table: Table; reader: RowReader; range: Range; isWidthFixed: boolean },
): AsyncGenerator<Line[]> {
  const rows = new TableRows(reader, isWidthFixed, table.end);
  let waiting: SheetRow[] = [];
  let fault: SourceRefused | undefined;
  for await (const some of sheet.rows) {
    // A merged cell explains what looks like a missing value; a sheet tells of it last.
    if (fault) continue;
    let body = some;
    if (!rows.head) {
      waiting.push(...some);
      if (waiting.length < ROWS_FOR_HEAD) continue;
      [body, waiting] = [rows.takeHead(waiting, table), []];
    }
    const read = rows.read(body, range);
    if (read instanceof SourceRefused) fault = read;
    else if (read.length > 0) yield read;
  }
  if (!rows.head) {
    const read = rows.read(rows.takeHead(waiting, table), range);
    if (read instanceof SourceRefused) fault = read;
    else if (read.length > 0) yield read;
  }
  const last = rows.endedAt ?? Infinity;
  const merged = sheet.merges
    .filter(({ from, to }) => to > rows.head!.row && from < last)
    .sort((a, b) => a.from - b.from)[0];
  if (merged && (fault?.row === undefined || merged.from <= fault.row))
    throw refused('merged-cells', { row: Math.max(merged.from, rows.head!.row + 1) });
  if (fault) throw fault;
  if (table.end !== undefined && rows.endedAt === undefined) throw refused('no-end', { at: `“${table.end}”` });
}

class TableRows {
  head: Head | undefined;
  /** The row that the contract calls the last one. */
  endedAt: number | undefined;
  private readonly withDates = new Set<string>();
  private readonly withTexts = new Set<string>();

  constructor(
    private readonly reader: RowReader,
    private readonly isWidthFixed: boolean,
    private readonly end: string | undefined,
  ) {}

  /** What stands beneath the head. */
  takeHead(rows: readonly SheetRow[], table: Table): SheetRow[] {
    const found = findHead(rows, table);
    if (found.kind === 'missing') throw lacksColumns(found.heads);
    if (found.kind === 'twice') throw columnTwice(found.head, found.row);
    const unnamed = [...this.reader.columns].filter((column) => !found.head.columns.has(column));
    if (unnamed.length > 0) throw lacksColumns(unnamed);
    this.head = found.head;
    let body = rows.filter(({ n }) => n > found.head.row);
    // The lower row of a head, in columns that nothing reads.
    if (body[0] && this.isForeign(body[0])) {
      this.head = { ...found.head, row: body[0].n };
      body = body.slice(1);
    }
    const [first] = body;
    const said = first?.cells.filter((cell) => !isEmpty(cell)) ?? [];
    const isNumbering =
      said.length > 0 && said.every((cell) => cell?.kind === 'text' && NUMBERING.test(cell.text.trim()));
    return isNumbering ? body.slice(1) : body;
  }

  read(rows: readonly SheetRow[], range: Range): Line[] | SourceRefused {
    const lines: Line[] = [];
    for (const row of rows) {
      if (isBlank(row)) continue;
      if (this.endedAt === undefined && this.isEnd(row)) this.endedAt = row.n;
      if (this.endedAt !== undefined) {
        // Signatures stand beneath; a case doesn't.
        if (row.n > this.endedAt && !(this.line(row) instanceof SourceRefused))
          return refused('after-end', { row: row.n });
        continue;
      }
      const read = this.line(row);
      if (read instanceof SourceRefused) return read;
      if (isWithin(read.receivedOn, range)) lines.push(read);
    }
    return lines;
  }

  private isEnd({ cells }: SheetRow): boolean {
    const first = this.end === undefined ? undefined : Object.values(cells).find((cell) => !isEmpty(cell));
    return this.end !== undefined && written(textOf(first)).startsWith(written(this.end));
  }

  private isForeign({ cells }: SheetRow): boolean {
    const ours = new Set([...this.reader.columns].map((column) => this.head!.columns.get(column)));
    const said = [...cells.keys()].filter((place) => !isEmpty(cells[place]));
    return said.length > 0 && said.every((place) => !ours.has(place));
  }

  private line({ n, cells }: SheetRow): Line | SourceRefused {
    const head = this.head!;
    if (this.isWidthFixed && (cells.length < head.width || cells.slice(head.width).some((cell) => !isEmpty(cell))))
      return refused('columns', { row: n });
    const row: Record<string, string | number | boolean> = {};
    const kinds = { numbers: new Set<string>(), dates: new Set<string>() } satisfies Cells;
    for (const name of this.reader.columns) {
      const cell = cells[head.columns.get(name)!];
      if (cell === undefined) continue;
      switch (cell.kind) {
        case 'error':
          return refused('error-cell', { row: n, at: name });
        case 'unworked':
          return refused('no-result', { row: n, at: name });
        case 'text':
          row[name] = cell.text.trim();
          if (row[name] !== '') this.withTexts.add(name);
          break;
        case 'number':
          if (Math.abs(cell.number) >= MOST_DIGITS) return refused('long-number', { row: n, at: name });
          row[name] = cell.number;
          kinds.numbers.add(name);
          break;
        case 'date':
          row[name] = cell.text;
          kinds.dates.add(name);
          this.withDates.add(name);
          break;
        case 'yes-no':
          row[name] = cell.yes;
          break;
      }
      if (this.withDates.has(name) && this.withTexts.has(name) && !this.reader.isCode(name))
        return refused('mixed-dates', { row: n, at: name });
    }
    const read = this.reader.read(row, { cells: kinds });
    return read.kind === 'line' ? read.line : new SourceRefused(read.rule, read.vi, read.en, n);
  }
}
