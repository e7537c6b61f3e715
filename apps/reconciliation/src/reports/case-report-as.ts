import { caseColumns, type CaseColumn, type CaseReport, type CaseRow, type ReportBy } from '#ledger';
import type { ReportForm } from '#wire';
import type { Cell, Column, Sheet } from '../workbook/workbook.js';
import { CSV_BOM, csvLine } from './tables-as.js';

const byWords: Record<ReportBy, string> = {
  field: 'Lĩnh vực giải quyết',
  unit: 'Đơn vị',
  procedure: 'Thủ tục hành chính',
};
const withoutWords: Record<ReportBy, string> = {
  field: '(hồ sơ không ghi lĩnh vực)',
  unit: '(hồ sơ không ghi đơn vị)',
  procedure: '(hồ sơ không ghi thủ tục)',
};

const sums: ReadonlySet<CaseColumn> = new Set(['received', 'resolved', 'open']);
const columns: Column[] = [
  { width: 6, kind: 'integer', centred: true },
  { width: 40, kind: 'text' },
  // A sum's column has room for what it is the sum of: (3)=(4)+(5)+(6).
  ...caseColumns.map((column): Column => ({ width: sums.has(column) ? 16 : 10, kind: 'integer' })),
];

/** The form as its ministry prints it; on a second sheet, by what rules it was counted. */
export function caseReportSheets(report: CaseReport, form: ReportForm): Sheet[] {
  const fill = (text: string): string => filled(text, report);
  return [
    {
      name: form.number,
      letterhead: form.letterhead.map(({ left, right }) => [fill(left), fill(right)]),
      title: form.title.map(fill),
      head: form.head.map((cells) => cells.map((cell) => ({ ...cell, text: fill(cell.text) }))),
      columns,
      rows: report.rows.map((row, i) => [i + 1, nameOf(row, report.by), ...caseColumns.map((column) => row[column])]),
      total: () => [null, 'Tổng số', ...caseColumns.map((column) => report.total[column])],
      notes: [...form.notes.map(fill), ...gaps(report)],
      signatures: form.signatures,
    },
    {
      name: 'Cách đếm',
      head: [[{ text: 'Mục' }, { text: 'Nội dung' }]],
      columns: [
        { width: 30, kind: 'text' },
        { width: 100, kind: 'text' },
      ],
      rows: [
        ['Biểu', report.name.vi],
        ['Kỳ báo cáo', `${report.period.text}: ${local(report.period.first)} – ${local(report.period.last)}`],
        ['Xét hồ sơ đang giải quyết vào ngày', local(report.asOn)],
        ['Lập lúc', moment(report.at)],
        ['Quy tắc áp dụng từ', local(report.definition.validFrom)],
        ['Nguồn của quy tắc', report.definition.source],
        ['Lần áp dụng', String(report.definition.serial)],
      ],
    },
  ];
}

const titles: Record<CaseColumn, string> = {
  received: 'Tiếp nhận: tổng số',
  online: 'Tiếp nhận trong kỳ: trực tuyến',
  direct: 'Tiếp nhận trong kỳ: trực tiếp, bưu chính',
  carriedOver: 'Tiếp nhận: từ kỳ trước',
  resolved: 'Đã giải quyết: tổng số',
  early: 'Đã giải quyết: trước hạn',
  onTime: 'Đã giải quyết: đúng hạn',
  overdue: 'Đã giải quyết: quá hạn',
  open: 'Đang giải quyết: tổng số',
  openInTime: 'Đang giải quyết: trong hạn',
  openOverdue: 'Đang giải quyết: quá hạn',
};

export function caseReportCsv(report: CaseReport): string {
  const kinds: Column['kind'][] = ['text', 'text', ...caseColumns.map(() => 'integer' as const)];
  const head: Cell[] = ['Mã', byWords[report.by], ...caseColumns.map((column) => titles[column])];
  const lines = report.rows.map((row): Cell[] => [row.row, nameOf(row, report.by), ...caseColumns.map((c) => row[c])]);
  const total: Cell[] = ['', 'Tổng số', ...caseColumns.map((column) => report.total[column])];
  return CSV_BOM + [head, ...lines, total].map((cells) => csvLine(cells, kinds)).join('');
}

const nameOf = ({ row, name }: CaseRow, by: ReportBy): string =>
  row === '' ? withoutWords[by] : name === null ? row : by === 'field' ? name : `${name} (${row})`;

const gaps = ({ withoutReceipt }: CaseReport): string[] =>
  withoutReceipt === 0
    ? []
    : [`Ghi chú: ${withoutReceipt} hồ sơ không có ngày tiếp nhận, không tính vào kỳ nào (lienthong report faults).`];

const filled = (text: string, { period, at, by }: CaseReport): string =>
  text.replace(
    /\{(period|first|last|at|by)\}/g,
    (_, name: string) =>
      ({
        period: period.text,
        first: local(period.first),
        last: local(period.last),
        at: moment(at),
        by: byWords[by],
      })[name]!,
  );

const local = (day: string): string => day.split('-').reverse().join('/');
const moment = (at: Date): string => {
  const text = new Date(at.getTime() + 7 * 3_600_000).toISOString();
  return `${text.slice(11, 16)} ${local(text.slice(0, 10))}`;
};
