import {
  lineHash,
  normalDay,
  normalFields,
  normalKey,
  type ComparedField,
  type ContractVersion,
  type Json,
  type Line,
  type Row,
} from '#wire';

import { codeTables } from '../mapping/code-tables.js';
import { compileTemplate, type Compiler } from '../mapping/compile-template.js';
import { Disclosure } from '../mapping/disclosure.js';
import { MappingFault } from '../mapping/path.js';
import { Later, type Compiled, type Scope, type Value } from '../mapping/scope.js';
import { noForm, whyNot, words, type RowFault } from './row-faults.js';

/** What a sheet keeps beside the text of its cells: by column, which hold a number, which a date. */
export interface Cells {
  numbers: ReadonlySet<string>;
  dates: ReadonlySet<string>;
}

export type ReadRow = { kind: 'line'; line: Line & { fields: NonNullable<Line['fields']> } } | RowFault;

type Member = 'key' | ComparedField;
const digitsKept: readonly string[] = ['key', 'procedure', 'resultNumber', 'applicantId', 'applicantName'];
const days: readonly string[] = ['receivedOn', 'dueOn', 'finishedOn'];
const DATE_LIKE = /^(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:[ T]\d.*)?|\d{1,2}-[A-Za-z]{3}(?:-\d{2,4})?)$/;
const SCIENTIFIC = /^\d(?:[.,]\d+)?E\+?\d+$/i;
/** Nine digits, or twelve: one or two fewer are what a spreadsheet leaves of them. */
const SHORTENED_ID = /^(?:\d{7,8}|\d{10,11})$/;

interface CompiledMember {
  name: Member;
  make: Compiled;
  /** Of the row at hand. */
  columns: readonly string[];
  /** The file says that what stands there is to be written as text, whatever it is. */
  isText: boolean;
}

/** Reads one row of a partner's list or sheet as a line, by the contract's templates. Without I/O; one row at a time. */
export class RowReader {
  private readonly members: readonly CompiledMember[];
  private readonly scope: Scope & { root: Record<string, unknown> };
  /** Columns that it reads. */
  readonly columns: ReadonlySet<string>;

  /** Throws MappingFault where the templates can't be compiled, or a compared field has none. */
  constructor(
    contract: Pick<ContractVersion, 'codeTables'>,
    { row }: Row,
    private readonly compares: readonly ComparedField[],
    at = 'reconcile.row',
  ) {
    if (!row) throw new MappingFault(at, 'says how a row is read');
    const unread = compares.find((field) => row[field] === undefined);
    if (unread !== undefined) throw new MappingFault(`${at}.${unread}`, 'it is compared, and nothing reads it');
    const tables = codeTables(contract.codeTables ?? {});
    this.members = Object.entries(row).flatMap(([name, template]): CompiledMember[] => {
      const isRead = name === 'key' || name === 'receivedOn' || compares.includes(name as ComparedField);
      if (template === undefined || !isRead) return [];
      const reads = new Set<string>();
      const compiler: Compiler = {
        roots: ['row'],
        tables,
        disclosure: new Disclosure(),
        types: [],
        reads,
        at: `${at}.${name}`,
      };
      const make = compileTemplate(template, compiler);
      if (reads.has('*')) throw new MappingFault(`${at}.${name}`, 'a row is read without jsonata');
      return [
        {
          name: name as Member,
          make,
          columns: [...reads].map((path) => path.split('.')[1] ?? ''),
          isText: JSON.stringify(template).includes('"as":"text"'),
        },
      ];
    });
    this.columns = new Set(this.members.flatMap(({ columns }) => columns));
    this.scope = {
      root: {},
      here: undefined,
      day: '9999-12-31',
      faults: [],
      later: [],
      readFile: () => Promise.reject(new Error('no file is read here')),
      view: () => undefined,
    };
  }

  get readsDay(): boolean {
    return this.members.some(({ name }) => name === 'receivedOn');
  }

  /** Whether no day is read from this column: dates there are refused for what they are. */
  isCode(column: string): boolean {
    return !this.members.some(({ name, columns }) => days.includes(name) && columns.includes(column));
  }

  /** `received`: our own day of it, where the row doesn't say. `cells`: of a sheet. */
  read(row: unknown, more: { cells?: Cells; received?: string } = {}): ReadRow {
    const { scope } = this;
    scope.root['row'] = row;
    const said: Record<string, Json | undefined> = {};
    for (const member of this.members) {
      const { name, make } = member;
      const wrong = more.cells && wrongCell(member, more.cells);
      if (wrong) return words(wrong, name);
      scope.faults.length = 0;
      const value = (more.cells && dateOf(member, row, more.cells)) ?? make(scope);
      if (value instanceof Later) return noForm(name);
      if (scope.faults.length > 0) return whyNot(name, scope.faults[0]!);
      const marred = more.cells && !member.isText ? marredText(name, value) : undefined;
      if (marred) return words(marred, name);
      said[name] = value;
    }
    const key = normalKey(said['key']);
    if (key === undefined) return words('no-key', 'key');
    const received = said['receivedOn'];
    const receivedOn = received === undefined || received === null ? more.received : normalDay(received);
    if (receivedOn === undefined) return words('no-day', 'receivedOn');
    const read = normalFields(said, this.compares);
    if (read.kind === 'faulty') return noForm(read.field);
    return {
      kind: 'line',
      line: { key, receivedOn, hash: lineHash(key, read.fields, this.compares), fields: read.fields },
    };
  }
}

type Wrong = 'date-cell' | 'number-cell';

function wrongCell({ name, columns, isText }: CompiledMember, { numbers, dates }: Cells): Wrong | undefined {
  if (!days.includes(name) && columns.some((column) => dates.has(column))) return 'date-cell';
  if (digitsKept.includes(name) && !isText && columns.some((column) => numbers.has(column))) return 'number-cell';
  return undefined;
}

/** A cell that is a date needs no form to be read by: it is one day, whatever it looks like. */
function dateOf({ name, columns: [column, ...others] }: CompiledMember, row: unknown, { dates }: Cells): Value {
  if (!days.includes(name) || column === undefined || others.length > 0 || !dates.has(column)) return undefined;
  return (row as Record<string, string>)[column];
}

function marredText(name: Member, value: Value): 'date-text' | 'scientific' | 'lost-zeros' | undefined {
  if (typeof value !== 'string' || name === 'applicantName' || !digitsKept.includes(name)) return undefined;
  if (SCIENTIFIC.test(value.trim())) return 'scientific';
  if (name === 'key' && DATE_LIKE.test(value.trim())) return 'date-text';
  return name === 'applicantId' && SHORTENED_ID.test(value.trim()) ? 'lost-zeros' : undefined;
}
