import {
  openApiOf,
  operatorRequestSchemas,
  shapeRef,
  type Content,
  type DescribedRoute,
  type OperatorRequest,
  type ProblemCode,
} from '#wire';

interface Route {
  at: string;
  method: 'get' | 'post';
  vi: string;
  en: string;
  says?: string;
  query?: readonly Query[];
  /** An agency file as YAML, or JSON of a shape. */
  body?: 'yaml' | OperatorRequest;
  answers?: 'yaml' | 'ndjson';
  problems?: readonly ProblemCode[];
}

type Query = keyof typeof queries;

const queries = {
  days: { schema: { type: 'integer', minimum: 1, maximum: 3_660, default: 30 }, says: 'so many days, today the last' },
  on: { schema: { type: 'string', format: 'date' }, says: 'the day of sending; default today' },
  note: { schema: { type: 'string', maxLength: 1_000 }, says: 'why, kept in the history' },
  withoutSecrets: { schema: { type: 'boolean', default: false }, says: 'secrets may come later' },
} as const;

const ofFile: readonly ProblemCode[] = ['invalid-agency-file', 'invalid-envelope', 'too-large'];
const ofBody: readonly ProblemCode[] = ['malformed-json', 'invalid-envelope', 'too-large', 'unsupported-media-type'];

/** One line a route; a spec compares it with what the process serves. */
export const operatorRoutes: readonly Route[] = [
  { at: '/v1/agencies', method: 'get', vi: 'Các cơ quan', en: 'All agencies' },
  {
    at: '/v1/agencies/{id}',
    method: 'get',
    vi: 'Một cơ quan, mọi hợp đồng từng áp dụng',
    en: 'One agency with every contract ever applied',
    problems: ['unknown-agency'],
  },
  {
    at: '/v1/agencies/{id}/unmapped',
    method: 'get',
    vi: 'Mã mà bảng mã đang có chưa có, cùng hồ sơ vướng phải',
    en: 'Codes that its code tables lack, with the cases they hit',
    query: ['days', 'on'],
    problems: ['unknown-agency', 'invalid-envelope', 'too-many-at-once'],
  },
  {
    at: '/v1/agencies/new',
    method: 'post',
    vi: 'Bản nháp tệp cơ quan từ yêu cầu và câu trả lời mẫu',
    en: 'A draft of an agency file from a sample request and answer',
    body: 'NewAgency',
    answers: 'yaml',
    problems: ofBody,
  },
  {
    at: '/v1/agencies/tables',
    method: 'post',
    vi: 'Bảng mã từ hai cột dán từ bảng tính',
    en: 'A code table from two pasted spreadsheet columns',
    body: 'CodeTable',
    answers: 'yaml',
    problems: ofBody,
  },
  {
    at: '/v1/agencies/diff',
    method: 'post',
    vi: 'Tệp này sẽ đổi gì',
    en: 'What this file would change',
    body: 'yaml',
    problems: ofFile,
  },
  {
    at: '/v1/agencies/rehearse',
    method: 'post',
    vi: 'Diễn tập, không gửi gì',
    en: 'Rehearses; nothing is sent',
    says: 'With `Accept: application/x-ndjson`: `{"progress":{"done","total"}}` lines, then `{"result":…}` or `{"problem":…}`. Hanging up ends it.',
    query: ['days', 'on'],
    body: 'yaml',
    answers: 'ndjson',
    problems: [...ofFile, 'too-many-at-once'],
  },
  {
    at: '/v1/agencies/unmapped',
    method: 'post',
    vi: 'Mã mà bảng mã của tệp này sẽ thiếu',
    en: 'Codes that this file’s code tables would lack',
    query: ['days', 'on'],
    body: 'yaml',
    problems: [...ofFile, 'too-many-at-once'],
  },
  {
    at: '/v1/agencies/try',
    method: 'post',
    vi: 'Một bản gửi, trọn vẹn; với send: gửi thật một lần',
    en: 'One item in full; with `send` really sent, once',
    says: 'Shows personal data. Who looked at which case is written down first. Sent only to an address, and with secrets, that an applied contract of the agency has.',
    body: 'Try',
    problems: [
      ...ofBody,
      'invalid-agency-file',
      'no-version-in-force',
      'unknown-event',
      'invalid-sample',
      'not-sendable',
      'not-applied',
    ],
  },
  {
    at: '/v1/agencies/apply',
    method: 'post',
    vi: 'Áp dụng; có hiệu lực trong hai giây',
    en: 'Applies; in force within two seconds',
    query: ['note', 'withoutSecrets'],
    body: 'yaml',
    problems: [...ofFile, 'code-still-in-use', 'version-still-needed', 'too-many-at-once'],
  },
  {
    at: '/v1/agencies/{id}/rollback',
    method: 'post',
    vi: 'Áp dụng lại hợp đồng trước đó',
    en: 'Applies an earlier contract again',
    body: 'RollBack',
    problems: [...ofBody, 'unknown-agency', 'unknown-contract', 'invalid-agency-file', 'version-still-needed'],
  },
  {
    at: '/v1/agencies/{id}/pause',
    method: 'post',
    vi: 'Tạm dừng gửi',
    en: 'Pauses sending',
    body: 'Pause',
    problems: [...ofBody, 'unknown-agency'],
  },
  {
    at: '/v1/agencies/{id}/resume',
    method: 'post',
    vi: 'Gửi tiếp',
    en: 'Goes on sending',
    body: 'Reason',
    problems: [...ofBody, 'unknown-agency'],
  },
  {
    at: '/v1/agencies/{id}/retire',
    method: 'post',
    vi: 'Ngừng kết nối; lịch sử giữ nguyên',
    en: 'Retires; history stays',
    body: 'Reason',
    problems: [...ofBody, 'unknown-agency'],
  },
];

function described({ query = [], body, answers, ...route }: Route): DescribedRoute {
  return {
    ...route,
    tag: 'agencies',
    keys: ['operator'],
    query: Object.fromEntries(query.map((name) => [name, queries[name]])),
    ...(body === undefined ? {} : { body: bodyOf(body) }),
    answers: contentOf(answers),
  };
}

function bodyOf(body: NonNullable<Route['body']>): NonNullable<DescribedRoute['body']> {
  if (body === 'yaml') {
    const says = 'Tệp cơ quan · an agency file: docs/schemas/agency-file.v1.schema.json';
    return { says, content: { 'application/yaml': { schema: { type: 'string' } } } };
  }
  return { content: { 'application/json': { schema: shapeRef(body) } } };
}

function contentOf(answers: Route['answers']): Content {
  if (answers === 'yaml') return { 'application/yaml': { schema: { type: 'string' } } };
  const json = { 'application/json': { schema: { type: 'object' } } };
  return answers === 'ndjson' ? { ...json, 'application/x-ndjson': { schema: { type: 'object' } } } : json;
}

/** OpenAPI 3.1 of the operators' routes: requests are the very schemas that are checked. */
export const operatorsApi: object = openApiOf({
  title: 'Liên Thông: vận hành · operators /v1',
  description:
    'Vòng đời của tệp cơ quan, như lienthong agency. · The life-cycle of agency files, as lienthong agency. Lỗi theo RFC 9457. · Errors are RFC 9457 problems, in the language of Accept-Language.',
  routes: operatorRoutes.map(described),
  keys: { operator: 'lienthong key create --operator NAME' },
  schemas: operatorRequestSchemas,
});
