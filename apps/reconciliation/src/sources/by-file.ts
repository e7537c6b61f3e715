import { formatOf, isAddress, type RowReader } from '#connectors';
import type { Range, ReconcileLines } from '#wire';
import type { LineSource, SourceFile, TakeLines } from '../lines/line-source.js';
import { fromOwnFolder } from './own-folder.js';
import { asRefused, type PartnerFiles } from './partner-files.js';
import { refused } from './refusals.js';
import { spoolFile, type SpooledFile } from './spool-file.js';
import type { Bytes } from './tables/bytes.js';
import { readCsv } from './tables/read-csv.js';
import { linesOf } from './tables/read-table.js';
import { readXlsx } from './tables/read-xlsx.js';

export type FileWay = Extract<ReconcileLines, { by: 'daily-file' | 'spreadsheet' }>;
export type OpenFile = (signal: AbortSignal) => Promise<SpooledFile>;

const LARGEST_FILE = 512 * 1_048_576;

/** A table that lies whole before us: XLSX or CSV, whichever way it came. */
export class ByFile implements LineSource {
  readonly coverage = 'both';
  exchanged = 0;
  file: SourceFile | undefined;

  constructor(
    private readonly way: FileWay,
    private readonly reader: RowReader,
    private readonly open: OpenFile,
    private readonly ended: () => Promise<void> = () => Promise.resolve(),
  ) {}

  async lines(range: Range, take: TakeLines, signal: AbortSignal): Promise<void> {
    const bytes = await this.open(signal);
    try {
      if (bytes.size > LARGEST_FILE) throw refused('too-big');
      this.exchanged += bytes.size;
      const { way: table, reader } = this;
      const isCsv = (formatOf(table) ?? (await formatBy(bytes))) === 'csv';
      const sheet = isCsv ? await readCsv(bytes, table) : await readXlsx(bytes, table.sheet);
      this.file = { sha256: bytes.sha256, asOf: sheet.asOf };
      try {
        for await (const lines of linesOf(sheet, { table, reader, range, isWidthFixed: isCsv })) {
          signal.throwIfAborted();
          await take(lines);
        }
      } finally {
        await sheet.close();
      }
    } finally {
      await bytes.close();
    }
  }

  close(): Promise<void> {
    return this.ended();
  }
}

async function formatBy(bytes: Bytes): Promise<'xlsx' | 'csv'> {
  const start = await bytes.at(0, 4);
  const isOle = start.toString('hex') === 'd0cf11e0';
  if (isOle) throw refused('not-xlsx');
  return start.toString('latin1').startsWith('PK') ? 'xlsx' : 'csv';
}

/** `{date}` is yyyyMMdd. */
export const dailyFile =
  (name: string, day: string, folder: string): OpenFile =>
  (signal) =>
    fromOwnFolder(folder, dated(name, day), { day, most: LARGEST_FILE, signal });

/** Kept in a file without a name while it is read: a workbook can't be read from front to back. */
export const fileAt =
  (address: string, day: string, partner: PartnerFiles): OpenFile =>
  async (signal) => {
    try {
      return await spoolFile(await partner.stream(new URL(dated(address, day)), signal, LARGEST_FILE), LARGEST_FILE);
    } catch (error) {
      throw asRefused(error, signal);
    }
  };

const dated = (name: string, day: string): string => name.replaceAll('{date}', day.replaceAll('-', ''));

export { isAddress };
