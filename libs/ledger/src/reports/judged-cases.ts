import type { CaseReportVersion, ServiceIndexVersion } from '#wire';
import { countedCases, dayOf, type ReportBy } from './counted-cases.js';

/**
 * Columns of the comparison: practice (case systems) beside the portal's rule, both over the cases that II.06a counts.
 * `differs`: judged otherwise by the rule. `lateSync`, `notSynced`: in time here by both, but the portal got the end after
 * the due day, or hasn't got it although that day is over.
 */
const columns = {
  received: 'true',
  practiceOnTime: `practice = 'on-time'`,
  practiceOverdue: `practice = 'overdue'`,
  practiceOpen: `practice = 'open'`,
  portalOnTime: `portal = 'on-time'`,
  portalOverdue: `portal = 'overdue'`,
  portalOpen: `portal = 'open'`,
  portalUnknown: `portal = 'unknown'`,
  differs: `reason is not null and reason not in ('late-sync', 'not-synced')`,
  lateSync: `reason = 'late-sync'`,
  notSynced: `reason = 'not-synced'`,
} as const;

export type JudgedColumn = keyof typeof columns;
export const judgedColumns = Object.keys(columns) as JudgedColumn[];
export const isJudgedColumn = (name: string): name is JudgedColumn => Object.hasOwn(columns, name);
export const judgedBy = (column: JudgedColumn): string => columns[column];

/** Why the two rules, or the two systems, disagree about a case. */
export const judgementReasons = {
  'late-sync': {
    vi: 'Chậm đồng bộ: xong đúng hạn ở đây, Cổng nhận trạng thái kết thúc sau hạn',
    en: 'late sync: ended in time here, the portal got the end after the due day',
  },
  'not-synced': {
    vi: 'Chưa đồng bộ: xong đúng hạn ở đây, Cổng chưa nhận trạng thái kết thúc dù đã quá hạn',
    en: 'not synced: ended in time here, the portal hasn’t got the end, and the due day is over',
  },
  'many-supplements': {
    vi: 'Yêu cầu bổ sung nhiều lần hơn quy tắc của Cổng cho phép',
    en: 'more requests for a supplement than the portal’s rule allows',
  },
  'supplement-deducted': {
    vi: 'Trừ thời gian chờ bổ sung thì đúng hạn',
    en: 'in time once the wait for a supplement is deducted',
  },
  'waiting-supplement': {
    vi: 'Đang chờ bổ sung: Cổng tính kết thúc lúc yêu cầu bổ sung',
    en: 'waiting for its supplement: the portal’s rule ends it at the request',
  },
  'no-finishing-record': {
    vi: 'Đã xong ở đây nhưng không có bản ghi tiến độ kết thúc (9, 10)',
    en: 'ended here, without a finishing progress record (9, 10)',
  },
  'maximum-term': {
    vi: 'Không có hạn trả: Cổng tính theo thời hạn tối đa của thủ tục',
    en: 'no due date: the portal’s rule takes the procedure’s maximum term',
  },
  'no-term': {
    vi: 'Không có hạn trả và danh mục không có thời hạn đếm được: không xét được theo quy tắc của Cổng',
    en: 'no due date, and no countable term in the catalogue: the portal’s rule can’t judge it',
  },
  'record-time': {
    vi: 'Thời điểm kết thúc trong bản ghi tiến độ khác ngày kết thúc của hồ sơ',
    en: 'the finishing progress record has another time than the case’s end',
  },
} as const;
export type JudgementReason = keyof typeof judgementReasons;

/** Days of waiting clipped at the end; of what still waits, nothing. */
const waited = {
  elapsed: `case when i.in_supplement is null then interval '0' else coalesce((
      select sum(least(upper(r), i.portal_end) - lower(r)) from unnest(i.in_supplement) r where lower(r) < i.portal_end and not upper_inf(r)), interval '0') end`,
  'working-days': null,
  nothing: `interval '0'`,
} as const;

const workedOn = (day: string): string => `(select w.worked from working_days w where w.day = ${day})`;

/** On time, by days. With working days to deduct, days are counted as the calendar in force counts them; null: it doesn't know them. */
function isOnTime(version: ServiceIndexVersion): string {
  const interval = waited[version.deduct];
  if (interval !== null) return `${dayOf(`i.portal_end - ${interval}`)} <= ${dayOf('i.portal_due')}`;
  const off = `coalesce((select sum(${workedOn(dayOf('least(upper(r), i.portal_end)'))} - ${workedOn(dayOf('lower(r)'))})
      from unnest(i.in_supplement) r where lower(r) < i.portal_end and not upper_inf(r)), 0)`;
  return `case when ${off} = 0 then ${dayOf('i.portal_end')} <= ${dayOf('i.portal_due')}
      else ${workedOn(dayOf('i.portal_end'))} - ${off} <= ${workedOn(dayOf('i.portal_due'))} end`;
}

