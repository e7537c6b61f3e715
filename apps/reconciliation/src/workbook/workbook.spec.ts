import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import exceljs from 'exceljs';
import { writeWorkbook, type Cell, type Column, type Sheet } from './workbook.js';

const sheet = (rows: Sheet['rows']): Sheet => ({
  name: 'Biểu số II.06a/VPCP/KSTT',
  letterhead: [['UBND TỈNH', 'Biểu số II.06a/VPCP/KSTT']],
  title: ['TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT', 'Kỳ báo cáo: 2021'],
  head: [
    [
      { text: 'Mã hồ sơ', rows: 2 },
      { text: 'Số đã giải quyết', columns: 2 },
      { text: 'Ngày', rows: 2 },
    ],
    [{ text: 'Tổng' }, { text: 'Tỷ lệ' }],
  ],
  columns: [
    { width: 30, kind: 'text' },
    { width: 10, kind: 'integer' },
    { width: 10, kind: 'percent' },
    { width: 12, kind: 'date' },
  ],
  rows,
  total: () => ['Tổng số', 1234, null, null],
  notes: ['Ghi chú'],
  signatures: ['\nNgười lập biểu', '…, ngày …\nThủ trưởng đơn vị'],
});

async function written(sheets: Sheet[]): Promise<exceljs.Workbook> {
  const through = new PassThrough();
  const [, bytes] = await Promise.all([writeWorkbook(through, sheets), buffer(through)]);
  const book = new exceljs.Workbook();
  await book.xlsx.load(bytes as never);
  return book;
}

describe('a workbook', () => {
  it('has merged heads, numbers as numbers, codes as text, the form’s font and its paper', async () => {
    const rows: Cell[][] = [['000123456789', 1234, 0.7838, new Date('2021-05-31T00:00:00Z')]];
    const paper = (await written([sheet(rows)])).worksheets[0]!;
    expect(paper.name).toBe('Biểu số II.06a-VPCP-KSTT');
    expect(paper.pageSetup).toMatchObject({ paperSize: 9, orientation: 'landscape', printTitlesRow: '4:5' });
    expect((paper.model as { merges: string[] }).merges.sort()).toEqual(
      ['B1:D1', 'A2:D2', 'A3:D3', 'A4:A5', 'B4:C4', 'D4:D5', 'A8:D8', 'B10:D10', 'B11:D11'].sort(),
    );
    expect(paper.getCell('B5').value).toBe('Tổng');
    expect(paper.getCell('C5').value).toBe('Tỷ lệ');
    expect((paper.getRow(6).values as unknown[]).slice(1)).toEqual([
      '000123456789',
      1234,
      0.7838,
      new Date('2021-05-31T00:00:00Z'),
    ]);
    expect(paper.getCell('A6')).toMatchObject({ numFmt: '@', type: exceljs.ValueType.String });
    expect(paper.getCell('B6')).toMatchObject({ numFmt: '#,##0', type: exceljs.ValueType.Number });
    for (const at of ['A1', 'A2', 'B5', 'A6', 'A7', 'A8', 'A11'])
      expect([at, paper.getCell(at).font.name]).toEqual([at, 'Times New Roman']);
    expect([paper.getCell('B7').value, paper.getCell('B7').font.bold, paper.getCell('C7').value]).toEqual([
      1234,
      true,
      null,
    ]);
    // Programs fit no row whose cells are merged; a signature's lines stand in rows of their own.
    expect([paper.getRow(6).height, paper.getCell('A11').value, paper.getCell('B11').value]).toEqual([
      undefined,
      'Người lập biểu',
      'Thủ trưởng đơn vị',
    ]);
    const long = (await written([sheet([['Đăng ký biện pháp bảo đảm bằng quyền sử dụng đất', 1, 0, null]])])).worksheets[0]!; // prettier-ignore
    expect(long.getRow(6).height).toBe(30);
  });

  it('shows a moment in Vietnam’s time, and a day as that day', async () => {
    const columns: Column[] = [
      { width: 20, kind: 'instant' },
      { width: 12, kind: 'date' },
    ];
    const rows = [[new Date('2021-05-31T17:30:00Z'), new Date('2021-05-31T00:00:00Z')]];
    const paper = (await written([{ name: 'x', head: [[{ text: 'a' }, { text: 'b' }]], columns, rows }]))
      .worksheets[0]!;
    expect([paper.getCell('A2').value, paper.getCell('B2').value]).toEqual([
      new Date('2021-06-01T00:30:00Z'),
      new Date('2021-05-31T00:00:00Z'),
    ]);
  });

  it('keeps several sheets, and one that has no rows', async () => {
    const second: Sheet = { name: 'Trống', head: [[{ text: 'x' }]], columns: [{ width: 5, kind: 'text' }], rows: [] };
    const book = await written([sheet([]), second]);
    expect(book.worksheets.map(({ name, rowCount }) => [name, rowCount])).toEqual([
      ['Biểu số II.06a-VPCP-KSTT', 11],
      ['Trống', 1],
    ]);
  });

  it('reads no rows ahead of a reader that stands still', async () => {
    let read = 0;
    let go = (): void => undefined;
    const still = new Promise<void>((resolve) => (go = resolve));
    let first = (): void => undefined;
    const reached = new Promise<void>((resolve) => (first = resolve));
    const slow = new Writable({
      highWaterMark: 1_000,
      write: (_chunk, _encoding, done) => {
        first();
        void still.then(() => done());
      },
    });
    const rows = function* (): Generator<Cell[]> {
      for (; read < 60_000; read++) yield [`H56-${Math.random()}-${Math.random()}`, read, Math.random(), null];
    };
    const done = writeWorkbook(slow, [sheet(rows())]);
    await reached;
    let before = -1;
    while (before !== read) {
      before = read;
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(read).toBeLessThan(20_000);
    go();
    await done;
    expect(read).toBe(60_000);
  });

  it('fails where its rows fail, and ends its reader’s stream with the reason', async () => {
    const through = new PassThrough();
    through.resume();
    const rows = (async function* (): AsyncGenerator<Cell[]> {
      yield ['a', 1, 1, null];
      throw new Error('the ledger is away');
    })();
    await expect(writeWorkbook(through, [sheet(rows)])).rejects.toThrow('the ledger is away');
    expect(through.errored?.message).toBe('the ledger is away');
  });

  it('fails where its reader goes away', async () => {
    const gone = new Writable({ write: (_chunk, _encoding, done) => done(new Error('gone')) });
    await expect(writeWorkbook(gone, [sheet([['a', 1, 1, null]])])).rejects.toThrow('gone');
  });
});
