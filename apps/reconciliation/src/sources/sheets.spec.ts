import { Readable } from 'node:stream';
import ExcelJS from 'exceljs';
import { describe, expect, it } from '@jest/globals';
import type { ReconcileLines, Table } from '#wire';
import { contractOf, linesOf, refusal, sourceOf } from './books.fixture.js';
import { spoolFile } from './spool-file.js';
import { inSheet, zipped } from './sheets.fixture.js';

const columns = { ma: 'Mã hồ sơ', ngay: 'Ngày tiếp nhận', tt: 'Trạng thái', so: 'Số định danh' };
const heads = Object.values(columns);
const codeTables = { s: [{ validFrom: '2020-01-01', codes: { 'Đang xử lý': 4, 'Đã trả': 10 } }] };
const spreadsheet = (more: Partial<Table> = {}): ReconcileLines => ({
  by: 'spreadsheet',
  compares: ['status', 'applicantId'],
  columns,
  row: {
    key: { from: 'row.ma' },
    receivedOn: { from: 'row.ngay', read: 'dd/MM/yyyy' },
    status: { from: 'row.tt', table: 's' },
    applicantId: { from: 'row.so' },
  },
  ...more,
});

/** Its lines, or the rule and row by which the file was refused. */
async function told(bytes: Buffer, more: Partial<Table> = {}): Promise<string[] | string> {
  const uploaded = () => spoolFile(Readable.from([bytes]), 1e9);
  const reading = linesOf(sourceOf(contractOf(spreadsheet(more), { codeTables }), { uploaded }));
  const lines = await reading.catch(() => undefined);
  return lines
    ? lines.map(({ key, receivedOn, fields }) => `${key} ${receivedOn} ${fields!.status} ${fields!.applicantId ?? ''}`)
    : refusal(reading);
}

const head = `<row r="1">${heads.map((text, i) => inline('ABCD'[i]! + 1, text)).join('')}</row>`;
function inline(at: string, text: string): string {
  return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}
/** One row of a case; each of its cells may be written otherwise. */
function row(n: number, cells: { a?: string; b?: string; c?: string; d?: string } = {}, more = ''): string {
  const a = cells.a ?? inline(`A${n}`, `H53-${n}`);
  const b = cells.b ?? inline(`B${n}`, '05/03/2026');
  return `<row r="${n}" ${more}>${a}${b}${cells.c ?? inline(`C${n}`, 'Đang xử lý')}${cells.d ?? ''}</row>`;
}
const line = (n: number): string => `H53-${n} 2026-03-05 4 `;

