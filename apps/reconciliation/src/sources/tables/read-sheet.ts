import { refused } from '../refusals.js';
import type { SharedTexts } from './shared-texts.js';
import type { Cell, Merge, Sheet, SheetRow } from './table.js';
import { own, plain, TagReader, unescaped } from './xml-tags.js';

export interface WorkbookParts {
  shared: SharedTexts | undefined;
  /** Cell styles that show a date. */
  styles: ReadonlySet<number>;
  isFrom1904: boolean;
  asOf: string | null;
}

export const MOST_COLUMNS = 16_384;
const MOST_ROWS = 1_048_576;
const MOST_MERGES = 100_000;
/** A cell holds 32,767 characters at most. */
export const LONGEST_CELL = 65_536;
const DAY_MS = 86_400_000;
/** 1 is 1 January 1900, and 60 the 29 February that this year hadn't. */
const FROM_1900 = Date.UTC(1899, 11, 30);
const FROM_1904 = Date.UTC(1904, 0, 1);

/** Rows of one sheet as its XML comes: memory holds what one chunk brought. */
export class ReadZipSheet implements Sheet {
  readonly merges: Merge[] = [];
  readonly rows: AsyncIterable<SheetRow[]>;
  readonly asOf: string | null;
  private ready: SheetRow[] = [];
  private row: SheetRow = { n: 0, cells: [] };
  private column = -1;
  private type = '';
  private style = 0;
  private value = '';
  private isValue = false;
  private isReading = false;
  private isFormula = false;

  constructor(
    chunks: AsyncIterable<Buffer>,
    private readonly parts: WorkbookParts,
  ) {
    this.asOf = parts.asOf;
    this.rows = this.read(chunks);
  }

  async close(): Promise<void> {
    await this.parts.shared?.close();
  }

  private async *read(chunks: AsyncIterable<Buffer>): AsyncGenerator<SheetRow[]> {
    const reader = new TagReader({
      open: ({ name, attributes }) => this.enter(plain(name), attributes),
      close: (name) => this.leave(plain(name)),
      text: (text) => this.takeText(text),
    });
    for await (const chunk of chunks) {
      reader.write(chunk);
      if (this.ready.length === 0) continue;
      yield this.ready;
      this.ready = [];
    }
    reader.end();
    if (this.ready.length > 0) yield this.ready;
  }

  private takeText(text: string): void {
    if (!this.isValue) return;
    this.value += text;
    if (this.value.length > LONGEST_CELL) throw refused('long-cell', { row: this.row.n });
  }

  private enter(name: string, attributes: Record<string, string>): void {
    switch (name) {
      case 'row':
        this.begin(attributes['r']);
        break;
      case 'c':
        this.column = attributes['r'] === undefined ? this.column + 1 : columnOf(attributes['r']);
        if (this.column < 0 || this.column >= MOST_COLUMNS) throw refused('not-xlsx', { row: this.row.n });
        this.type = attributes['t'] ?? 'n';
        this.style = Number(attributes['s'] ?? 0);
        this.value = '';
        this.isFormula = false;
        break;
      case 'f':
        this.isFormula = true;
        break;
      case 'v':
        this.isValue = true;
        break;
      case 'rPh':
        this.isReading = true;
        break;
      case 't':
        this.isValue = !this.isReading;
        break;
      case 'mergeCell':
        this.merge(attributes['ref'] ?? '');
        break;
    }
  }

  /** Rows come in order, each once: who reads otherwise reads another sheet than a person sees. */
  private begin(said: string | undefined): void {
    const n = said === undefined ? this.row.n + 1 : Number(said);
    if (!Number.isInteger(n) || n <= this.row.n || n > MOST_ROWS) throw refused('not-xlsx', { row: this.row.n + 1 });
    this.row = { n, cells: [] };
    this.column = -1;
  }

  private leave(name: string): void {
    if (name === 'v' || name === 't') this.isValue = false;
    else if (name === 'rPh') this.isReading = false;
    else if (name === 'c') {
      const cell = this.cell();
      if (cell) this.row.cells[this.column] = cell;
    } else if (name === 'row') this.ready.push(this.row);
  }

  private cell(): Cell | undefined {
    const { value, type } = this;
    // A formula's empty text is one; one that nobody has worked out yet shows nothing that could be read.
    if (value === '') return this.isFormula && type !== 'str' ? { kind: 'unworked' } : undefined;
    switch (type) {
      case 's': {
        const text = this.parts.shared?.at(Number(value));
        if (text === undefined) throw refused('not-xlsx', { row: this.row.n });
        return { kind: 'text', text };
      }
      case 'str':
      case 'inlineStr':
        return { kind: 'text', text: own(unescaped(value)) };
      case 'b':
        return { kind: 'yes-no', yes: value === '1' };
      case 'e':
        return { kind: 'error' };
      case 'd':
        return { kind: 'date', text: /T00:00:00(?:\.0+)?Z?$/.test(value) ? value.slice(0, 10) : value };
      default: {
        const number = Number(value);
        if (!Number.isFinite(number)) return { kind: 'error' };
        // No zero is below zero.
        return this.parts.styles.has(this.style) ? this.date(number) : { kind: 'number', number: number + 0 };
      }
    }
  }

  private date(serial: number): Cell {
    const { isFrom1904 } = this.parts;
    const whole = Math.floor(serial);
    if (serial < (isFrom1904 ? 0 : 1) || serial > 2_958_465 || (!isFrom1904 && whole === 60)) return { kind: 'error' };
    const early = !isFrom1904 && whole < 60 ? 1 : 0;
    const day = new Date((isFrom1904 ? FROM_1904 : FROM_1900) + (whole + early) * DAY_MS);
    const seconds = Math.round((serial - whole) * 86_400);
    const at = new Date(day.getTime() + seconds * 1_000).toISOString();
    return { kind: 'date', text: seconds === 0 ? at.slice(0, 10) : `${at.slice(0, 19)}+07:00` };
  }

  private merge(ref: string): void {
    const [, from, to] = /^\$?[A-Z]+\$?(\d+):\$?[A-Z]+\$?(\d+)$/.exec(ref) ?? [];
    if (from === undefined || to === undefined) return;
    if (this.merges.length >= MOST_MERGES) throw refused('merged-cells', { row: Number(from) });
    this.merges.push({ from: Number(from), to: Number(to) });
  }
}

function columnOf(reference: string): number {
  let column = 0;
  for (let i = 0; i < reference.length; i++) {
    const letter = reference.charCodeAt(i) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
}
