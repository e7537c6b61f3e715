import type { Counts, Discrepancy, Reconciliation } from '#ledger';

const labels: [name: keyof Counts, label: string][] = [
  ['entered', 'Đã nhập · entered'],
  ['expected', 'Phải chuyển · expected'],
  ['delivered', 'Đã chuyển, sổ hai bên khớp · delivered'],
  ['unverified', 'Đã chuyển, bên nhận không có sổ · unverified'],
  ['returned', 'Trong đó trả về nơi nhập · returned'],
  ['waiting', 'Đang chờ chuyển · waiting'],
  ['parked', 'Chờ người xử lý · parked'],
  ['closed', 'Đã đóng · closed'],
  ['retried', 'Gửi lại · retried'],
  ['lost', 'Mất · lost'],
  ['doubled', 'Tác động hai lần · doubled'],
  ['doubted', 'Trong đó đã ghi nghi vấn · doubted'],
  ['repeated', 'Lặp, bên nhận nhận ra · repeated'],
  ['outOfOrder', 'Sai thứ tự · out of order'],
  ['unknownAtHub', 'Bên nhận có, trục không gửi · unknown at hub'],
  ['unsettled', 'Đang gửi, chưa rõ kết quả · unsettled'],
  ['unexpected', 'Đã lập, hợp đồng không cho · unexpected'],
];

/** What doesn't concern stage or agency is left out while it is nothing. */
const onlyIfAny: readonly (keyof Counts)[] = ['closed', 'unsettled', 'unexpected'];

const types: Record<Discrepancy['type'], string> = {
  'accepted-not-in-ledger': 'đã báo 202 mà sổ cái không có · accepted, not in the ledger',
  'not-planned': 'phải chuyển mà không lập · not planned',
  stuck: 'còn mở mà không gì đánh thức · open, and nothing will wake it',
  'acknowledged-not-held': 'đã xác nhận mà bên nhận không có · acknowledged, not held',
  doubled: 'tác động hai lần · doubled',
  'doubled-in-doubt': 'tác động hai lần, đã ghi nghi vấn · doubled, doubt recorded',
  'out-of-order': 'sai thứ tự · out of order',
  'unknown-at-hub': 'bên nhận có, trục không gửi · unknown at the hub',
  'not-entitled': 'đã lập, hợp đồng không cho · planned without entitlement',
  'broken-chain': 'chuỗi băm đứt · broken hash chain',
};

/** The result for a person: words first in Vietnamese, a column per agency. */
export function resultTable(result: Reconciliation): string {
  const columns: [string, Counts][] = [['Tổng · total', result], ...Object.entries(result.byAgency)];
  const shown = labels.filter(([name]) => !onlyIfAny.includes(name) || result[name] > 0);
  const rows = shown.map(([name, label]) => [label, ...columns.map(([, counts]) => grouped(counts[name]))]);
  const head = ['', ...columns.map(([title]) => title)];
  const lines = align([head, ...rows]);
  return [
    `Đối soát sổ hai bên với sổ cái lúc ${local(result.at)} · both sides' books against the ledger`,
    '',
    lines[0],
    '─'.repeat(Math.max(...lines.map(({ length }) => length))),
    ...lines.slice(1),
    '',
    `Chuỗi băm đứt · broken hash chains: ${grouped(result.brokenChains)}`,
    ...(result.discrepancies.length === 0
      ? ['Không có chênh lệch · no discrepancies']
      : ['Chênh lệch, tối đa 100 · discrepancies, at most 100:', ...result.discrepancies.map(sentence)]),
    '',
  ].join('\n');
}

const sentence = ({ type, agency, code, sequence, line }: Discrepancy): string =>
  `  ${[agency, code, sequence === null ? null : `#${sequence}`, line === null ? null : `dòng ${line}`].filter((part) => part !== null).join('  ')}  ${types[type]}`;

function align(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '.');

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const local = (iso: string): string => clock.format(new Date(iso)).replace(',', '');
