import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { deflateRawSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Line, ReconcileLines, Table } from '#wire';
import { contractOf, linesOf, patient, refusal, Served, sourceOf } from './books.fixture.js';
import { fromOwnFolder } from './own-folder.js';
import { spoolFile } from './spool-file.js';

const columns = { ma: 'Mã hồ sơ', ngay: 'Ngày tiếp nhận', trangThai: 'Trạng thái', cccd: 'Số định danh' };
const heads = Object.values(columns);
const spreadsheet = (more: Partial<Table> & { columns?: Record<string, string> } = {}): ReconcileLines => ({
  by: 'spreadsheet',
  compares: ['status', 'applicantId'],
  columns,
  row: {
    key: { from: 'row.ma' },
    receivedOn: { from: 'row.ngay', read: 'dd/MM/yyyy' },
    status: { from: 'row.trangThai', table: 'states' },
    applicantId: { from: 'row.cccd' },
  },
  ...more,
});
const codeTables = { states: [{ validFrom: '2020-01-01', codes: { 'Đang xử lý': 4, 'Đã trả kết quả': 10, 4: 4 } }] };

const read = (bytes: Buffer, way = spreadsheet()): Promise<Line[]> =>
  linesOf(sourceOf(contractOf(way, { codeTables }), { uploaded: () => spoolFile(Readable.from([bytes]), 1e9) }));
const told = (lines: readonly Line[]): string[] =>
  lines.map(({ key, receivedOn, fields }) => [key, receivedOn, fields!.status, fields!.applicantId].join(' '));

type Cells = (string | number | Date | boolean | { error: string } | null)[];
async function workbook(
  rows: readonly Cells[],
  change: (sheet: ExcelJS.Worksheet, book: ExcelJS.Workbook) => void = () => undefined,
): Promise<Buffer> {
  // prettier-ignore
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('Hồ sơ');
  sheet.addRows(rows as never[]);
  change(sheet, book);
  return Buffer.from(await book.xlsx.writeBuffer());
}
const good: (string | null)[][] = [
  ['H53-260305-0001', '05/03/2026', 'Đang xử lý', '079200000123'],
  ['H53-260305-0002', '05/03/2026', 'Đã trả kết quả', null],
];
const goodTold = ['H53-260305-0001 2026-03-05 4 079200000123', 'H53-260305-0002 2026-03-05 10 '];
const utc = (day: string): Date => new Date(`${day}T00:00:00Z`);

