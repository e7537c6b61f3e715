import type { ReportPeriod } from '#domain';
import type { Database } from '../database.js';
import { paged } from './case-report.js';
import { dayOf } from './counted-cases.js';

/** What is wrong with a case's dates, so that a report counts it wrongly or not at all. */
export const dataFaults = {
  'no-receipt-date': {
    vi: 'Đã qua tiếp nhận nhưng không có ngày tiếp nhận',
    en: 'past its receipt, without a date of receipt',
  },
  'no-end-date': {
    vi: 'Đã xử lý xong (9, 10) nhưng không có ngày kết thúc',
    en: 'finished (9, 10) without an end date',
  },
  'received-in-future': { vi: 'Ngày tiếp nhận ở tương lai', en: 'received in the future' },
  'ended-in-future': { vi: 'Ngày kết thúc ở tương lai', en: 'ended in the future' },
  'ended-before-received': { vi: 'Kết thúc trước khi tiếp nhận', en: 'ended before it was received' },
  'online-without-service': {
    vi: 'Nộp trực tuyến nhưng danh mục không có dịch vụ trực tuyến cho thủ tục này',
    en: 'filed online, and the catalogue has no online service for the procedure',
  },
} as const satisfies Record<string, { vi: string; en: string }>;
export type DataFault = keyof typeof dataFaults;

export interface FaultyCase {
  fault: DataFault;
  code: string;
  procedure: string;
  field: string | null;
  unit: string | null;
  receivedAt: Date | null;
  /** As II.06a reads it; of a fault without an end date, when its status was reported. */
  endedAt: Date | null;
}

/**
 * A catalogue that says in which ways a procedure is filed, online not among them, on the day of filing; of a day before
 * any list was pulled its first one tells. One that says no ways at all proves nothing.
 */
const WITHOUT_SERVICE = `f.channel = 'online' and (
  select not (ways::jsonb ? 'online') from (
    select coalesce(k.detail_facts -> 'channels', k.facts -> 'channels') as ways from catalogue_procedures k where k.code = f.procedure
    order by k.seen_from <= coalesce(f.submitted_at, f.received_at) desc,
      case when k.seen_from <= coalesce(f.submitted_at, f.received_at) then k.seen_from end desc, k.seen_from limit 1) w
  where json_array_length(case json_typeof(ways) when 'array' then ways else '[]' end) > 0)`;

/** A result that was issued bears its own day: whoever finishes a case by it needn't say the end again. */
const RESULT_ISSUED = `exists (select from events e
  where e.stream_id in (f.stream_id, f.finished_in) and e.type = 'vn.lienthong.case.result-issued.v1')`;
/** Finished now, and nobody says when the work ended; an open one has no end. */
const WITHOUT_END = `f.status in (9, 10) and f.nine_finished is null and f.ten_finished is null and not ${RESULT_ISSUED}`;
/** The day as it begins: an end of which only the day is known stands so, and is none before a receipt of that day. */
const beganOn = (at: string): string => `(${dayOf(at)})::timestamp at time zone interval '+07:00'`;

/** $1, $2: days in Vietnam within which the case was received, filed or ended; null: any. $3: now. */
const FAULTY = `
with f as (
  select f.*, coalesce(f.nine_finished, f.ten_finished, f.nine_at, f.ten_at) as ended from case_facts f
  where $1::date is null or exists (
    select from unnest(array[f.received_at, f.submitted_at, f.nine_finished, f.ten_finished, f.nine_at, f.ten_at]) t(at)
    where t.at >= ($1::date)::timestamp at time zone interval '+07:00' and t.at < ($2::date + 1)::timestamp at time zone interval '+07:00')),
faulty as (
  select f.stream_id, x.fault, f.code, f.procedure, f.field, f.unit, f.received_at as "receivedAt", f.ended as "endedAt"
  from f, lateral (values
    ('no-receipt-date', f.received_at is null and f.status not in (1, 3, 7)),
    ('no-end-date', ${WITHOUT_END}),
    ('received-in-future', f.received_at > $3::timestamptz),
    ('ended-in-future', f.ended > $3::timestamptz),
    ('ended-before-received', f.ended < f.received_at and f.ended <> ${beganOn('f.received_at')}),
    ('online-without-service', ${WITHOUT_SERVICE})) x(fault, holds)
  where x.holds)`;

const parameters = (period: ReportPeriod | undefined, now: Date): unknown[] => [
  period?.first ?? null,
  period?.last ?? null,
  now,
];

/** How many of each; what isn't there is 0. */
export async function countFaults(
  db: Database,
  period: ReportPeriod | undefined,
  now: Date,
): Promise<Record<DataFault, number>> {
  const { rows } = await db.pool.query<{ fault: DataFault; n: number }>({
    text: `${FAULTY} select fault, count(*)::int as n from faulty group by fault`,
    values: parameters(period, now),
  });
  const found = new Map(rows.map(({ fault, n }) => [fault, n]));
  const names = Object.keys(dataFaults) as DataFault[];
  return Object.fromEntries(names.map((fault) => [fault, found.get(fault) ?? 0])) as Record<DataFault, number>;
}

export async function* faultyCases(
  db: Database,
  period: ReportPeriod | undefined,
  now: Date,
  only?: DataFault,
  pageSize = 5_000,
): AsyncGenerator<FaultyCase> {
  const text = `${FAULTY} select fault, code, procedure, field, unit, "receivedAt", "endedAt" from faulty
    where $4::text is null or fault = $4 order by fault, stream_id`;
  yield* paged<FaultyCase>(db, text, [...parameters(period, now), only ?? null], pageSize);
}
