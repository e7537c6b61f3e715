import { countedBy, countedCases, dayOf as reportDayOf, type Practice } from '../reports/counted-cases.js';

/** Counts of a period, from events. Days are those of Asia/Ho_Chi_Minh; $1 and $2: first and last; $3: who entered them, null: everybody. */
const LOCAL = `at time zone 'Asia/Ho_Chi_Minh'`;
const dayOf = (member: string): string => `((${member})::timestamptz ${LOCAL})::date`;

/** The payload of a stream's newest event of a type; $3 as above. */
const newest = (type: string): string => `
  select distinct on (e.stream_id) e.stream_id, e.body from events e join streams s on s.id = e.stream_id and s.kind = '${type.slice(0, type.indexOf('.'))}'
  where e.type = 'vn.lienthong.${type}.v1' and ($3::text is null or s.entered_by = $3)
  order by e.stream_id, e.sequence desc`;

/**
 * Cases by unit and procedure, by the same facts and rules as II.06a: what that report counts, these count. $1, $2, $3: its
 * bounds; $4: who entered them, null: everybody.
 */
export const casesBy = (practice: Practice): string => `
with ${countedCases(practice, 'unit')}
select c.row as unit, c.procedure, count(*)::int as "cases-received",
  count(*) filter (where c.channel = 'online')::int as "cases-received-online",
  count(*) filter (where ${countedBy('carriedOver')})::int as "cases-carried-over",
  count(*) filter (where ${countedBy('resolved')})::int as "cases-resolved",
  count(*) filter (where ${countedBy('early')})::int as "cases-resolved-early",
  count(*) filter (where ${countedBy('onTime')})::int as "cases-resolved-on-time",
  count(*) filter (where ${countedBy('overdue')})::int as "cases-resolved-overdue",
  count(*) filter (where ${countedBy('open')})::int as "cases-open",
  count(*) filter (where not resolved and ${reportDayOf('c.due')} <= $2)::int as "open-past-due"
from c where $4::text is null or exists (select from streams s where s.id = c.stream_id and s.entered_by = $4)
group by c.row, c.procedure`;

export const PAYMENTS = `
with asked as (
  select e.stream_id, (e.body->>'amount')::numeric as amount from events e join streams s on s.id = e.stream_id
  where s.kind = 'payment' and e.sequence = 1 and s.opened_on between $1 and $2 and ($3::text is null or s.entered_by = $3)),
settled as (${newest('payment.settled')})
select count(*)::int as "payments-requested", coalesce(sum(a.amount), 0)::text as "amount-requested",
  count(*) filter (where n.body->>'outcome' = 'succeeded')::int as "payments-succeeded",
  coalesce(sum((n.body->>'amount')::numeric) filter (where n.body->>'outcome' = 'succeeded'), 0)::text as "amount-succeeded"
from asked a left join settled n using (stream_id)`;

export const PETITIONS = `
with asked as (
  select e.stream_id, ${dayOf(`e.body->>'dueAt'`)} as due_on from events e join streams s on s.id = e.stream_id
  where s.kind = 'petition' and e.sequence = 1 and s.opened_on between $1 and $2 and ($3::text is null or s.entered_by = $3)),
answered as (${newest('petition.answered')})
select count(*)::int as "petitions-received", count(n.stream_id)::int as "petitions-answered",
  count(*) filter (where ${dayOf(`n.body->>'at'`)} <= a.due_on)::int as "petitions-answered-in-time"
from asked a left join answered n using (stream_id)`;

/** As listed last on or before the period's last day. */
export const PROCEDURES = `
with listed as (${newest('procedure.listed')})
select body->>'link' as link, (body->>'onlineLevel')::int as level, (body->>'onPortal')::boolean as "onPortal", body->>'field' as field, count(*)::int as count
from listed where ${dayOf(`body->>'at'`)} <= $2 and $1::date is not null group by 1, 2, 3, 4 order by 1, 2, 3, 4`;

export const UNITS = `
with listed as (${newest('unit.listed')})
select body->>'form' as form, count(*)::int as count from listed where ${dayOf(`body->>'at'`)} <= $2 and $1::date is not null group by 1 order by 1`;

export const ACCOUNTS = `
select count(*)::int as count from streams s where s.kind = 'account' and s.opened_on between $1 and $2 and ($3::text is null or s.entered_by = $3)`;