describe('a workbook', () => {
  it('is read by its heads, wherever they stand, titles above them and columns between', async () => {
    expect(told(await read(await workbook([heads, ...good])))).toEqual(goodTold);
    const [a, b, c, d] = heads as [string, string, string, string];
    const shifted: Cells[] = [
      ['ỦY BAN NHÂN DÂN TỈNH'],
      [],
      ['STT', d, ` ${c.toLocaleUpperCase('vi')}`, 'Ghi chú', b.normalize('NFD'), a],
      ['(1)', '(2)', '(3)', '(4)', '(5)', '(6)'],
      [1, '079200000123', 'Đang xử lý', 'x', '05/03/2026', 'H53-260305-0001'],
      [2, null, 'Đã trả kết quả', null, '05/03/2026', 'H53-260305-0002'],
    ];
    expect(told(await read(await workbook(shifted, (sheet) => sheet.mergeCells('A1:F1'))))).toEqual(goodTold);
  });

  it('may have a head of two rows, its cells merged', async () => {
    const rows: Cells[] = [['Hồ sơ', null, 'Trạng thái', 'Số định danh'], ['Mã', 'Ngày', null, null], ...good];
    const merged = await workbook(rows, (sheet) =>
      ['A1:B1', 'C1:C2', 'D1:D2'].forEach((area) => sheet.mergeCells(area)),
    );
    const named = { ...columns, ma: 'Hồ sơ / Mã', ngay: 'Ngày' };
    expect(told(await read(merged, spreadsheet({ columns: named })))).toEqual(goodTold);
  });

  it('may hold real dates in a column of days, and keeps a case that stands there twice as two lines', async () => {
    const rows: Cells[] = [good[0]!, good[0]!].map(([key, , ...rest]) => [key!, utc('2026-03-05'), ...rest]);
    const bytes = await workbook([heads, ...rows], (sheet) => (sheet.getColumn(2).numFmt = 'dd/mm/yyyy'));
    expect(told(await read(bytes))).toEqual([goodTold[0], goodTold[0]]);
  });

  it('gives only what was received on the days asked for', async () => {
    const late: Cells = ['H53-260306-0001', '06/03/2026', 'Đang xử lý', null];
    expect(told(await read(await workbook([heads, late, ...good])))).toEqual(goodTold);
  });

  it.each<[string, Cells[], string, ((sheet: ExcelJS.Worksheet) => void)?]>([
    ['whose body has merged cells', [...good, ...good], 'merged-cells in row 3', (s) => s.mergeCells('A3:A4')],
    ['whose body has cells merged across', good, 'merged-cells in row 3', (s) => s.mergeCells('C3:D3')],
    ['whose code became a date', [good[0]!, [utc('2026-03-05'), ...good[1]!.slice(1)]], 'date-cell in row 3', (s) => (s.getCell('A3').numFmt = 'd-mmm')], // prettier-ignore
    ['whose code is a number', [good[0]!, [260305, ...good[1]!.slice(1)]], 'number-cell in row 3'],
    [
      'whose identity number lost its zero',
      [good[0]!, ['X-1', '05/03/2026', 'Đang xử lý', 79200000123]],
      'number-cell in row 3',
    ],
    [
      'whose identity number lost its zero as text',
      [['X-1', '05/03/2026', 'Đang xử lý', '79200000123']],
      'lost-zeros in row 2',
    ],
    ['whose days are texts and dates at once', [good[0]!, ['X-1', utc('2026-05-03'), 'Đang xử lý', null]], 'mixed-dates in row 3', (s) => (s.getCell('B3').numFmt = 'dd/mm/yyyy')], // prettier-ignore
    ['whose day is of another form', [['X-1', '2026-03-05', 'Đang xử lý', null]], 'form in row 2'],
    ['whose day is no day', [['X-1', '31/02/2026', 'Đang xử lý', null]], 'form in row 2'],
    ['whose day is a number', [['X-1', 46086, 'Đang xử lý', null]], 'form in row 2'],
    ['whose status isn’t in the code table', [['X-1', '05/03/2026', 'Đang chờ', null]], 'code-table in row 2'],
    ['whose code is missing', [[null, '05/03/2026', 'Đang xử lý', null]], 'no-key in row 2'],
    ['whose cell is a formula’s error', [['X-1', '05/03/2026', { error: '#REF!' }, null]], 'error-cell in row 2'],
  ])('%s is refused, by its row', async (...[, rows, rule, change]) => {
    expect(await refusal(read(await workbook([heads, ...rows], change)))).toBe(rule);
  });

  it('whose contract says as: text takes a number for its digits', async () => {
    const way = spreadsheet();
    const asText = { ...way, row: { ...(way as { row: object }).row, key: { from: 'row.ma', as: 'text' } } };
    const bytes = await workbook([heads, [260305, ...good[1]!.slice(1)]]);
    expect(told(await read(bytes, asText as ReconcileLines))).toEqual(['260305 2026-03-05 10 ']);
  });

  it('with another sheet, a renamed or a doubled column is refused, and says which it looked for', async () => {
    const bytes = await workbook([heads, ...good], (_, book) => book.addWorksheet('Khác'));
    expect(told(await read(bytes, spreadsheet({ sheet: 'hồ sơ' })))).toEqual(goodTold);
    expect(await refusal(read(bytes, spreadsheet({ sheet: 'Tháng 3' })))).toBe('no-sheet');
    expect(await refusal(read(bytes, spreadsheet({ sheet: 'Khác' })))).toBe('no-column');
    const renamed = read(await workbook([['Mã HS', ...heads.slice(1)], ...good]));
    await expect(renamed).rejects.toMatchObject({ rule: 'no-column', vi: expect.stringContaining('“Mã hồ sơ”') });
    await expect(renamed).rejects.not.toMatchObject({ vi: expect.stringContaining('“Trạng thái”') });
    expect(await refusal(read(await workbook([[...heads, 'Mã hồ sơ'], ...good])))).toBe('column-twice in row 1');
  });

  it('that is none, is cut off, has a password or unfolds without end is refused', async () => {
    const whole = await workbook([heads, ...good]);
    expect(await refusal(read(Buffer.from('PK\u0003\u0004 nothing')))).toBe('not-xlsx');
    expect(await refusal(read(whole.subarray(0, whole.length - 200)))).toBe('not-xlsx');
    expect(await refusal(read(Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), whole])))).toBe('not-xlsx');
    expect(await refusal(read(bomb()))).toBe('bomb');
  });
});

