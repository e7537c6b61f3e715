import type {
  Comparison,
  ComparisonReason,
  DiscrepancyCount,
  DiscrepancyDetail,
  DiscrepancyRepair,
  OpenDiscrepancy,
  Settled,
  ShownDigest,
  ShownLine,
  Unsettled,
} from '#ledger';
import {
  comparedFields,
  lineDiscrepancies,
  repairs,
  shape,
  type Compared,
  type ComparedField,
  type Repair,
  type Schema,
  type Side,
} from '#wire';
import type { MaskedLine } from '../../sources/masked-line.js';
import type { SomeLines } from '../../sources/read-some.js';
import { count, day, id, instant, oneOf, orNull, rowsOf, says, sha256, words, type Sent } from './sent.js';

const text = orNull(words);
const reason = shape.object<ComparisonReason>({ rule: words, vi: words, en: words }, { row: count });
const fields: Schema<Compared> = {
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(comparedFields.map((name) => [name, text])),
};
const line = { key: says(words, 'mã theo cơ quan · the agency’s key'), receivedOn: day, hash: sha256 };

const comparison = shape.object<Sent<Comparison>>(
  {
    id,
    agency: words,
    day: says(day, 'sổ của ngày nào · whose books these are'),
    source: says(words, 'một cách trong hợp đồng · a way of the contract: digest, paged-list …'),
    coverage: oneOf(['both', 'ours only']),
    author: words,
    from: orNull(day),
    to: orNull(day),
    cutAt: orNull(instant),
    beganAt: instant,
    endedAt: orNull(instant),
    progress: orNull(
      shape.object<NonNullable<Comparison['progress']>>(
        { step: oneOf(['refresh', 'digests', 'lines', 'compare']), done: count, of: orNull(count) },
        {},
      ),
    ),
    linesOurs: says(orNull(count), 'dòng · lines'),
    linesTheirs: says(orNull(count), 'dòng · lines'),
    inTransit: says(orNull(count), 'hồ sơ · cases'),
    found: says(orNull(count), 'chênh lệch · discrepancies'),
    ourDigest: orNull(sha256),
    theirDigest: orNull(sha256),
    exchanged: says(orNull(count), 'byte · bytes'),
    state: oneOf(['ordered', 'running', 'done', 'refused', 'failed']),
    reason: orNull(reason),
    sure: says(shape.yesNo, 'đúng tệp, dù khác sổ ta hay cũ · taken as right, however unlike ours or old'),
    fileHash: says(orNull(sha256), 'SHA-256 của tệp nhận · of the file handed in'),
  },
  {},
);

const detail = shape.object<DiscrepancyDetail>(
  { settle: says(oneOf(repairs), 'việc duy nhất giải quyết được · the one action that settles it') },
  {
    fields: {
      type: 'object',
      description:
        'mỗi trường khác nhau: bên ta, bên kia; giá trị cá nhân được che · of each field that differs: ours, theirs; personal values masked',
      additionalProperties: { type: 'array', minItems: 2, maxItems: 2, items: text },
    },
    there: words,
    ours: rowsOf(words),
    times: count,
    hash: words,
    as: rowsOf(words),
    rows: says(rowsOf(words), 'dòng tiến trình của ta mà bên kia thiếu · progress rows of ours that they lack'),
  },
);
const discrepancy = {
  id,
  agency: words,
  type: oneOf(lineDiscrepancies),
  key: words,
  streamId: orNull(id),
  caseCode: text,
  receivedOn: day,
  detail,
  side: says(oneOf<Side>(['ours', 'theirs', 'data']), 'bên phải làm · who must act'),
  firstSeenAt: instant,
  firstComparison: id,
  lastComparison: id,
  seen: says(count, 'số lần đối soát đã thấy · comparisons that saw it'),
  counted: says(shape.yesNo, 'đã thấy hai lần · seen by two'),
  settledAt: orNull(instant),
  settledAs: text,
  settledBy: text,
  note: text,
  repairOperation: orNull(id),
};
const repair = shape.object<Sent<DiscrepancyRepair>>(
  {
    at: instant,
    repair: words,
    author: words,
    operationId: orNull(id),
    outcome: words,
    detail: { type: ['object', 'null'] },
  },
  {},
);
const unsettled: readonly Unsettled[] = [
  ...(['under-way', 'nothing-to-send', 'not-so', 'cannot-be-asked', 'code-taken'] as const),
  ...(['nobody-receives', 'no-authority', 'cannot-follow', 'done-before'] as const),
];
const settled = shape.object<Settled>(
  {
    id,
    key: words,
    outcome: oneOf(['ordered', 'noted', ...unsettled]),
    operation: orNull(id),
  },
  { why: says(oneOf(unsettled), 'vì sao trục không tự làm được · why the hub couldn’t do it itself') },
);

export const lineShapes = {
  Comparison: comparison,
  Discrepancy: shape.object<Sent<OpenDiscrepancy>>(discrepancy, {}),
  DiscrepancyWithRepairs: shape.object<Sent<OpenDiscrepancy & { repairs: DiscrepancyRepair[] }>>(
    { ...discrepancy, repairs: rowsOf(repair) },
    {},
  ),
  DiscrepancyCount: shape.object<DiscrepancyCount>(
    { agency: words, type: oneOf(lineDiscrepancies), open: count, counted: count },
    {},
  ),
  Settlement: {
    oneOf: [
      shape.object<{ as: Repair; settled: Settled[] }>({ as: oneOf(repairs), settled: rowsOf(settled) }, {}),
      shape.object<{ as: 'as-it-is'; settled: string[] }>({ as: oneOf(['as-it-is']), settled: rowsOf(id) }, {}),
    ],
  } as object,
  LinesRead: shape.object<SomeLines & { by: string; day: string }>(
    {
      by: words,
      day,
      lines: says(
        rowsOf(shape.object<MaskedLine>({ ...line, fields: orNull(fields) }, {})),
        '20 dòng đầu, giá trị cá nhân được che · the first 20, personal values masked',
      ),
      read: says(count, 'dòng · lines'),
      cut: says(shape.yesNo, 'còn nữa · there are more'),
      exchanged: says(count, 'byte · bytes'),
      refused: orNull(
        shape.object<NonNullable<SomeLines['refused']>>({ rule: words, vi: words, en: words }, { row: count }),
      ),
    },
    {},
  ),
  Digests: shape.object<{ compares: ComparedField[]; digests: ShownDigest[] }>(
    {
      compares: rowsOf(oneOf(comparedFields)),
      digests: rowsOf(
        shape.object<ShownDigest>({ lines: count, digest: sha256 }, { day, bucket: shape.integer(0, 63) }),
      ),
    },
    {},
  ),
  Line: shape.object<ShownLine>({ ...line, fields }, {}),
} as const;
