import { PassThrough, Readable } from 'node:stream';

import { within, type Days } from './digests.js';
import { cellOf, columnNames, columns } from './row.js';
import type { Standing, StandingBooks } from './standing.js';

export interface CsvForm {
  separator: string;
  bom: boolean;
}

function* standing(books: StandingBooks, days: Days | undefined): Generator<Standing> {
  for (const day of days ? within(books, days) : books.days()) yield* books.ofDay(day);
}

const days: readonly string[] = ['receivedOn', 'dueOn', 'finishedOn'];
/** As officers write it: dd/MM/yyyy. */
const shownDay = (iso: string): string => iso.split('-').reverse().join('/');
const shown = (line: Standing, name: (typeof columnNames)[number]): string => {
  const cell = cellOf(line, name) ?? '';
  return days.includes(name) && cell !== '' ? shownDay(cell) : cell;
};

/** All that stands, or what was received on those days, as CSV (RFC 4180). */
export function csvOf(books: StandingBooks, asked: Days | undefined, { separator, bom }: CsvForm): Readable {
  const quoted = (cell: string): string =>
    cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const text = (cells: string[]): string => `${cells.map(quoted).join(separator)}\r\n`;
  function* parts(): Generator<string> {
    let part = `${bom ? '\uFEFF' : ''}${text(columnNames.map((name) => columns[name].head))}`;
    for (const line of standing(books, asked)) {
      part += text(columnNames.map((name) => shown(line, name)));
      if (part.length < 65_536) continue;
      yield part;
      part = '';
    }
    yield part;
  }
  return Readable.from(parts());
}

/** The same as a workbook: a head and one row a line, every cell text. */
export function writeXlsx(books: StandingBooks, asked: Days | undefined): Readable {
  const out = new PassThrough();
  const write = async (): Promise<void> => {
    const { default: excel } = await import('exceljs');
    const workbook = new excel.stream.xlsx.WorkbookWriter({ stream: out, useStyles: false, useSharedStrings: false });
    const sheet = workbook.addWorksheet('HoSo');
    sheet.addRow(columnNames.map((name) => columns[name].head)).commit();
    let count = 0;
    for (const line of standing(books, asked)) {
      sheet.addRow(columnNames.map((name) => shown(line, name))).commit();
      count += 1;
      // The writer never waits for its reader by itself.
      if (count % 2_000 === 0) await new Promise(setImmediate);
    }
    sheet.commit();
    await workbook.commit();
  };
  write().catch((error: unknown) => out.destroy(error as Error));
  return out;
}
