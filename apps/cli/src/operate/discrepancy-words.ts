import type { Comparison, DiscrepancyCount, OpenDiscrepancy, Settled, Unsettled } from '#ledger';
import { consequences, type LineDiscrepancy, type Repair, type Side } from '#wire';
import { columns, printable } from '../terminal/columns.js';
import { brief, timeOf } from './words.js';

const typeNames: Record<LineDiscrepancy, string> = {
  'missing-there': 'bên kia không có · missing there',
  'missing-here': 'bên ta không có · missing here',
  'status-differs': 'khác trạng thái · status differs',
  'field-differs': 'khác trường · field differs',
  'other-code': 'cùng hồ sơ, khác mã · other code',
  'two-under-one': 'hai hồ sơ của ta thành một · two under one',
  'doubled-there': 'bên kia có hai lần · doubled there',
  'deadline-differs': 'khác hạn hoặc cách tính hạn · deadline differs',
  'revoked-still-there': 'đã thu hồi mà bên kia còn · revoked, still there',
  'file-differs': 'khác tệp kết quả · file differs',
  'progress-missing': 'thiếu dòng tiến trình · progress missing',
};
const sideNames: Record<Side, string> = {
  ours: 'phía trục · ours',
  theirs: 'phía cơ quan · theirs',
  data: 'người nhập dữ liệu · data',
};
const repairNames: Record<Repair, string> = {
  resend: 'gửi lại · resend',
  fetch: 'hỏi lấy về · fetch',
  'adopt-code': 'nhận mã của bên kia · adopt their code',
  'correct-here': 'sửa ở bên ta · correct here',
  'ask-counter': 'hỏi bộ phận một cửa · ask the counter',
  'ask-partner': 'yêu cầu cơ quan sửa · ask the partner',
};
/** How one was settled, in words: by a repair, by itself, by a person, or by becoming another one. */
function settledName(as: string): string {
  if (as in repairNames) return repairNames[as as Repair];
  if (as === 'agreed') return 'hai bên đã khớp · both sides agree';
  if (as === 'out-of-window') return 'quá cũ, thôi so · no longer compared';
  if (as === 'as-it-is') return 'chấp nhận như vậy · taken as it is';
  const other = typeNames[as.replace(/^became /, '') as LineDiscrepancy] as string | undefined;
  if (other === undefined) return as;
  const [vi, en] = other.split(' · ');
  return `thành “${vi}” · became “${en}”`;
}
const unsettled: Record<Unsettled, string> = {
  'under-way': 'hồ sơ đang chuyển hoặc còn nghi vấn, để sau · something of it is under way',
  'nothing-to-send': 'không có gì đã nhận để gửi lại · nothing that could be sent again',
  'not-so': 'loại này không xử lý bằng cách đó · this isn’t settled so',
  'cannot-be-asked': 'hợp đồng không có cách hỏi hồ sơ này · the contract has no way of asking for it',
  'code-taken': 'mã kia đang là của hồ sơ khác · that code is another case’s here',
  'nobody-receives':
    'hợp đồng của nơi nhập hồ sơ không nhận case.correction-asked (receives), phải hỏi ngoài hệ thống · the contract of whoever entered it doesn’t receive case.correction-asked, ask them outside',
  'no-authority':
    'hợp đồng không nói sổ của cơ quan là đúng (repairs: correct-here) · the contract doesn’t say that the agency’s books are right',
  'cannot-follow':
    'giá trị bên kia không thể tiếp theo diễn biến hồ sơ · what they say can’t follow what happened to the case',
  'done-before': 'đã làm đúng như vậy rồi, đang chờ · the very same was done before',
};

const states: Record<Comparison['state'], string> = {
  ordered: 'đang chờ · waiting',
  running: 'đang so · running',
  done: 'xong · done',
  refused: 'từ chối sổ của cơ quan · their books were refused',
  failed: 'không xong · failed',
};
const number = (n: number | null): string => (n === null ? '–' : String(n).replace(/\B(?=(\d{3})+$)/g, '.'));

/** What one comparison found, as a table for a person. */
export function comparisonWords(comparison: Comparison, counts: readonly DiscrepancyCount[]): string[] {
  const { agency, source, coverage, state, reason, ourDigest, theirDigest } = comparison;
  const days = comparison.from === null ? '' : `, tiếp nhận từ ${comparison.from} đến ${comparison.to}`;
  const why = reason
    ? [`  ! ${reason.row === undefined ? '' : `dòng ${reason.row}: `}${reason.vi} · ${reason.en} [${reason.rule}]`]
    : [];
  const head = `Đối soát dòng ${comparison.id}: ${agency} qua ${source}, ngày ${comparison.day}${days}: ${states[state]}`;
  if (state !== 'done') return [head, ...why];
  const same =
    theirDigest === null
      ? 'chỉ hỏi về hồ sơ của ta · only ours were asked for'
      : theirDigest === ourDigest
        ? 'khớp · they agree'
        : 'khác · they differ';
  return [
    head,
    ...why,
    `  Phạm vi · coverage: ${coverage === 'both' ? 'cả hai phía · both' : 'chỉ hồ sơ của ta · ours only'}`,
    `  Dòng · lines: ${number(comparison.linesOurs)} bên ta · ours, ${number(comparison.linesTheirs)} bên kia · theirs; trao đổi ${number(comparison.exchanged)} byte`,
    `  Đang chuyển, chưa tính · in transit: ${number(comparison.inTransit)}${comparison.inTransit ? ` (kể cả hồ sơ chờ người xử lý · parked ones too: lienthong parked ls --agency ${agency})` : ''}`,
    `  Mã tổng hợp · digests: ${ourDigest?.slice(0, 16)} / ${theirDigest?.slice(0, 16) ?? '–'}: ${same}`,
    '',
    ...(counts.length === 0
      ? ['  Không có chênh lệch · no discrepancies']
      : columns(
          [
            ['chênh lệch · discrepancies', 'đang mở · open', 'tính (thấy hai lần) · counted'],
            ...counts.map(({ type, open, counted }) => [typeNames[type], number(open), number(counted)]),
          ],
          '  ',
        )),
  ];
}

