import { DAY_COUNT_NAMES, type DayCount } from '#domain';
import type { AgencyDay, LedgerDay, LedgerDayWhole, StatementRow } from '#ledger';
import { shape, statementBundleSchema, statementSchema, type Schema, type SignatureRequest } from '#wire';
import { count, counts, day, instant, oneOf, orNull, rowsOf, says, sha256, words, type Sent } from './sent.js';

const total = counts(
  DAY_COUNT_NAMES,
  'lượt chuyển · deliveries: opening + planned + reopened = acknowledged + superseded + closed + carried',
);
const ofDay = {
  day: says(day, 'theo giờ Việt Nam · of Asia/Ho_Chi_Minh'),
  openedAt: instant,
  cutAt: says(orNull(instant), 'null: ngày đang mở · null: it is the open one'),
  closedAt: orNull(instant),
  closedBy: orNull(words),
  entered: says(orNull(count), 'sự kiện · events'),
  unplanned: says(orNull(count), 'sự kiện · events'),
};
const countOf = Object.fromEntries(DAY_COUNT_NAMES.map((name) => [name, count])) as Record<
  keyof DayCount,
  Schema<number>
>;

interface ShownKey {
  keyId: string;
  party: string;
  spki: string;
  validFrom: string;
  validUntil: string | null;
}

export const closeShapes = {
  Day: shape.object<Sent<LedgerDay & { total: DayCount }>>({ ...ofDay, total }, {}),
  DayWhole: shape.object<Sent<LedgerDayWhole & { total: DayCount; unexplained: number }>>(
    {
      ...ofDay,
      total,
      unexplained: says({ type: 'integer' }, 'lượt chuyển; 0 ở mọi ngày đã chốt · deliveries; 0 on every closed day'),
      agencies: rowsOf(shape.object<AgencyDay>({ agencyId: words, ...countOf }, {})),
    },
    {},
  ),
  StatementRow: shape.object<Sent<StatementRow>>(
    {
      agencyId: words,
      day,
      hash: sha256,
      madeAt: instant,
      epoch: count,
      coverage: oneOf(['both', 'ours only', 'none']),
      planned: says(count, 'lượt chuyển · deliveries'),
      carried: says(count, 'lượt chuyển · deliveries'),
      discrepancies: count,
      ours: says(shape.yesNo, 'trục đã ký · signed by us'),
      theirs: says(shape.yesNo, 'cơ quan đã ký · signed by the agency'),
      pdfs: count,
      refused: says(count, 'chữ ký không được nhận · signatures that weren’t taken'),
    },
    {},
  ),
  StatementKey: shape.object<ShownKey>(
    {
      keyId: { type: 'string', pattern: '^[0-9a-f]{16}$' },
      party: oneOf(['ours', 'theirs']),
      spki: says(words, 'base64 của khóa công khai · base64 of the public key (SPKI, Ed25519)'),
      validFrom: words,
      validUntil: orNull(words),
    },
    {},
  ),
  SignatureRequest: shape.object<SignatureRequest>(
    {
      keyId: { type: 'string', pattern: '^[0-9a-f]{16}$' },
      signature: says(
        { type: 'string', pattern: '^[A-Za-z0-9+/]{86}==$' },
        'base64 chữ ký Ed25519 trên bản chuẩn tắc · base64 of Ed25519 over the canonical bytes',
      ),
    },
    {},
  ),
  Statement: statementSchema,
  StatementBundle: statementBundleSchema,
} as const;
