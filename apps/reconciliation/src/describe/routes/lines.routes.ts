import { lineDiscrepancies, repairs, shapeRef, type DescribedRoute, type Parameter } from '#wire';
import { agency, agencyId, binary, dayIn, json, jsonOf, listed, needed, ofJsonBody, operator, wholeIn, word, XLSX } from './parts.js'; // prettier-ignore

const before: Parameter = word('id của dòng cuối trang trước · the last id of the page before');
const limit = wholeIn('mặc định 100 · default 100', 1, 500);
const discrepancyId = { id: { schema: { type: 'string', pattern: '^\\d+$' }, says: 'số của chênh lệch · its number' } };

const range = {
  from: needed(dayIn('ngày tiếp nhận đầu · first day of receipt')),
  to: needed(dayIn('ngày cuối, tối đa 3.700 ngày · last day; at most 3,700 days')),
  bucket: wholeIn('một ngăn · one bucket', 0, 63),
};
const spreadsheet = { [XLSX]: binary, 'text/csv': binary };
const order = {
  type: 'object',
  properties: { day: { type: 'string', format: 'date' }, by: { type: 'string' } },
};
const settling = {
  type: 'object',
  minProperties: 1,
  properties: {
    as: { type: 'string', enum: repairs },
    note: { type: 'string', minLength: 1, maxLength: 1_000 },
  },
};

/** Both sides' books line by line: docs/reconciliation.md. */
export const lineRoutes: readonly DescribedRoute[] = [
  {
    at: '/v1/agencies/{id}/comparisons',
    method: 'post',
    vi: 'Đặt một lần đối soát từng dòng',
    en: 'Orders a comparison of lines',
    says: 'Chạy ở tiến trình nào rảnh; GET cho biết đến đâu. Bảng tính gửi thẳng làm nội dung (tối đa 64 MiB). · Carried out by whichever process is free; GET says how far it is. A spreadsheet comes as the body itself, at most 64 MiB.',
    tag: 'comparisons',
    keys: operator,
    inPath: agencyId,
    query: {
      day: dayIn('sổ của ngày nào; mặc định hôm nay · whose day’s books; default today'),
      by: word('một cách trong hợp đồng · a way of the contract'),
    },
    body: {
      optional: true,
      content: { ...json(order, { day: '2026-05-30', by: 'look-up' }), ...spreadsheet },
    },
    status: 202,
    answers: jsonOf('Comparison'),
    problems: [...ofJsonBody, 'unknown-agency', 'no-way-to-compare', 'comparison-open'],
  },
  {
    at: '/v1/agencies/{id}/comparisons',
    method: 'get',
    vi: 'Các lần đối soát, mới nhất trước',
    en: 'Comparisons, newest first',
    tag: 'comparisons',
    keys: operator,
    inPath: agencyId,
    query: { before, limit },
    answers: listed('comparisons', 'Comparison'),
    problems: ['unknown-agency', 'invalid-envelope'],
  },
  {
    at: '/v1/agencies/{id}/lines-read',
    method: 'post',
    vi: 'Đọc thử sổ của cơ quan một ngày, không giữ gì',
    en: 'Shows how an agency’s books of one day are read; nothing is kept',
    says: 'Ai xem đều được ghi lại. Sổ bị từ chối vì đâu nằm trong `refused`, có quy tắc và dòng. · Who looked is written down. What refused the books stands in `refused`, with rule and row.',
    tag: 'comparisons',
    keys: operator,
    inPath: agencyId,
    query: {
      day: dayIn('mặc định hôm nay · default today'),
      by: word('một cách trong hợp đồng · a way of the contract'),
    },
    body: { optional: true, content: { ...json({ type: 'object' }), ...spreadsheet } },
    answers: jsonOf('LinesRead'),
    problems: [...ofJsonBody, 'unknown-agency', 'no-way-to-compare'],
  },
  {
    at: '/v1/discrepancies',
    method: 'get',
    vi: 'Chênh lệch đang mở, theo thứ tự phát hiện',
    en: 'Open discrepancies, in the order of their first sight',
    tag: 'discrepancies',
    keys: operator,
    query: {
      agency: word('của một cơ quan · of one agency'),
      type: word('một loại · one type', lineDiscrepancies),
      side: word('bên phải làm · who must act', ['ours', 'theirs', 'data']),
      counted: word('chỉ những cái đã thấy hai lần · only those seen twice', ['true', 'false']),
      all: word('kể cả đã xong · settled ones too', ['true', 'false']),
      after: before,
      limit,
    },
    answers: json({
      type: 'object',
      required: ['discrepancies', 'counts'],
      properties: {
        discrepancies: { type: 'array', items: shapeRef('Discrepancy') },
        counts: { type: 'array', items: shapeRef('DiscrepancyCount') },
      },
    }),
    problems: ['invalid-envelope'],
  },
  {
    at: '/v1/discrepancies/{id}',
    method: 'get',
    vi: 'Một chênh lệch, với mọi việc đã làm',
    en: 'One, with all that was tried',
    tag: 'discrepancies',
    keys: operator,
    inPath: discrepancyId,
    answers: jsonOf('DiscrepancyWithRepairs'),
    problems: ['unknown-discrepancy'],
  },
  {
    at: '/v1/discrepancies/{id}/settlements',
    method: 'post',
    vi: 'Xử lý một chênh lệch',
    en: 'Settles one',
    says: '`as`: làm ngay, lần đối soát sau cho biết có khớp không. Chỉ `note`: chấp nhận như đang có. · `as`: done now, and the next comparison says whether it helped. `note` alone: taken as it is.',
    tag: 'discrepancies',
    keys: operator,
    inPath: discrepancyId,
    body: { content: json(settling, { as: 'resend', note: 'bên kia báo mất' }) },
    answers: jsonOf('Settlement'),
    problems: [...ofJsonBody, 'unknown-discrepancy'],
  },
  {
    at: '/v1/agencies/{id}/digests',
    method: 'get',
    vi: 'Tóm tắt các dòng của ta, cho chính cơ quan ấy',
    en: 'Digests of our lines of an agency, for that agency',
    says: 'docs/reconcile/digest-api.md',
    tag: 'book',
    keys: agency,
    inPath: agencyId,
    query: { ...range, by: word('mỗi ngày hay mỗi ngăn một tóm tắt · one a day, or a bucket', ['day', 'bucket']) },
    answers: jsonOf('Digests', {
      compares: ['status', 'dueOn'],
      digests: [{ day: '2026-05-01', lines: 12, digest: 'ab'.repeat(32) }],
    }),
    problems: ['invalid-envelope', 'not-your-book', 'not-found'],
  },
  {
    at: '/v1/agencies/{id}/lines',
    method: 'get',
    vi: 'Các dòng ấy, mỗi dòng một JSON, theo thứ tự byte của mã',
    en: 'Those lines, a JSON each, in the byte order of keys',
    tag: 'book',
    keys: agency,
    inPath: agencyId,
    query: range,
    answers: { 'application/x-ndjson': { schema: shapeRef('Line') } },
    problems: ['invalid-envelope', 'not-your-book', 'not-found'],
  },
];
