import type { Manner } from './manner.js';

/** Where a fault strikes: the wire, what the partner does with a request, or what it answers. */
type Place = 'wire' | 'answer' | 'request' | 'data';

interface FaultKind {
  vi: string;
  en: string;
  place: Place;
  /** JSON Schema of its value. */
  value: object;
  /** Whether it can go wrong at a partner of this manner. */
  real: (manner: Manner) => boolean;
  /** Whether a request of this operation meets it; absent: any. */
  meets?: (manner: Manner, operation: string) => boolean;
}

const flag = { const: true };
const count = { type: 'integer', minimum: 0 };
const always = (): boolean => true;
const some = (names: readonly string[] | undefined): boolean => names !== undefined && names.length > 0;
const writes = (manner: Manner, operation: string): boolean => manner.accepted(operation, {}) !== undefined;
const reads = (manner: Manner, operation: string): boolean => manner.reads?.includes(operation) ?? false;
const logsIn = (manner: Manner, operation: string): boolean => manner.logIns?.includes(operation) ?? false;
/** Wherever there is a protocol to bend. */
const speaks = (manner: Manner): boolean => manner.outcome !== undefined || some(manner.codes) || some(manner.statuses);

const keepsLines = (manner: Manner): boolean => manner.keepsLines === true;
const lineOperations: readonly string[] = ['digests', 'lines', 'list', 'status-list', 'look-up'];

const text = { type: 'string', minLength: 1 };
const kind = (vi: string, en: string, place: Place, value: object, more: Partial<FaultKind> = {}): FaultKind => ({
  vi,
  en,
  place,
  value,
  real: always,
  ...more,
});

