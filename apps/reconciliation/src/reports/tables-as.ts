import type { Writable } from 'node:stream';
import { once } from 'node:events';
import { writeWorkbook, type Cell, type Column, type Sheet } from '../workbook/workbook.js';
import type { List } from './lists.js';

export const formats = ['json', 'csv', 'xlsx'] as const;
export type Format = (typeof formats)[number];

export const mediaTypes: Record<Format, string> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** A list on its way, row by row, in whichever form; `to` is ended, or destroyed with the reason. */
export async function sendList<T>(to: Writable, list: List<T>, as: Format): Promise<void> {
  if (as === 'xlsx') return writeWorkbook(to, [sheetOf(list)]);
  try {
    await (as === 'csv' ? writeCsv(to, list) : writeJson(to, list));
  } catch (error) {
    to.destroy(error instanceof Error ? error : undefined);
    throw error;
  }
}

function sheetOf<T>({ name, title, columns, rows }: List<T>): Sheet {
  return {
    name,
    title: [title],
    head: [columns.map((column) => ({ text: column.title }))],
    columns: columns.map(({ width, kind }) => ({ width, kind })),
    rows: cellsOf(columns, rows),
  };
}

async function* cellsOf<T>(columns: List<T>['columns'], rows: AsyncIterable<T>): AsyncGenerator<Cell[]> {
  for await (const row of rows) yield columns.map(({ of }) => of(row));
}

/** Spreadsheets of a Vietnamese machine take `;` between cells and a comma in numbers; the BOM says that it is UTF-8. */
export const CSV_BOM = '\uFEFF';
export const csvLine = (cells: readonly Cell[], kinds: readonly Column['kind'][]): string =>
  `${cells.map((cell, i) => csvCell(cell, kinds[i]!)).join(';')}\r\n`;

async function writeCsv<T>(to: Writable, { columns, rows }: List<T>): Promise<void> {
  const titles = columns.map(({ title }) => title);
  const kinds = columns.map(({ kind }) => kind);
  await put(
    to,
    CSV_BOM +
      csvLine(
        titles,
        titles.map(() => 'text' as const),
      ),
  );
  for await (const cells of cellsOf(columns, rows)) await put(to, csvLine(cells, kinds));
  to.end();
}

function csvCell(cell: Cell, kind: Column['kind']): string {
  if (cell === null) return '';
  if (cell instanceof Date) return kind === 'date' ? cell.toISOString().slice(0, 10) : localTime(cell);
  if (typeof cell === 'number') return (kind === 'percent' ? percent(cell) : String(cell)).replace('.', ',');
  // A spreadsheet would take it for a formula.
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
const localTime = (at: Date): string =>
  new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

/** `{"title": …, "cases": […]}`, keys as in docs/reports.md, times in UTC. */
async function writeJson<T>(to: Writable, { title, columns, rows }: List<T>): Promise<void> {
  await put(to, `{"title":${JSON.stringify(title)},"cases":[`);
  let first = true;
  for await (const row of rows) {
    const members = Object.fromEntries(columns.map(({ key, of }) => [key, of(row)]));
    await put(to, `${first ? '' : ','}\n${JSON.stringify(members)}`);
    first = false;
  }
  to.end('\n]}\n');
}

async function put(to: Writable, chunk: string): Promise<void> {
  if (to.destroyed) throw new Error('the reader is gone');
  if (!to.write(chunk)) await once(to, 'drain');
}