/** Of each procedure its longest term that can be counted, as its newest row in any catalogue says it. $4: units, by the catalogue's words. */
const TERMS = `
known as (
  select distinct on (code) code, coalesce(detail_facts -> 'terms', facts -> 'terms') as terms from catalogue_procedures
  order by code, seen_until desc nulls first),
terms as (
  select distinct on (code) code, (t ->> 'amount')::numeric as amount, u.unit
  from known, lateral json_array_elements(case json_typeof(terms) when 'array' then terms end) t,
    lateral (select $4::jsonb ->> (t ->> 'unit') as unit) u
  where u.unit is not null
  order by code, (t ->> 'amount')::numeric * case u.unit when 'hours' then 1.0 / 24 when 'days' then 1 when 'working-days' then 1.4 else 30 end desc)`;

const DUE_BY_TERM = `case t.unit when 'hours' then c.received_at + t.amount * interval '1 hour' when 'days' then c.received_at + t.amount * interval '1 day'
      when 'months' then c.received_at + t.amount * interval '1 month'
      when 'working-days' then (select w.day::timestamp at time zone interval '+07:00' from working_days w
        where w.works and w.worked = (select b.worked from working_days b where b.day = ${dayOf('c.received_at')}) + ceil(t.amount) limit 1) end`;

/**
 * Each step stands behind its `offset 0`: pulled into one, the planner writes every expression out wherever it is spoken of, and
 * a case's stays are unnested twenty times.
 * For `with`: the counted cases with both judgements and why they differ. After the bounds come $4: words of terms' units, JSON;
 * $5: agencies that are the portal; $6: the day in Vietnam.
 */
export function judgedCases(practice: CaseReportVersion, index: ServiceIndexVersion, by: ReportBy): string {
  const finished = index.finishedBy.map((status) => (status === 9 ? 'c.nine_at' : 'c.ten_at')).join(', ');
  const waiting = index.waitingEnds
    ? `case when c.in_supplement @> c.moment then (select lower(r) from unnest(c.in_supplement) r where r @> c.moment) end`
    : `null::timestamptz`;
  return `${countedCases(practice, by)}, ${TERMS},
i as (
  select c.*, case when not c.resolved then 'open' when c.verdict = 'overdue' then 'overdue' else 'on-time' end as practice,
    c.resolved and c.finished_at is null as is_withdrawn, coalesce(c.due, ${DUE_BY_TERM}) as portal_due,
    case when c.supplements_asked is null then 0 else (select count(*) from unnest(c.supplements_asked) s(at) where s.at <= c.moment) end as requests,
    case when coalesce(${finished}) < c.until then coalesce(${finished}) else ${waiting} end as portal_end
  from c left join terms t on c.due is null and t.code = c.procedure offset 0),
v as (
  select i.*, case when i.is_withdrawn then '${index.withdrawn}' when i.requests > ${index.mostSupplements} then 'overdue'
      when i.portal_end is null then 'open' when i.portal_due is null then 'unknown'
      else case ${isOnTime(index)} when true then 'on-time' when false then 'overdue' else 'unknown' end end as portal,
    k.at as acknowledged_at
  from i left join lateral (
    select min(d.ended_at) as at from deliveries d
    where i.resolved and i.practice = 'on-time' and i.due is not null
      and d.stream_id = i.finished_in and d.agency_id = any($5::text[]) and d.sequence >= i.finished_by and d.state = 'acknowledged') k on true offset 0),
j as (
  select v.*, case
      when practice = portal then case
        when practice <> 'on-time' or due is null or is_withdrawn or cardinality($5::text[]) = 0 then null
        when acknowledged_at is null then case when ${dayOf('due')} < $6::date then 'not-synced' end
        when ${dayOf('acknowledged_at')} > ${dayOf('due')} then 'late-sync' end
      when requests > ${index.mostSupplements} and portal = 'overdue' then 'many-supplements'
      when portal = 'unknown' then 'no-term'
      when portal = 'open' then 'no-finishing-record'
      when due is null then 'maximum-term'
      when practice = 'open' then 'waiting-supplement'
      when portal = 'on-time' and practice = 'overdue' and ${dayOf('portal_end')} > ${dayOf('due')} then 'supplement-deducted'
      else 'record-time' end as reason
  from v offset 0)`;
}