export function listWords(found: readonly OpenDiscrepancy[]): string[] {
  if (found.length === 0) return ['Không có chênh lệch nào · no discrepancies'];
  return columns([
    ['số', 'cơ quan', 'loại', 'mã', 'phía', 'thấy', 'từ', 'cách xử lý'],
    ...found.map((one) => [
      ...[
        one.id,
        one.agency,
        typeNames[one.type].split(' · ')[0]!,
        brief(one.key, 45),
        sideNames[one.side].split(' · ')[0]!,
      ],
      ...[`${one.seen}${one.counted ? '' : ' (chưa tính)'}`, timeOf(one.firstSeenAt)],
      one.settledAs === null
        ? repairNames[one.detail.settle].split(' · ')[0]!
        : `xong: ${settledName(one.settledAs).split(' · ')[0]!}`,
    ]),
  ]);
}

const said = (value: string | null): string => (value === null ? '–' : brief(value));

export function showWords(
  one: OpenDiscrepancy,
  repairs: readonly { at: Date; repair: string; author: string; outcome: string; operationId: string | null }[],
): string[] {
  const { detail, type } = one;
  const { vi, en, source } = consequences[type];
  return [
    `${one.id} ${typeNames[type]}: ${one.agency} ${one.key}${one.counted ? '' : ' (mới thấy một lần, chưa tính · seen once, not counted yet)'}`,
    ...(one.caseCode === null ? [] : [`  hồ sơ của ta · our case: ${one.caseCode}`]),
    ...(detail.there === undefined ? [] : [`  mã bên kia · their code: ${brief(detail.there)}`]),
    ...(detail.ours === undefined
      ? []
      : [`  mã của ta · our codes: ${detail.ours.map((key) => brief(key)).join(', ')}`]),
    ...(detail.times === undefined ? [] : [`  bên kia có · they have it: ${detail.times} lần · times`]),
    ...(detail.hash === undefined
      ? []
      : [
          `  bên kia chỉ cho mã băm, không rõ khác gì · they give a hash only, what differs isn’t told: ${detail.hash}`,
        ]),
    ...(detail.as === undefined ? [] : [`  và dưới mã · and under: ${detail.as.map((key) => brief(key)).join(', ')}`]),
    ...Object.entries(detail.fields ?? {}).map(
      ([field, [ours, theirs]]) => `  ${field}: bên ta · ours ${said(ours)}; bên kia · theirs ${said(theirs)}`,
    ),
    `  thấy · seen: ${one.seen} lần từ ${timeOf(one.firstSeenAt)} (đối soát ${one.firstComparison}…${one.lastComparison})`,
    `  phía phải làm · must act: ${sideNames[one.side]}`,
    `  hệ quả · consequence: ${vi} · ${en} (${source})`,
    ...repairs.map(
      ({ at, repair, author, outcome, operationId }) =>
        `  ${timeOf(at)} ${author}: ${repair}, ${outcome}${operationId === null ? '' : `, thao tác · operation ${operationId}`}`,
    ),
    one.settledAt === null
      ? `  cách xử lý · settles it: ${repairNames[detail.settle]}: ${commandOf(one)}`
      : `  đã xong · settled ${timeOf(one.settledAt)}: ${settledName(one.settledAs ?? '')} (${one.settledBy})${one.note === null ? '' : `: ${brief(one.note, 200)}`}`,
  ];
}

/** The one action, as it is typed. What only people can do is done outside and noted by the last command. */
function commandOf({ id, detail, caseCode, key }: OpenDiscrepancy): string {
  const code = printable(
    /^[\w.-]+$/.test(caseCode ?? key) ? (caseCode ?? key) : `'${(caseCode ?? key).replaceAll("'", `'\\''`)}'`,
  );
  const noted = `lienthong discrepancies settle ${id} --as ${detail.settle}`;
  switch (detail.settle) {
    case 'resend':
    case 'fetch':
    case 'adopt-code':
      return noted;
    case 'correct-here':
      return `${noted}; hợp đồng không cho thì · where the contract doesn’t: lienthong submit -f FILE (một dòng case.supplemented của ${code}, đủ dueAt · one line that corrects it: docs/case-model.md)`;
    case 'ask-counter':
      return `${noted}; nơi nhận hồ sơ không nhận câu hỏi thì hỏi ngoài hệ thống · where it doesn’t receive questions, ask outside: lienthong case show ${code}`;
    case 'ask-partner':
      return `lienthong discrepancies show ${id} > ${id}.txt; gửi cho cơ quan · send it to the agency; ${noted}`;
  }
}

export const settledWords = ({ id, key, outcome, operation, why }: Settled): string =>
  outcome === 'ordered'
    ? `✓ ${id} ${brief(key, 45)}: đã lệnh · ordered${operation === null ? '' : `, thao tác · operation ${operation}`}`
    : outcome === 'noted'
      ? `✓ ${id} ${brief(key, 45)}: đã ghi là người đã làm, còn mở đến khi hai bên khớp · noted, open until both sides agree${why === undefined ? '' : ` (${unsettled[why]})`}`
      : `✗ ${id} ${brief(key, 45)}: ${unsettled[outcome]}`;
