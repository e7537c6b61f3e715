import {
  applyReports,
  dataFaults,
  type CaseReport,
  type DataFault,
  type JudgedReport,
  type ShownReport,
  type SyncReport,
} from '#ledger';
import { askReport, downloadReport, reportUrl } from '../report/download.js';
import { readReportFiles } from '../report/report-folder.js';
import { caseReportWords, grouped, judgedReportWords, syncWords } from '../report/report-words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { columns, localTime } from '../terminal/columns.js';
import { Misunderstood, say, textOf, type Given, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const files = ['json', 'csv', 'xlsx'];
const fileOptions = { as: { type: 'string' }, out: { type: 'string' } } as const;

export const listOfReports: Verb = {
  words: 'report ls',
  usage: '[--json]',
  vi: 'Các báo cáo, quy tắc đếm có hiệu lực từ ngày nào và nguồn của chúng.',
  en: 'The reports, since when their rules hold, and who says so.',
  options: { json: { type: 'boolean' } },
  async run(given, terminal) {
    const { reports } = await askReport<{ reports: ShownReport[] }>(terminal, reportUrl(terminal.env, '', {}));
    if (given.options.json === true) return done(terminal, JSON.stringify({ reports }, null, 2));
    const head = ['báo cáo', 'từ ngày', 'lần', 'áp dụng lúc', 'tên'];
    const rows = reports.flatMap(({ report, serial, appliedAt, name, versions }) =>
      versions.map(({ validFrom }) => [report, validFrom, String(serial), localTime(String(appliedAt)), name.vi]),
    );
    return done(terminal, columns([head, ...rows]).join('\n'));
  },
};

export const runReport: Verb = {
  words: 'report run',
  usage:
    'REPORT --period 2021|2021-Q1|2021-03|2021-05-31 [--by field|unit|procedure] [--as table|xlsx|csv|json] [--out FILE]',
  vi: 'Lập báo cáo của một kỳ từ sự kiện của sổ cái: II.06a (biểu II.06a/VPCP/KSTT), index-766 (đúng hạn theo hai quy tắc).',
  en: 'Makes a period’s report from the ledger’s events: II.06a, or index-766 (on time by two rules).',
  options: { period: { type: 'string' }, by: { type: 'string' }, ...fileOptions },
  operands: [1, 1],
  async run(given, terminal) {
    const path = `/${encodeURIComponent(given.operands[0]!)}`;
    const as = asOf(given, ['table', ...files], 'table');
    const query = { period: periodIn(given), by: textOf(given, 'by') };
    if (as !== 'table') return download(given, terminal, path, { ...query, as });
    const report = await askReport<CaseReport | JudgedReport>(terminal, reportUrl(terminal.env, path, query));
    return done(terminal, 'progress' in report ? judgedReportWords(report as never) : caseReportWords(report as never));
  },
};

export const casesOfReport: Verb = {
  words: 'report cases',
  usage:
    '--report REPORT --period PERIOD --column COLUMN [--row ROW] [--by field|unit|procedure] [--as csv|xlsx|json] [--out FILE]',
  vi: 'Những hồ sơ mà một con số của báo cáo đếm; không có --row: của dòng tổng số. Chỉ có mã hồ sơ, không có tên người.',
  en: 'The cases that a figure of a report counts; without --row, the total’s. Case codes only, nobody’s name.',
  options: {
    report: { type: 'string', default: 'II.06a' },
    period: { type: 'string' },
    by: { type: 'string' },
    row: { type: 'string' },
    column: { type: 'string' },
    ...fileOptions,
  },
  run: (given, terminal) =>
    download(given, terminal, `/${encodeURIComponent(textOf(given, 'report')!)}/cases`, {
      period: periodIn(given),
      by: textOf(given, 'by'),
      row: textOf(given, 'row'),
      column: textOf(given, 'column'),
      as: asOf(given, files, 'csv'),
    }),
};

export const appealFile: Verb = {
  words: 'report appeal',
  usage: '--period PERIOD [--as csv|xlsx|json] [--out FILE]',
  vi: 'Hồ sơ xong đúng hạn ở đây mà Cổng ghi quá hạn vì chậm đồng bộ: cả hai thời điểm, số lần gửi, mã băm của sự kiện.',
  en: 'Cases in time here that the portal shows overdue for late sync: both times, attempts, the event’s hash.',
  options: { period: { type: 'string' }, ...fileOptions },
  run: (given, terminal) =>
    download(given, terminal, '/appeal', { period: periodIn(given), as: asOf(given, files, 'csv') }),
};

export const faultsOfData: Verb = {
  words: 'report faults',
  usage: '[--period PERIOD] [--fault FAULT] [--as table|csv|xlsx|json] [--out FILE]',
  vi: 'Lỗi dữ liệu: không có ngày tiếp nhận hay kết thúc, ngày ở tương lai, kết thúc trước tiếp nhận, nộp trực tuyến nơi không có dịch vụ.',
  en: 'Data faults: no date of receipt or end, dates in the future, ended before received, online where there is no service.',
  options: { period: { type: 'string' }, fault: { type: 'string' }, ...fileOptions },
  async run(given, terminal) {
    const as = asOf(given, ['table', ...files], 'table');
    const query = { period: textOf(given, 'period'), fault: textOf(given, 'fault') };
    if (as !== 'table') return download(given, terminal, '/faults', { ...query, as });
    const url = reportUrl(terminal.env, '/faults', { ...query, count: 'yes' });
    const { faults } = await askReport<{ faults: Record<DataFault, number> }>(terminal, url);
    const rows = Object.entries(faults).map(([fault, n]) => [fault, grouped(n), dataFaults[fault as DataFault].vi]);
    return done(terminal, columns([['mã lỗi', 'hồ sơ', 'lỗi'], ...rows]).join('\n'));
  },
};

export const syncOfReport: Verb = {
  words: 'report sync',
  usage:
    '--period PERIOD [--by month|unit|field|procedure] [--reported N] [--at-portal N] [--column COLUMN [--row ROW]] [--as table|csv|xlsx|json] [--out FILE]',
  vi: 'Tỷ lệ đồng bộ lên Cổng và ảnh hưởng của nó, theo những dòng đã đối soát; --reported, --at-portal: số của hệ thống báo cáo và của Cổng cho biết, thay cho số đếm được.',
  en: 'The sync rate and what it costs, by the lines that were compared; --reported, --at-portal: told numbers of the reporting system and the portal, which go before.',
  options: {
    period: { type: 'string' },
    reported: { type: 'string' },
    'at-portal': { type: 'string' },
    by: { type: 'string' },
    row: { type: 'string' },
    column: { type: 'string' },
    ...fileOptions,
  },
  async run(given, terminal) {
    const column = textOf(given, 'column');
    const as = asOf(given, ['table', ...files], column === undefined ? 'table' : 'csv');
    const query = {
      period: periodIn(given),
      reported: textOf(given, 'reported'),
      atPortal: textOf(given, 'at-portal'),
      by: textOf(given, 'by'),
      column,
      row: textOf(given, 'row'),
    };
    if (as !== 'table') return download(given, terminal, '/sync', { ...query, as });
    return done(
      terminal,
      syncWords((await askReport<SyncReport>(terminal, reportUrl(terminal.env, '/sync', query))) as never),
    );
  },
};

export const reportApply: Verb = {
  words: 'report apply',
  usage: 'FILE|DIR',
  vi: 'Áp dụng quy tắc đếm của báo cáo (deploy/reports), theo ngày hiệu lực; lần trước vẫn giữ trong lịch sử.',
  en: 'Applies reports’ dated rules (deploy/reports); earlier serials are kept.',
  operands: [1, 1],
  async run(given, terminal) {
    const read = await readReportFiles(given.operands[0]!, terminal.env);
    const by = { author: authorOf(terminal.env), note: null };
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      for (const { report, serial, isChanged } of await applyReports(db, read, by))
        say(
          terminal.stdout,
          isChanged
            ? `✓ ${report}: lần áp dụng · serial ${serial}`
            : `= ${report}: không đổi gì, vẫn là lần áp dụng ${serial} · nothing changes, still serial ${serial}`,
        );
      return 0;
    });
  },
};

async function download(
  given: Given,
  terminal: Terminal,
  path: string,
  query: Record<string, string | undefined>,
): Promise<number> {
  const out = textOf(given, 'out');
  if (out === undefined && query['as'] === 'xlsx')
    throw new Misunderstood('Tệp XLSX cần --out FILE', 'an XLSX needs --out FILE');
  await downloadReport(terminal, reportUrl(terminal.env, path, query), out);
  if (out !== undefined) say(terminal.stdout, `✓ ${out}`);
  return 0;
}

function done(terminal: Terminal, text: string): number {
  say(terminal.stdout, text);
  return 0;
}

function periodIn(given: Given): string {
  const period = textOf(given, 'period');
  if (period === undefined) throw new Misunderstood('Thiếu --period', '--period is missing');
  return period;
}

function asOf(given: Given, known: string[], otherwise: string): string {
  const as =
    textOf(given, 'as') ??
    (textOf(given, 'out') === undefined
      ? otherwise
      : (known.find((each) => each !== 'table' && textOf(given, 'out')!.endsWith(`.${each}`)) ?? otherwise));
  if (!known.includes(as)) throw new Misunderstood(`--as: ${known.join(', ')}`, 'no such form');
  return as;
}
