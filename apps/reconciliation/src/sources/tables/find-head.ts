import type { Table } from '#wire';
import { isEmpty, textOf, type SheetRow } from './table.js';

/** Titles and dates stand above a head; nobody puts more of them there. */
const MOST_ABOVE = 30;

export interface Head {
  /** Short name → place of its column. */
  columns: ReadonlyMap<string, number>;
  /** Its last row. */
  row: number;
  width: number;
}

export type FoundHead =
  { kind: 'found'; head: Head } | { kind: 'twice'; head: string; row: number } | { kind: 'missing'; heads: string[] };

export const headsOf = ({ columns }: Table): string[] => Object.values(columns ?? {});
/** Rows that have to be there before the search can end in vain. */
export const ROWS_FOR_HEAD = MOST_ABOVE + 1;

/** As heads are compared: whatever their case, their spaces and line breaks. */
export const written = (text: string): string =>
  text.normalize('NFC').replace(/\s+/g, ' ').trim().toLocaleLowerCase('vi');

/**
 * The first row, or two rows one upon the other, in which every column of the contract is named. In two rows a column is
 * named by either, or as “upper / lower”. Without columns in the contract, the first row that holds anything.
 */
export function findHead(rows: readonly SheetRow[], table: Table): FoundHead {
  const { columns } = table;
  if (!columns) return firstRow(rows);
  const wanted = Object.entries(columns);
  let missing = wanted.map(([, head]) => head);
  for (const [i, row] of rows.slice(0, MOST_ABOVE).entries()) {
    for (const lower of [undefined, rows[i + 1]]) {
      if (lower === undefined && rows[i + 1] === row) continue;
      const names = namesOf(row, lower);
      const found = wanted.map(([name, head]) => [name, head, placesOf(names, written(head))] as const);
      const lacking = found.filter(([, , places]) => places.length === 0).map(([, head]) => head);
      if (lacking.length < missing.length) missing = lacking;
      if (lacking.length > 0) continue;
      const twice = found.find(([, , places]) => places.length > 1);
      if (twice) return { kind: 'twice', head: twice[1], row: row.n };
      const head = new Map(found.map(([name, , places]) => [name, places[0]!]));
      const width = Math.max(row.cells.length, lower?.cells.length ?? 0);
      return { kind: 'found', head: { columns: head, row: lower?.n ?? row.n, width } };
    }
  }
  return { kind: 'missing', heads: missing };
}

function firstRow(rows: readonly SheetRow[]): FoundHead {
  const row = rows.find(({ cells }) => cells.some((cell) => !isEmpty(cell)));
  if (!row) return { kind: 'missing', heads: [] };
  const columns = new Map<string, number>();
  for (const [place, cell] of row.cells.entries()) {
    const name = textOf(cell).normalize('NFC').trim();
    if (name === '') continue;
    if (columns.has(name)) return { kind: 'twice', head: name, row: row.n };
    columns.set(name, place);
  }
  return { kind: 'found', head: { columns, row: row.n, width: row.cells.length } };
}

function namesOf(row: SheetRow, lower: SheetRow | undefined): string[][] {
  const names: string[][] = [];
  let above = '';
  for (let place = 0; place < Math.max(row.cells.length, lower?.cells.length ?? 0); place++) {
    const [upper, under] = [written(textOf(row.cells[place])), written(textOf(lower?.cells[place]))];
    if (upper !== '') above = upper;
    names[place] = [upper, under, ...(under !== '' && above !== '' ? [`${above} / ${under}`] : [])].filter((one) => one !== ''); // prettier-ignore
  }
  return names;
}

const placesOf = (names: readonly string[][], head: string): number[] =>
  names.flatMap((those, place) => (those.includes(head) ? [place] : []));