/** Every failure that a stand-in can play, by the name that `PUT /faults` and a scenario know. */
const faultKinds = {
  down: kind('Cổng đóng, cắt mọi kết nối', 'The port refuses connections and drops those it has', 'wire', flag),
  slowMs: kind('Xử lý chậm', 'The work and the answer come this much later', 'wire', count),
  slowAnswerMs: kind(
    'Làm ngay, trả lời chậm',
    'The work is done at once, the first byte of the answer comes this much later',
    'wire',
    count,
  ),
  dripMs: kind('Trả lời nhỏ giọt', 'The answer’s bytes come in small pieces over this time', 'wire', count),
  hang: kind('Nhận rồi im lặng', 'The next n requests are taken and never answered; nothing is done', 'wire', count),
  cutBefore: kind(
    'Đứt kết nối trước khi ghi sổ',
    'The next n requests are cut off before anything is done',
    'wire',
    count,
  ),
  loseAnswer: kind(
    'Đứt kết nối sau khi ghi sổ',
    'The next n requests are worked and booked, then their connection is cut',
    'wire',
    count,
  ),
  certificate: kind(
    'Chứng thư TLS hết hạn hoặc sai',
    'The TLS side shows a certificate that is expired, for another host or of an unknown authority',
    'wire',
    {
      enum: ['expired', 'other-host', 'unknown-authority'],
    },
  ),
  busy: kind('Báo bận', 'The next n requests get the partner’s own way of saying "try again"', 'answer', count),
  unavailable: kind('503 kéo dài', 'A proxy in front answers 503 with a page until this is taken away', 'answer', flag),
  maintenance: kind(
    'Trang bảo trì HTML, mã 200',
    'A page with HTTP 200 says that the system is being maintained',
    'answer',
    flag,
  ),
  rejectPage: kind(
    'Trang từ chối HTML của tường lửa',
    'The next n requests get a firewall’s page with HTTP 200; nothing is done',
    'answer',
    count,
  ),
  reply: kind('Câu trả lời tùy ý', 'Answers played word for word, one a request; nothing is done', 'answer', {
    type: 'array',
    items: {
      type: 'object',
      required: ['status'],
      additionalProperties: false,
      properties: {
        status: { type: 'integer' },
        headers: { type: 'object' },
        body: true,
        text: { type: 'string' },
        html: { type: 'string' },
      },
    },
  }),
  loginRefused: kind(
    'Từ chối đăng nhập',
    'The next n log-ins (or requests, where each carries its key) are refused',
    'answer',
    count,
    {
      real: (manner) => manner.loginRefused !== undefined,
      meets: (manner, operation) => !some(manner.logIns) || logsIn(manner, operation),
    },
  ),
  sessionEndsAfter: kind('Hết phiên giữa lô', 'After n more requests every session ends, once', 'answer', count, {
    real: (manner) => manner.endSessions !== undefined,
    meets: (manner, operation) => !logsIn(manner, operation),
  }),
  codesAs: kind(
    'Mã lỗi lúc chữ lúc số',
    'The outcome is written as text, as a number, or by turns',
    'answer',
    { enum: ['text', 'number', 'mixed'] },
    {
      real: (manner) => manner.outcome !== undefined,
    },
  ),
  errorCodeButDone: kind(
    'Chữ “thành công”, mã lỗi',
    'The next n are done and say so in words, with the code of an error',
    'answer',
    count,
    {
      real: (manner) => manner.outcome !== undefined,
      meets: writes,
    },
  ),
  successButNot: kind(
    'Mã thành công, chữ báo lỗi',
    'The next n aren’t done: the code of success with the words of a failure',
    'answer',
    count,
    {
      real: (manner) => manner.outcome !== undefined,
      meets: writes,
    },
  ),
  silentLoss: kind(
    'Báo đã nhận nhưng làm mất',
    'The next n are acknowledged word for word and dropped',
    'answer',
    count,
    {
      real: (manner) => speaks(manner),
      meets: writes,
    },
  ),
  answerRows: kind(
    'Dòng trả lời đảo, thiếu, đôi',
    'Rows of answers are in another order, without one, or with one twice',
    'answer',
    { enum: ['shuffled', 'missing', 'doubled'] },
    {
      real: (manner) => some(manner.answerRows),
    },
  ),
  lateStatus: kind(
    'Trạng thái cũ đến sau',
    'After a newer state was told, the next n questions get the older one again',
    'answer',
    count,
    {
      real: (manner) => some(manner.reads) && some(manner.statuses),
      meets: reads,
    },
  ),
  listMoves: kind(
    'Danh sách đổi giữa các trang',
    'What comes or goes between two pages of a list is repeated or skipped',
    'answer',
    { enum: ['skips', 'repeats'] },
    {
      real: keepsLines,
      meets: (_, operation) => operation === 'list',
    },
  ),
  dayOff: kind(
    'Đồng hồ lệch một ngày',
    'Days of receipt in lines, lists and digests are a day early or late',
    'answer',
    { enum: [-1, 1] },
    {
      real: keepsLines,
      meets: (_, operation) => lineOperations.includes(operation),
    },
  ),
  digestLies: kind(
    'Mã băm tổng không khớp dòng',
    'The next n answers with digests hold others than those of their lines',
    'answer',
    count,
    {
      real: keepsLines,
      meets: (_, operation) => operation === 'digests',
    },
  ),
  rewriteStatus: kind(
    'Đổi trạng thái (5, 6, 8 thành 9)',
    'Statuses are rewritten in what is taken and in what is told',
    'data',
    {
      type: 'object',
      required: ['from', 'to'],
      additionalProperties: false,
      properties: {
        from: { type: 'array', minItems: 1, items: { type: 'integer', minimum: 1, maximum: 10 } },
        to: { type: 'integer', minimum: 1, maximum: 10 },
      },
    },
    { real: (manner) => some(manner.statuses) },
  ),
  dropPrefix: kind(
    'Bỏ tiền tố mã cơ quan',
    'Codes lose the agency’s part, so that two agencies collide',
    'data',
    flag,
    {
      real: (manner) => some(manner.codes),
    },
  ),
  firstRowsOnly: kind(
    'Chỉ ghi vài dòng đầu của lô',
    'Of the items of a request the first n are taken, and all acknowledged',
    'data',
    { type: 'integer', minimum: 1 },
    {
      real: (manner) => some(manner.requestRows),
      meets: writes,
    },
  ),
  enteredBefore: kind(
    'Đã tồn tại khi thêm mới',
    'The next n items were entered there by hand a moment before, in other words',
    'data',
    count,
    {
      real: (manner) => manner.freeText !== undefined,
      meets: writes,
    },
  ),
  firstFileOnly: kind('Chỉ giữ tệp đầu tiên', 'Of several files the first one is kept', 'data', flag, {
    real: (manner) => some(manner.files) || some(manner.joinedPaths),
  }),
  dropFilesOver: kind(
    'Báo thành công nhưng bỏ tệp lớn',
    'Requests with more bytes are taken without their files',
    'data',
    count,
    {
      real: (manner) => some(manner.files),
    },
  ),
  tooLargeOver: kind(
    '413: tệp quá lớn',
    'Requests with more bytes are refused by a proxy with 413 and a page',
    'answer',
    count,
  ),
  retiredCode: kind(
    'Mã danh mục hôm qua còn, hôm nay không',
    'Items that hold this code anywhere are refused as data',
    'data',
    text,
  ),
  refuseField: kind(
    'Từ chối dữ liệu',
    'Items are refused as data, in the partner’s shape; only where the member holds `equals`, if given',
    'data',
    {
      type: 'object',
      required: ['path', 'text'],
      additionalProperties: false,
      properties: { path: text, text, equals: { type: 'string' } },
    },
  ),
} satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof faultKinds;
export const faultNames = Object.keys(faultKinds) as FaultName[];
export const kindOf = (name: FaultName): FaultKind => faultKinds[name];

/** JSON Schema of one fault, but for "exactly one kind". */
export const faultSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...Object.fromEntries(faultNames.map((name) => [name, kindOf(name).value])),
    times: count,
    when: {
      type: 'object',
      additionalProperties: false,
      properties: {
        code: text,
        operation: text,
        share: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
        seed: { type: 'integer' },
      },
    },
  },
} as const;
