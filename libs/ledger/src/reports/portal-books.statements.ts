import { countedCases, type Practice, type ReportBy } from './counted-cases.js';

/** Cases of a sync report are told apart as in other reports, or by the month of their receipt. */
export type SyncBy = ReportBy | 'month';
export const syncBys = ['field', 'unit', 'procedure', 'month'] as const satisfies readonly SyncBy[];

/** The day in Vietnam of an instant, as a month. */
const monthOf = (at: string): string => `to_char((${at}) at time zone interval '+07:00', 'YYYY-MM')`;

/** What a comparison found and nobody has put right: open; or no longer looked at, and nothing of it acknowledged since. */
const still = (
  x: string,
): string => `(${x}.settled_at is null or ${x}.settled_as in ('as-it-is', 'out-of-window') and not exists (
    select from deliveries v where v.agency_id = ${x}.agency_id and v.stream_id = ${x}.stream_id and v.state = 'acknowledged' and v.ended_at > ${x}.settled_at))`;

/**
 * For `with`: what the portal's books showed, by the newest comparison of each day that saw both sides. $1, $2: the period's
 * days; $4: the portals; $5, $6, $7: types of discrepancies by which a case of ours isn't there, one is only there, or is there more
 * often. `y`: the cases received in the period. `compared`: acknowledged before such a comparison was begun, so that it must have
 * shown the case; of any other the acknowledgement is all that is known.
 */
export const portalBooks = (practice: Practice, by: SyncBy): string => `
${countedCases(practice, by === 'month' ? 'field' : by)},
days as materialized (
  select distinct on (a.id, d.day) a.id as agency, d.day::date as day, k.id as comparison, k.cut_at
  from unnest($4::text[]) as a(id), generate_series($1::date, $2::date, interval '1 day') as d(day)
  join comparisons k on k.state = 'done' and k.coverage = 'both' and k.cut_at is not null and d.day between k.range_from and k.range_to
  where k.agency_id = a.id order by a.id, d.day, k.id desc),
lost as materialized (
  select x.agency_id as agency, x.stream_id from discrepancies x
    where x.agency_id = any($4::text[]) and x.type = any($5::text[]) and x.stream_id is not null and ${still('x')}
  union select x.agency_id, l.stream_id from discrepancies x, jsonb_array_elements_text(x.detail -> 'ours') as o(key), book_lines l
    where x.agency_id = any($4::text[]) and x.type = any($5::text[]) and jsonb_typeof(x.detail -> 'ours') = 'array' and ${still('x')}
      and l.agency_id = x.agency_id and l.key = o.key),
shown as materialized (
  select l.stream_id, bool_or(n.stream_id is null) as there
  from book_lines l join days d on d.agency = l.agency_id and d.day = l.received_on
  left join lost n on n.agency = l.agency_id and n.stream_id = l.stream_id
  where exists (select from deliveries v where v.agency_id = l.agency_id and v.stream_id = l.stream_id
    and v.state in ('acknowledged', 'superseded') and v.ended_at <= d.cut_at)
  group by l.stream_id),
acknowledged as (
  select c.*, exists (
    select from deliveries v where v.stream_id = c.stream_id and v.agency_id = any($4::text[]) and v.state = 'acknowledged') as acked
  from c where not c.carried),
y as (
  select c.stream_id, c.code, c.procedure, ${by === 'month' ? monthOf('c.received_at') : 'c.row'} as row, c.channel, c.received_at, c.due, c.ended_at,
    c.verdict, s.stream_id is not null as compared, s.stream_id is not null and not s.there as lost, coalesce(s.there, c.acked) as synced
  from acknowledged c left join shown s using (stream_id)),
surplus as (
  select x.id, x.key, ${by === 'month' ? `to_char(x.received_on, 'YYYY-MM')` : `null::text`} as row, x.received_on, x.type = any($6::text[]) as only_there,
    case when x.type = any($7::text[]) then greatest(coalesce((x.detail ->> 'times')::int, 2) - 1, 1) else 1 end as lines
  from discrepancies x join days d on d.agency = x.agency_id and d.day = x.received_on
  where x.agency_id = any($4::text[]) and x.type = any($6::text[] || $7::text[]) and ${still('x')})`;
