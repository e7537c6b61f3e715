import { caseColumns, dataFaults, judgedColumns, reportBys, syncBys, syncColumns } from '#ledger';
import { shapeRef, type DescribedRoute, type ProblemCode } from '#wire';
import { formats } from '../../reports/tables-as.js';
import { inForms, json, listed, needed, operator, wholeIn, word } from './parts.js';

const period = word('kỳ, theo ngày Việt Nam · a period, by days of Vietnam: 2021, 2021-Q1, 2021-03, 2021-05-31');
const by = word('mỗi dòng là gì; mặc định lĩnh vực · what a row is; default the field', reportBys);
const as = word('mặc định json · default json', formats);
const report = { report: { schema: { type: 'string' }, says: 'II.06a, index-766 …' } };
const of = (...more: ProblemCode[]): readonly ProblemCode[] => [
  'invalid-parameter',
  'unknown-report',
  'no-definition-then',
  ...more,
];
const told = wholeIn('hệ thống ấy đếm được; không nêu: chưa ai cho biết · what it counts; absent: nobody has said', 0, 999_999_999_999); // prettier-ignore

/** Statutory reports: docs/reports.md. Unit: cases, where nothing else is said. */
export const reportRoutes: readonly DescribedRoute[] = [
  {
    at: '/v1/reports',
    method: 'get',
    vi: 'Các báo cáo, với quy tắc có ngày của chúng',
    en: 'Reports with their dated definitions',
    tag: 'reports',
    keys: operator,
    answers: listed('reports', 'ReportShown'),
  },
  {
    at: '/v1/reports/facts',
    method: 'get',
    vi: 'Bao nhiêu hồ sơ có sự kiện mà chưa báo cáo nào đọc',
    en: 'How many cases have events that no report has read yet',
    tag: 'reports',
    keys: operator,
    answers: json({ type: 'object', required: ['behind'], properties: { behind: { type: 'integer', minimum: 0 } } }),
  },
  {
    at: '/v1/reports/appeal',
    method: 'get',
    vi: 'Tệp đề nghị xem xét lại: chậm đồng bộ, với cả hai mốc thời gian',
    en: 'What the portal shows overdue although it was in time here, with both times',
    tag: 'reports',
    keys: operator,
    query: { period: needed(period), by, as },
    answers: inForms(shapeRef('AppealList')),
    problems: of(),
  },
  {
    at: '/v1/reports/faults',
    method: 'get',
    vi: 'Lỗi dữ liệu của hồ sơ',
    en: 'Faults in cases’ data',
    says: '`count=yes`: chỉ số lượng từng loại, dạng JSON. · `count=yes`: only how many of each kind, as JSON.',
    tag: 'reports',
    keys: operator,
    query: {
      period,
      fault: word('một loại · one kind', Object.keys(dataFaults)),
      count: word('chỉ đếm · counts only', ['yes']),
      as,
    },
    answers: inForms({ oneOf: [shapeRef('FaultList'), shapeRef('FaultCounts')] }),
    problems: ['invalid-parameter'],
  },
  {
    at: '/v1/reports/sync',
    method: 'get',
    vi: 'Tỷ lệ đồng bộ và tác động của nó',
    en: 'The sync rate and its effect',
    says: 'Tỷ lệ từ 0 đến 1; null không phải 0. Số của Cổng theo các dòng đã đối soát; `atPortal`, `reported` nói khác thì theo đó. Có `column` (và `row`): hồ sơ đứng sau con số ấy. · Rates are 0 to 1; null isn’t 0. The portal’s number is that of its compared lines; a told one goes before. With `column` (and `row`): the cases behind that number.',
    tag: 'reports',
    keys: operator,
    query: {
      period: needed(period),
      by: word('mỗi dòng là gì; mặc định tháng · what a row is; default the month', syncBys),
      reported: told,
      atPortal: told,
      column: word('hồ sơ đứng sau · the cases behind', syncColumns),
      row: word('của dòng ấy; rỗng: dòng không tên · of that row; empty: the row without a name'),
      as,
    },
    answers: inForms({ oneOf: [shapeRef('SyncReport'), shapeRef('CaseList')] }),
    problems: of(),
  },
  {
    at: '/v1/reports/{report}',
    method: 'get',
    vi: 'Một báo cáo của một kỳ',
    en: 'A report of a period',
    tag: 'reports',
    keys: operator,
    inPath: report,
    query: { period: needed(period), by, as },
    answers: inForms({ oneOf: [shapeRef('CaseReport'), shapeRef('JudgedReport')] }),
    problems: of(),
  },
  {
    at: '/v1/reports/{report}/cases',
    method: 'get',
    vi: 'Đúng những hồ sơ mà một con số đếm',
    en: 'Exactly the cases that a figure counts',
    tag: 'reports',
    keys: operator,
    inPath: report,
    query: {
      period: needed(period),
      by,
      column: needed(word('cột · a column', [...new Set([...caseColumns, ...judgedColumns])])),
      row: word('mã dòng; không nêu: tổng số; rỗng: hồ sơ không ghi · a row’s code; absent: the total; empty: cases that name none'), // prettier-ignore
      as,
    },
    answers: inForms({ oneOf: [shapeRef('CaseList'), shapeRef('JudgedList')] }),
    problems: of(),
  },
];
