import {
  caseColumns,
  judgedColumns,
  judgementReasons,
  type CaseReport,
  type JudgedReport,
  type SyncReport,
} from '#ledger';
import { columns, printable } from '../terminal/columns.js';

type Shown<T> = Omit<T, 'at'> & { at: string };

const caseHead = [
  'tiếp nhận',
  'trực tuyến',
  'trực tiếp',
  'kỳ trước',
  'đã xong',
  'trước hạn',
  'đúng hạn',
  'quá hạn',
  'đang làm',
  'trong hạn',
  'quá hạn',
];
const judgedHead = [
  'tiếp nhận',
  'MC đúng',
  'MC quá',
  'MC mở',
  'Cổng đúng',
  'Cổng quá',
  'Cổng mở',
  'không xét',
  'khác nhau',
  'chậm ĐB',
  'chưa ĐB',
];

export function caseReportWords(report: Shown<CaseReport>): string {
  const numbers = (of: Record<(typeof caseColumns)[number], number>): string[] =>
    caseColumns.map((c) => grouped(of[c]));
  return table(
    report,
    caseHead,
    report.rows.map((row) => [label(row), ...numbers(row)]),
    ['Tổng số', ...numbers(report.total)],
  ).join('\n');
}

export function judgedReportWords(report: Shown<JudgedReport>): string {
  const numbers = (of: Record<(typeof judgedColumns)[number], number>): string[] =>
    judgedColumns.map((c) => grouped(of[c]));
  const { practice, portal } = report.progress;
  return [
    ...table(
      report,
      judgedHead,
      report.rows.map((row) => [label(row), ...numbers(row)]),
      ['Tổng số', ...numbers(report.total)],
    ),
    '',
    ...Object.entries(report.reasons).map(
      ([reason, n]) =>
        `  ${reason.padEnd(20)} ${grouped(n).padStart(9)}  ${judgementReasons[reason as keyof typeof judgementReasons].vi}`,
    ),
    '',
    `Điểm tiến độ · progress: một cửa ${scored(practice)}; Cổng ${scored(portal)}`,
    report.portals.length === 0 ? 'Không tỉnh nào khai Cổng: không xét được chậm đồng bộ · no portal is declared' : '',
  ]
    .join('\n')
    .trimEnd();
}

const origins: Record<SyncReport['atPortal']['by'], string> = {
  told: 'có người cho biết · told by hand',
  compared: 'từ dòng đã đối soát · of compared lines',
  'partly-compared':
    'từ dòng đã đối soát, ngày chưa so thì theo xác nhận · of compared lines, other days as acknowledged',
  acknowledged: 'chưa đối soát ngày nào, theo xác nhận · nothing compared, as acknowledged',
};

export function syncWords(report: Shown<SyncReport>): string {
  const { atPortal, days } = report;
  const told = (n: number | null): string => (n === null ? 'chưa ai cho biết · not told' : grouped(n));
  const instead = atPortal.by === 'told' ? `; đếm được · counted ${grouped(atPortal.counted)}` : '';
  const sums = columns([
    ['Tiếp nhận trong kỳ · received', grouped(report.received)],
    ['Trực tuyến · online', grouped(report.online)],
    ['Cổng có · synced', grouped(report.synced)],
    ['Cổng không có · not synced', grouped(report.notSynced)],
    ['  đã xác nhận nhưng sổ của Cổng thiếu · acknowledged, missing in its books', grouped(report.lostThere)],
    ['Chỉ Cổng có · only at the portal', grouped(report.onlyThere)],
    ['Cổng có thừa lần · there once too often', grouped(report.doubledThere)],
    ['Ngày đã đối soát · days compared', `${grouped(days.compared)} / ${grouped(days.of)}`],
    ['Hệ thống báo cáo đếm · reporting system', told(report.reported)],
    ['Cổng đếm · portal', `${grouped(atPortal.count)} (${origins[atPortal.by]}${instead})`],
    ['Mẫu số · denominator', grouped(report.denominator)],
    ['Tỷ lệ đồng bộ · sync rate', percent(report.syncRate)],
    ['Tỷ lệ trực tuyến · online rate', percent(report.onlineRate)],
    ['Tỷ lệ trực tuyến được tính · online rate × sync rate', percent(report.onlineRateCounted)],
  ]);
  const head = [
    'dòng',
    'tiếp nhận',
    'Cổng có',
    'Cổng thiếu',
    'chỉ Cổng có',
    'Cổng đếm',
    'tỷ lệ ĐB',
    'trực tuyến được tính',
  ];
  const rows = report.rows.map((row) => [
    ...[label(row), grouped(row.received), grouped(row.synced), grouped(row.lostThere), grouped(row.onlyThere)],
    ...[grouped(row.atPortal), percent(row.syncRate), percent(row.onlineRateCounted)],
  ]);
  return [...sums, ...(rows.length === 0 ? [] : ['', ...columns([head, ...rows])])].join('\n');
}

function table(
  {
    report,
    period,
    by,
    total,
  }: { report: string; period: { text: string; first: string; last: string }; by: string; total: object },
  head: string[],
  rows: string[][],
  sum: string[],
): string[] {
  const lines = right([['', ...head], ...rows, sum]);
  return [
    `${report}, kỳ · period ${period.text} (${period.first} – ${period.last}), theo · by ${by}`,
    '',
    ...lines,
    ...(Object.keys(total).length === 0 ? ['(không có hồ sơ · no cases)'] : []),
  ];
}

const label = ({ row, name }: { row: string; name: string | null }): string => {
  const text = printable(row === '' ? '(không ghi · none)' : name === null ? row : `${row} ${name}`);
  return text.length > 44 ? `${text.slice(0, 43)}…` : text;
};

function right(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}

export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '.');
const percent = (share: number | null): string =>
  share === null ? '–' : `${(share * 100).toFixed(2).replace('.', ',')} %`;
const scored = ({ onTime, received, ratio, score, most }: JudgedReport['progress']['portal']): string =>
  `${grouped(onTime)}/${grouped(received)} = ${percent(ratio)}, ${score === null ? '–' : String(score).replace('.', ',')}/${most}`;
