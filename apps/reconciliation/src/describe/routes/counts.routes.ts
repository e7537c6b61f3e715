import { factsRequestSchema, type DescribedRoute } from '#wire';
import { anybody, json, jsonOf, ofJsonBody, operator, word } from './parts.js';

const told = {
  sender: 'cong-thanh-toan',
  facts: [
    {
      key: 'TTD-00001/asked',
      type: 'vn.lienthong.payment.requested.v1',
      code: 'TTD-00001',
      data: { code: 'TTD-00001', purpose: 'land', amount: 2_500_000, requestedAt: '2026-10-05T09:00:00+07:00' },
    },
    {
      key: 'TTD-00001/settled',
      type: 'vn.lienthong.payment.settled.v1',
      code: 'TTD-00001',
      data: { outcome: 'succeeded', amount: 2_500_000, at: '2026-10-05T09:01:30+07:00' },
    },
  ],
};
const taken = {
  accepted: 2,
  repeated: 0,
  refused: 0,
  facts: [
    {
      outcome: 'accepted',
      subject: 'payment/TTD-00001',
      eventId: '5f0c7a52-0b53-5b0e-9c55-0c6f0e3f0a11',
      sequence: 1,
    },
    {
      outcome: 'accepted',
      subject: 'payment/TTD-00001',
      eventId: '0b0c7a52-1b53-5b0e-8c55-1c6f0e3f0a12',
      sequence: 2,
    },
  ],
};

const year = {
  schema: { type: 'string', pattern: '^(19|20|21)\\d\\d$' },
  says: 'năm theo lịch Việt Nam · a year, in Vietnam',
  required: true,
} as const;
const runId = {
  id: {
    schema: { type: 'string' },
    says: 'như POST /v1/runs trả về · as POST /v1/runs answered: 20261005T020000.000Z',
  },
};

/** The count of all books, what still moves, figures and the facts that they count. */
export const countRoutes: readonly DescribedRoute[] = [
  {
    at: '/v1/runs',
    method: 'post',
    vi: 'Đối soát: đếm sổ của mọi cơ quan với sổ cái',
    en: 'Counts every book against the ledger',
    says: 'Trả lời khi đếm xong và đã giữ kết quả. · Answers when the count is done and kept. Words: docs/reconciliation.md. Unit: deliveries, `entered` events.',
    tag: 'runs',
    keys: anybody,
    answers: jsonOf('Run'),
    problems: ['book-unreadable'],
  },
  {
    at: '/v1/runs/{id}',
    method: 'get',
    vi: 'Một lần đếm đã giữ',
    en: 'A count that was kept',
    tag: 'runs',
    keys: anybody,
    inPath: runId,
    answers: jsonOf('KeptRun'),
    problems: ['not-found'],
  },
  {
    at: '/v1/runs/{id}/table',
    method: 'get',
    vi: 'Lần đếm ấy, thành bảng để đọc',
    en: 'The same as a table to read',
    tag: 'runs',
    keys: anybody,
    inPath: runId,
    answers: { 'text/plain': { schema: { type: 'string' } } },
    problems: ['not-found'],
  },
  {
    at: '/v1/under-way',
    method: 'get',
    vi: 'Còn gì đang chạy',
    en: 'What still moves',
    tag: 'runs',
    keys: anybody,
    answers: jsonOf('UnderWay'),
  },
  {
    at: '/v1/standing',
    method: 'get',
    vi: 'Còn gì đang chạy, kể cả hồ sơ còn phải hỏi lại',
    en: 'What still moves by itself, questions to agencies included',
    tag: 'runs',
    keys: anybody,
    answers: jsonOf('Standing'),
  },
  {
    at: '/v1/figures',
    method: 'get',
    vi: 'Số liệu một năm, từng thủ tục, theo quy tắc của II.06a',
    en: 'A year’s figures by procedure, by the rules of II.06a',
    says: 'Đơn vị: hồ sơ. Cùng phép đếm với chỉ số và II.06a; không nêu hồ sơ nào. · Unit: cases. The same count as the published figures and II.06a; nothing personal, no case named.',
    tag: 'figures',
    keys: anybody,
    query: { year, enteredBy: word('chỉ hồ sơ do cơ quan này nhập · only cases that this agency entered') },
    answers: jsonOf('YearReport'),
    problems: ['invalid-envelope'],
  },
  {
    at: '/v1/facts',
    method: 'post',
    vi: 'Gửi dữ kiện: thanh toán, phản ánh, danh mục, tài khoản, đơn vị',
    en: 'Tells facts: payments, petitions, catalogue rows, accounts, units',
    says: [
      'Tối đa 1.000 dữ kiện, 1 MiB mỗi lần. Cùng khóa, cùng nội dung: nhận lại câu trả lời cũ, không ghi hai lần. Số tiền: đồng, số nguyên.',
      'At most 1,000 facts and 1 MiB. The same key with the same body gets its earlier answer. Amounts are đồng, integers. 200: all are entered. 422 `facts-refused`: those named in `faults` (`/facts/3/data/amount`) are not, **the others are**; the problem has the members of a 200 as well. 400: nothing was entered.',
    ].join('\n\n'),
    tag: 'figures',
    keys: operator,
    body: { content: json(factsRequestSchema, told) },
    answers: jsonOf('FactsAnswer', taken),
    problems: [...ofJsonBody, 'facts-refused'],
  },
];

const health = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } };
const ready = {
  type: 'object',
  required: ['status', 'dependencies'],
  properties: {
    status: { type: 'string', enum: ['ready', 'not-ready'] },
    dependencies: { type: 'object', additionalProperties: { type: 'string', enum: ['up', 'down'] } },
  },
};

/** What every process of ours answers. */
export const processRoutes: readonly DescribedRoute[] = [
  {
    at: '/healthz',
    method: 'get',
    vi: 'Tiến trình còn sống',
    en: 'The process is alive',
    tag: 'process',
    keys: anybody,
    answers: json(health),
  },
  {
    at: '/readyz',
    method: 'get',
    vi: 'Những gì nó cần có sẵn sàng không',
    en: 'Whether what it needs is there',
    tag: 'process',
    keys: anybody,
    answers: json(ready),
    also: { '503': { says: 'Thiếu thứ bắt buộc · Something required is missing', content: json(ready) } },
  },
  {
    at: '/metrics',
    method: 'get',
    vi: 'Số đo cho Prometheus',
    en: 'Metrics for Prometheus',
    tag: 'process',
    keys: anybody,
    answers: { 'text/plain': { schema: { type: 'string' } } },
  },
  {
    at: '/docs-json',
    method: 'get',
    vi: 'Bản mô tả này',
    en: 'This description',
    tag: 'process',
    keys: anybody,
    answers: json({ type: 'object' }),
  },
];