/** One entry that says it is a workbook, 64 MiB from some 60 KiB. */
function bomb(): Buffer {
  const name = Buffer.from('xl/workbook.xml');
  const packed = deflateRawSync(Buffer.concat([Buffer.from('<a>'), Buffer.alloc(64 * 1_048_576, ' ')]), { level: 9 });
  const rels = Buffer.from('xl/_rels/workbook.xml.rels');
  const local = (of: Buffer, bytes: Buffer): Buffer => {
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(8, 8);
    header.writeUInt32LE(bytes.length, 18);
    header.writeUInt16LE(of.length, 26);
    return Buffer.concat([header, of, bytes]);
  };
  const central = (of: Buffer, bytes: Buffer, at: number): Buffer => {
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50, 0);
    header.writeUInt16LE(8, 10);
    header.writeUInt32LE(bytes.length, 20);
    header.writeUInt32LE(20, 24); // What it says of its size isn't so.
    header.writeUInt16LE(of.length, 28);
    header.writeUInt32LE(at, 42);
    return Buffer.concat([header, of]);
  };
  const first = local(name, packed);
  const files = Buffer.concat([first, local(rels, packed)]);
  const directory = Buffer.concat([central(name, packed, 0), central(rels, packed, first.length)]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(2, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(files.length, 16);
  return Buffer.concat([files, directory, end]);
}

describe('a CSV file', () => {
  const text = (delimiter: string, quote = ''): string =>
    [heads, ...good]
      .map((row) => row.map((cell) => `${quote}${String(cell ?? '')}${quote}`).join(delimiter))
      .join('\r\n');
  const csv = (content: string, more: Partial<Table> = {}) =>
    read(Buffer.from(content), spreadsheet({ format: 'csv', ...more }));

  it.each<[string, string, Partial<Table>]>([
    ['commas', text(','), {}],
    ['semicolons', text(';'), {}],
    ['tabs', text('\t'), {}],
    ['quotes', text(',', '"'), {}],
    ['a mark of UTF-8', `\uFEFF${text(';')}`, {}],
    ['sep= above its head', `sep=;\r\n${text(';')}`, {}],
    ['a title above its head', `BÁO CÁO NGÀY\n\n${text(';')}`, { delimiter: ';' }],
    ['empty rows beneath', `${text(',')}\r\n,,,\r\n\r\n`, {}],
  ])('with %s is read', async (_, content, more) => expect(told(await csv(content, more))).toEqual(goodTold));

  it('in UTF-16 or Windows-1258 is read where the contract says so, and refused where it doesn’t', async () => {
    const utf16 = Buffer.from(`\uFEFF${text(';')}`, 'utf16le');
    const way = (charset: 'utf-16le' | 'windows-1258') => spreadsheet({ format: 'csv', charset });
    expect(told(await read(utf16, way('utf-16le')))).toEqual(goodTold);
    expect(await refusal(read(utf16, spreadsheet({ format: 'csv' })))).toBe('charset in row 1');
    expect(await refusal(read(utf16.subarray(2), spreadsheet({ format: 'csv' })))).toBe('charset in row 1');
    // In Windows-1258 a letter and its tone are two bytes: "ã" 0x61 0xDE, "ồ" 0xF4 0xCC.
    const head = Buffer.from([0x4d, 0x61, 0xde, 0x20, 0x68, 0xf4, 0xcc, 0x20, 0x73, 0xf5]);
    const bytes = Buffer.concat([head, Buffer.from(';tt;so;ngay\nH53-1;4;;05/03/2026\n')]);
    const named = { ma: 'Mã hồ sơ', trangThai: 'tt', cccd: 'so', ngay: 'ngay' };
    const read1258 = (more: object) => read(bytes, spreadsheet({ format: 'csv', columns: named, ...more }));
    expect(told(await read1258({ charset: 'windows-1258' }))).toEqual(['H53-1 2026-03-05 4 ']);
    expect(await refusal(read1258({}))).toBe('charset in row 1');
  });

  it.each<[string, string, string, Partial<Table>?]>([
    ['with a decimal comma that isn’t quoted', `${text(',')}\r\nX-1,05/03/2026,Đang xử lý,,1,5`, 'columns in row 4'],
    ['with a row cut off', `${text(',')}\r\nX-1,05/03/2026`, 'columns in row 4'],
    ['with a quote that isn’t closed', `${text(',')}\r\n"X-1,05/03/2026,Đang xử lý,`, 'csv in row 4'],
    ['whose code a spreadsheet made a date', `${text(',')}\r\n5-Mar,05/03/2026,Đang xử lý,`, 'date-text in row 4'],
    [
      'whose number a spreadsheet shortened',
      `${text(',')}\r\nX-1,05/03/2026,Đang xử lý,7.92E+10`,
      'scientific in row 4',
    ],
    ['whose number lost its zero', `${text(',')}\r\nX-1,05/03/2026,Đang xử lý,79200000123`, 'lost-zeros in row 4'],
    ['without a column', text(',').replaceAll('Số định danh', 'CCCD'), 'no-column'],
    ['with another delimiter than the contract’s', text(';'), 'no-column', { delimiter: ',' }],
    ['that is cut within a letter', `${text(',')}\r\nX-1,05/03/2026,\u{1F4C4}`, 'columns in row 4'],
    ['without anything', '', 'no-column'],
  ])('%s is refused', async (...[, content, rule, more]) => {
    expect(await refusal(csv(content, more))).toBe(rule);
  });
});

describe('a daily file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daily-'));
  const daily = (file: string): ReconcileLines => ({ ...spreadsheet(), by: 'daily-file', file });
  const content = [heads, ...good].map((row) => row.join(';')).join('\n').replaceAll('null', ''); // prettier-ignore
  beforeAll(() => {
    mkdirSync(join(folder, 'x', 'out'), { recursive: true });
    writeFileSync(join(folder, 'x', 'out', 'hoso-20260305.csv'), content);
    writeFileSync(join(folder, 'secret.csv'), content);
    symlinkSync(join(folder, 'secret.csv'), join(folder, 'x', 'link-20260305.csv'));
    // Nobody has written to it for an hour.
    utimesSync(join(folder, 'x', 'out', 'hoso-20260305.csv'), Date.now() / 1_000 - 3_600, Date.now() / 1_000 - 3_600);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const taken = (file: string) => linesOf(sourceOf(contractOf(daily(file), { codeTables }), { dailyFiles: folder }));

  it('is read from the agency’s own folder, by its day, and from nowhere else', async () => {
    expect(told(await taken('out/hoso-{date}.csv'))).toEqual(goodTold);
    for (const elsewhere of ['hoso-{date}.csv', '../secret.csv', 'link-{date}.csv'])
      expect([elsewhere, await refusal(taken(elsewhere))]).toEqual([elsewhere, 'no-file']);
  });

  const old = Date.now() / 1_000 - 3_600;
  const lying = (name: string, text: string): string => {
    const path = join(folder, 'x', 'out', name);
    writeFileSync(path, text);
    utimesSync(path, old, old);
    return path;
  };

  it('that changes while it is copied, grows, shrinks or is put in again, is refused', async () => {
    const long = content + '\n' + Array.from({ length: 40_000 }, (_, i) => `H53-260305-${i + 10};05/03/2026;Đang xử lý;`).join('\n'); // prettier-ignore
    const changes: [string, (path: string) => void][] = [
      ['grows', (path) => appendFileSync(path, '\nH53-260305-0009;05/03/2026;Đang xử lý;')],
      ['shrinks', (path) => truncateSync(path, 1_000)],
      ['is put in again', (path) => (writeFileSync(`${path}.new`, long), renameSync(`${path}.new`, path))],
    ];
    for (const [what, change] of changes) {
      const path = lying('moving.csv', long);
      const reading = fromOwnFolder(join(folder, 'x'), 'out/moving.csv', { day: '2026-03-05', most: 1e9, signal: patient, copying: () => change(path) }); // prettier-ignore
      expect([what, await refusal(reading)]).toEqual([what, 'still-written']);
    }
  });

  it('of which half came is known by the last row that its contract names', async () => {
    const ended = { ...daily('out/{date}.csv'), end: 'Tổng cộng' } as ReconcileLines;
    const read = () => linesOf(sourceOf(contractOf(ended, { codeTables }), { dailyFiles: folder }));
    lying('20260305.csv', content);
    expect(await refusal(read())).toBe('no-end');
    lying('20260305.csv', `${content}\nTổng cộng: 2;;;\n`);
    expect(told(await read())).toEqual(goodTold);
  });

  it('is got from an address, with its key', async () => {
    const asked: string[] = [];
    const served = await Served.by((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.writeHead(request.url === '/f-20260305.csv' ? 200 : 404).end(content);
    });
    const way = (name: string) => ({ ...daily(`${served.url}/${name}`), secret: 'FILE_KEY' }) as ReconcileLines;
    expect(told(await linesOf(sourceOf(contractOf(way('f-{date}.csv'), { codeTables }))))).toEqual(goodTold);
    expect(asked).toEqual(['/f-20260305.csv Bearer value-of-FILE_KEY']);
    expect(await refusal(linesOf(sourceOf(contractOf(way('other.csv'), { codeTables }))))).toBe('no-file');
    await served.end();
  });
});
