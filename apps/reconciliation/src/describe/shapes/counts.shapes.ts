import type { Counts, Discrepancy, DiscrepancyType, Reconciliation, Standing, UnderWay, YearReport } from '#ledger';
import { countNames } from '#ledger';
import { shape, type Schema } from '#wire';
import type { FactAnswer, FactsAnswer } from '../../facts/facts-answer.js';
import { count, counts, instant, oneOf, orNull, rowsOf, says, words } from './sent.js';

const names = oneOf<DiscrepancyType>([
  'accepted-not-in-ledger',
  'not-planned',
  'stuck',
  'acknowledged-not-held',
  'doubled',
  'doubled-in-doubt',
  'out-of-order',
  'unknown-at-hub',
  'not-entitled',
  'broken-chain',
]);
const found = shape.object<Discrepancy>(
  {
    type: names,
    agency: orNull(words),
    code: orNull(words),
    sequence: orNull(count),
    line: says(orNull(count), 'vị trí trong sổ của cơ quan ấy · place in that agency’s book'),
  },
  {},
);
const own = countNames.map((name) => [name, count]);
const members = Object.fromEntries(own) as Record<keyof Counts, Schema<number>>;
const kept = {
  ...members,
  at: says(instant, 'mốc cắt: sổ được đọc sau đó · the cut: books were read after it'),
  brokenChains: says(count, 'luồng · streams'),
  byAgency: {
    type: 'object',
    additionalProperties: counts(countNames, 'lượt chuyển; `entered`: sự kiện · deliveries; `entered`: events'),
  } as Schema<Reconciliation['byAgency']>,
  discrepancies: says(rowsOf(found), 'một trăm cái đầu · the first hundred'),
};
const procedureYear = {
  received: count,
  carriedOver: count,
  resolved: count,
  early: count,
  onTime: count,
  overdue: count,
};

export const countShapes = {
  KeptRun: shape.object<Reconciliation>(kept, {}),
  Run: shape.object<Reconciliation & { id: string }>(
    { ...kept, id: says(words, 'tên của kết quả đã giữ · names the kept result') },
    {},
  ),
  UnderWay: shape.object<UnderWay>(
    {
      unpublished: says(count, 'sự kiện · events'),
      unplanned: says(count, 'luồng · streams'),
      waiting: says(count, 'hàng chờ · lanes'),
      parked: says(count, 'hàng chờ người xử lý · lanes that wait for a person'),
    },
    {},
  ),
  Standing: shape.object<Standing>(
    { unpublished: count, unplanned: count, waiting: count, parked: count, asked: says(count, 'hồ sơ · cases') },
    {},
  ),
  YearReport: shape.object<YearReport>(
    {
      ...procedureYear,
      year: count,
      unresolved: says(count, 'tiếp nhận trừ đã giải quyết · received less resolved'),
      procedures: rowsOf(shape.object<YearReport['procedures'][number]>({ procedure: words, ...procedureYear }, {})),
    },
    {},
  ),
  FactsAnswer: shape.object<FactsAnswer>(
    {
      accepted: count,
      repeated: says(count, 'đã gửi trước đó, cùng nội dung · said before, with the same body'),
      refused: count,
      facts: says(
        rowsOf(
          shape.object<FactAnswer>(
            {
              outcome: oneOf(['accepted', 'repeated', 'conflict', 'unknown-stream', 'not-your-stream', 'refused']),
              subject: says(words, 'luồng · `payment/…`: the stream'),
            },
            {
              eventId: { type: 'string', format: 'uuid' },
              sequence: says(count, 'thứ tự trong luồng, từ 1 · place in its stream, from 1'),
            },
          ),
        ),
        'theo thứ tự đã gửi · in the order of the request',
      ),
    },
    {},
  ),
} as const;
