import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import ExcelJS from 'exceljs';
import { sourceFor } from '../../../dist/apps/reconciliation/src/sources/source-for.js';
import { spoolFile } from '../../../dist/apps/reconciliation/src/sources/spool-file.js';

/** node --max-semi-space-size=2 test/bench/reconciliation/sheet-memory.mjs FILE: peak RSS of reading it; `write ROWS FILE` makes it. */
const columns = { ma: 'Mã hồ sơ', ngay: 'Ngày tiếp nhận', tt: 'Trạng thái', so: 'Số định danh', ten: 'Họ tên' };

async function write(rows, filename) {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename, useSharedStrings: true });
  const sheet = book.addWorksheet('Hồ sơ');
  sheet.addRow([...Object.values(columns), 'STT', 'Địa chỉ', 'Nội dung']).commit();
  for (let i = 0; i < rows; i++) {
    const code = `000.00.14.H53-260305-${String(i).padStart(6, '0')}`;
    const own = [code, `0${1 + (i % 5)}/03/2026`, 4, String(79_200_000_000 + i).padStart(12, '0'), `Mẫu ${i}`];
    sheet.addRow([...own, i + 1, `Số ${i % 977}, phường ${i % 30}`, `Giấy chứng nhận số ${i}`]).commit();
  }
  await book.commit();
}

async function read(path) {
  const day = { from: 'row.ngay', read: 'dd/MM/yyyy' };
  const row = { key: { from: 'row.ma' }, receivedOn: day, status: { from: 'row.tt' }, applicantId: { from: 'row.so' } };
  const way = { by: 'spreadsheet', compares: ['status', 'applicantId'], columns, row };
  const uploaded = () => spoolFile(createReadStream(path), 64 * 1_048_576);
  const source = sourceFor('x', { reconcile: way }, way, { day: '2026-03-31', dailyFiles: tmpdir(), uploaded });
  let lines = 0;
  const take = async (some) => void (lines += some.length);
  await source.lines({ from: '2026-01-01', to: '2026-12-31' }, take, new AbortController().signal);
  const cpu = process.cpuUsage().user / 1e6;
  console.log(
    `${lines} lines, ${cpu.toFixed(1)} s of CPU, ${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MiB peak RSS`,
  );
}

const [first, rows, file] = process.argv.slice(2);
if (first === 'write') await write(Number(rows), file);
else await read(first);
