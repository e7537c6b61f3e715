import { judgedColumns, judgementReasons, type JudgedColumn, type JudgedReport, type JudgementReason } from '#ledger';
import type { Cell, Column, Sheet } from '../workbook/workbook.js';
import { CSV_BOM, csvLine } from './tables-as.js';

const titles: Record<JudgedColumn, string> = {
  received: 'Tiếp nhận',
  practiceOnTime: 'Một cửa: đúng hạn',
  practiceOverdue: 'Một cửa: quá hạn',
  practiceOpen: 'Một cửa: đang giải quyết',
  portalOnTime: 'Cổng: đúng hạn',
  portalOverdue: 'Cổng: quá hạn',
  portalOpen: 'Cổng: đang giải quyết',
  portalUnknown: 'Cổng: không xét được',
  differs: 'Hai quy tắc khác nhau',
  lateSync: 'Chậm đồng bộ',
  notSynced: 'Chưa đồng bộ',
};

const cellsOf = (report: JudgedReport): { head: string[]; rows: Cell[][]; total: Cell[] } => ({
  head: ['Mã', 'Tên', ...judgedColumns.map((column) => titles[column])],
  rows: report.rows.map((row) => [row.row, row.name, ...judgedColumns.map((column) => row[column])]),
  total: [null, 'Tổng số', ...judgedColumns.map((column) => report.total[column])],
});

export function judgedCsv(report: JudgedReport): string {
  const kinds: Column['kind'][] = ['text', 'text', ...judgedColumns.map(() => 'integer' as const)];
  const { head, rows, total } = cellsOf(report);
  return CSV_BOM + [head, ...rows, total].map((cells) => csvLine(cells, kinds)).join('');
}

export function judgedSheets(report: JudgedReport): Sheet[] {
  const { head, rows, total } = cellsOf(report);
  const reasons = Object.entries(report.reasons) as [JudgementReason, number][];
  return [
    {
      name: 'Hai quy tắc',
      title: ['KẾT QUẢ GIẢI QUYẾT ĐÚNG HẠN THEO HAI QUY TẮC', `Kỳ báo cáo: ${report.period.text}`],
      head: [head.map((text) => ({ text }))],
      columns: [
        { width: 20, kind: 'text' },
        { width: 40, kind: 'text' },
        ...judgedColumns.map((): Column => ({ width: 12, kind: 'integer' })),
      ],
      rows,
      total: () => total,
    },
    {
      name: 'Lý do khác nhau',
      head: [[{ text: 'Mã lý do' }, { text: 'Lý do' }, { text: 'Số hồ sơ' }]],
      columns: [
        { width: 24, kind: 'text' },
        { width: 80, kind: 'text' },
        { width: 12, kind: 'integer' },
      ],
      rows: reasons.map(([reason, n]) => [reason, judgementReasons[reason].vi, n]),
    },
    {
      name: 'Điểm tiến độ',
      head: [['Quy tắc', 'Đúng hạn', 'Tiếp nhận', 'Tỷ lệ', 'Điểm', 'Tối đa'].map((text) => ({ text }))],
      columns: [
        { width: 30, kind: 'text' },
        { width: 12, kind: 'integer' },
        { width: 12, kind: 'integer' },
        { width: 12, kind: 'percent' },
        { width: 10, kind: 'number' },
        { width: 10, kind: 'integer' },
      ],
      rows: (['practice', 'portal'] as const).map((rule) => {
        const { onTime, received, ratio, score, most } = report.progress[rule];
        return [rule === 'practice' ? 'Hệ thống một cửa' : 'Cổng DVCQG', onTime, received, ratio, score, most];
      }),
      notes: ['Mẫu số là số hồ sơ tiếp nhận, không phải số đã giải quyết.'],
    },
  ];
}