describe('a sheet whose XML is written by hand', () => {
  const day1904 = (Date.UTC(2026, 2, 5) - Date.UTC(1904, 0, 1)) / 86_400_000;
  it.each<[string, string | Parameters<typeof inSheet>[0], string[] | string, Partial<Table>?]>([
    ['inline texts in pieces, readings aside', head + row(2, { a: '<c r="A2" t="inlineStr"><is><r><t>H53</t></r><r><t>-2</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>' }), [line(2)]],
    ['texts in CDATA', head + row(2, { a: '<c r="A2" t="inlineStr"><is><t><![CDATA[H53-2]]></t></is></c>' }), [line(2)]],
    ['a formula with its last result', head + row(2, { a: '<c r="A2" t="str"><f>"H53-"&amp;2</f><v>H53-2</v></c>' }), [line(2)]],
    ['a formula that gives nothing', head + row(2, { d: '<c r="D2" t="str"><f>""</f><v></v></c>' }), [line(2)]],
    ['a formula that nobody worked out', head + row(2, { d: '<c r="D2"><f>A1</f></c>' }), 'no-result in row 2'],
    ['an error', head + row(2, { b: '<c r="B2" t="e"><v>#N/A</v></c>' }), 'error-cell in row 2'],
    ['an error in a column that nothing reads', head + row(2, { d: '<c r="E2" t="e"><v>#N/A</v></c>' }), [line(2)]],
    ['an ISO date', head + row(2, { b: '<c r="B2" t="d"><v>2026-03-05T00:00:00</v></c>' }), [line(2)]],
    ['a date from 1904', { rows: head + row(2, { b: `<c r="B2" s="1"><v>${day1904}</v></c>` }), isFrom1904: true }, [line(2)]],
    ['a date from 1900', head + row(2, { b: '<c r="B2" s="1"><v>46086</v></c>' }), [line(2)]],
    ['a date from 1900 with its time', head + row(2, { b: '<c r="B2" s="1"><v>46086.99999</v></c>' }), [line(2)]],
    ['the day that 1900 hadn’t', head + row(2, { b: '<c r="B2" s="1"><v>60</v></c>' }), 'error-cell in row 2'],
    ['a code as a power of ten', head + row(2, { a: '<c r="A2"><v>1.23E+11</v></c>' }), 'number-cell in row 2'],
    ['a code as the text of a power of ten', head + row(2, { a: inline('A2', '1.23E+11') }), 'scientific in row 2'],
    ['more digits than a number keeps', head + row(2, { d: '<c r="D2"><v>1.2345678901234567E+19</v></c>' }), 'long-number in row 2'],
    ['a negative zero where a code stands', head + row(2, { a: '<c r="A2"><v>-0</v></c>' }), 'number-cell in row 2'],
    ['a line break within a code', head + row(2, { a: inline('A2', 'H53\n-2') }), 'no-key in row 2'],
    ['a line break around a code', head + row(2, { a: inline('A2', '\nH53-2 \n') }), [line(2)]],
    ['a carriage return written as its number', head + row(2, { a: inline('A2', 'H53-2_x000D_') }), [line(2)]],
    ['hidden rows and columns, which a filter left', `<cols><col min="1" max="1" hidden="1"/></cols><sheetData>${head}${row(2, {}, 'hidden="1"')}${row(3)}</sheetData>`, [line(2), line(3)]],
    ['rows and cells that don’t say where they are', head + row(2).replaceAll(/ r="[^"]+"/g, ''), [line(2)]],
    ['a row that comes twice', head + row(2) + row(2), 'not-xlsx in row 3'],
    ['rows out of their order', head + row(3) + row(2), 'not-xlsx in row 4'],
    ['empty rows with a style beneath', head + row(2) + Array.from({ length: 500 }, (_, i) => `<row r="${i + 3}"><c r="A${i + 3}" s="1"/></row>`).join(''), [line(2)]],
    ['a cell far to the right', head + row(2, { d: inline('XFD2', 'x') }), [line(2)]],
    ['a cell beyond the last column', head + row(2, { d: inline('XFE2', 'x') }), 'not-xlsx in row 2'],
    ['a total beneath', head + row(2) + `<row r="3">${inline('A3', 'Tổng cộng: 1')}</row>`, 'no-day in row 3'],
    ['a total beneath, which the contract names', head + row(2) + `<row r="3">${inline('A3', 'TỔNG  CỘNG: 1')}</row><row r="5">${inline('C5', 'Người lập')}</row>`, [line(2)], { end: 'Tổng cộng' }],
    ['a total whose cells are merged', { rows: head + row(2) + `<row r="3">${inline('A3', 'Tổng cộng')}</row>`, merges: ['A3:C3'] }, 'merged-cells in row 3'],
    ['a total whose cells are merged, named', { rows: head + row(2) + `<row r="3">${inline('A3', 'Tổng cộng')}</row>`, merges: ['A3:C3'] }, [line(2)], { end: 'Tổng cộng' }],
    ['no last row though one is named', head + row(2), 'no-end', { end: 'Tổng cộng' }],
    ['a case after the last row', head + row(2) + `<row r="3">${inline('A3', 'Tổng cộng')}</row>` + row(4), 'after-end in row 4', { end: 'Tổng cộng' }],
    ['a text that isn’t there', { rows: head + row(2, { a: '<c r="A2" t="s"><v>7</v></c>' }), shared: ['H53-2'] }, 'not-xlsx in row 2'],
    ['shared texts', { rows: head + row(2, { a: '<c r="A2" t="s"><v>1</v></c>' }), shared: ['x', 'H53-2'] }, [line(2)]],
    ['a head whose name is there twice', `<row r="1">${inline('A1', 'Mã hồ sơ')}${inline('E1', 'mã  HỒ SƠ')}${head.slice(head.indexOf('<c r="B1"'))}` + row(2), 'column-twice in row 1'],
    ['a head with line breaks', head.replace('Ngày tiếp nhận', 'Ngày\ntiếp nhận') + row(2), [line(2)]],
    ['nothing', '', 'no-column'],
    ['a first sheet that is hidden', { rows: head + row(2), hidden: true }, [line(2)]],
    ['a chart before it', { rows: head + row(2), chart: true }, [line(2)]],
    ['broken bytes', { rows: head + row(2), broken: true }, 'not-xlsx'],
    ['entities of its own', { rows: head + row(2), doctype: '<!DOCTYPE x [<!ENTITY a "aaaa">]>' }, 'not-xlsx'],
    ['a cell longer than any', head + row(2, { d: inline('E2', 'x'.repeat(70_000)) }), 'long-cell in row 2'],
  ])('with %s', async (...[, sheet, expected, more]) => {
    expect(await told(inSheet(typeof sheet === 'string' ? { rows: sheet } : sheet), more)).toEqual(expected);
  }); // prettier-ignore

  it('that unfolds to one text without end, or to a text between two tags, is refused before it is whole', async () => {
    const long = 'một hai ba '.repeat(400_000);
    expect(await told(inSheet({ rows: `${head}<!-- ${long} -->` }))).toBe('bomb');
    expect(await told(inSheet({ rows: head + row(2), shared: [long] }))).toBe('bomb');
    expect(await told(inSheet({ rows: `${head}<row r="2" x="${long}"></row>` }))).toBe('bomb');
  });

  it('two of whose parts have one name is refused', async () => {
    const part = (text: string): [string, string] => ['xl/workbook.xml', text];
    expect(await told(zipped([part('<a/>'), part('<b/>')]))).toBe('not-xlsx');
  });
});

describe('a workbook of thousands of different texts', () => {
  it('gives each of them back, in whatever order its rows name them', async () => {
    const book = new ExcelJS.Workbook();
    const sheet = book.addWorksheet('Hồ sơ');
    sheet.addRow(heads);
    const codes = Array.from({ length: 9_000 }, (_, i) => `H53-${String(i).padStart(6, '0')}-${'đ'.repeat(i % 40)}x`);
    // Every seventh first: texts are numbered in this order, and named again in the other one.
    sheet.addRows(codes.map((code, i) => [code, '05/03/2026', 'Đang xử lý', null, codes[(i * 7) % codes.length]]));
    const lines = (await told(Buffer.from(await book.xlsx.writeBuffer()))) as string[];
    expect(lines).toEqual([...codes].sort().map((code) => `${code} 2026-03-05 4 `));
  });
});

describe('a CSV file', () => {
  const ok = 'H53-2;05/03/2026;Đang xử lý;';
  const csv = (...rows: string[]): Buffer => Buffer.from([heads.join(';'), ...rows].join('\n'));
  it.each<[string, Buffer, string[] | string, Partial<Table>?]>([
    ['quotes within quotes and line breaks in cells', csv('H53-2;05/03/2026;"Đang xử lý";""', '"H53-""3""";05/03/2026;Đang xử lý;'), ['H53-"3" 2026-03-05 4 ', line(2)]],
    ['a line break within a code', csv('"H53\n-2";05/03/2026;Đang xử lý;'), 'no-key in row 2'],
    ['a row after cells of several lines, counted as a spreadsheet counts', Buffer.from(`${heads.join(';')};Ghi chú\n${ok};"a\nb\nc"\nX;31/02/2026;Đang xử lý;;`), 'form in row 3'],
    ['carriage returns only', Buffer.from([heads.join(';'), ok].join('\r')), [line(2)]],
    ['a decimal comma in a column that nothing reads', Buffer.from(`${heads.join(';')};Phí\n${ok};1,5`), [line(2)]],
    ['a code as a power of ten', csv('1,23E+11;05/03/2026;Đang xử lý;'), 'scientific in row 2'],
    ['a total beneath, which the contract names', csv(ok, 'Tổng cộng;1;;'), [line(2)], { end: 'Tổng cộng' }],
    ['no last row though one is named: half of it came', csv(ok), 'no-end', { end: 'Tổng cộng' }],
    ['a head of two rows', Buffer.from(`Hồ sơ;;Trạng thái;Số định danh\nMã hồ sơ;Ngày tiếp nhận;;\n${ok}`), [line(2)]],
    ['a doubled head', Buffer.from(`${heads.join(';')};Mã hồ sơ\n${ok};x`), 'column-twice in row 1'],
    ['a mark of UTF-16, big end first', Buffer.from(`\uFEFF${heads.join(';')}\n${ok}`, 'utf16le').swap16(), 'charset in row 1'],
    ['UTF-16 where it is declared', Buffer.from(`\uFEFF${heads.join(';')}\n${ok}`, 'utf16le'), [line(2)], { charset: 'utf-16le' }],
    ['more columns than any sheet', csv(ok + ';'.repeat(17_000)), 'columns in row 2', { delimiter: ';' }],
    ['a line without end', csv(`"${'x'.repeat(600_000)}"`), 'csv in row 2'],
  ])('with %s', async (...[, bytes, expected, more]) => {
    expect(await told(bytes, { format: 'csv', ...more })).toEqual(expected);
  }); // prettier-ignore
});
