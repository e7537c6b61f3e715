import { isOwnCode } from './own-code.js';
import { BY_ROUTE_TABLE } from './routing/expected-by-route.js';

/** Statements of one count. They work on temporary tables of one connection, so that two counts never meet. */

export const TABLES = `
create temp table book_lines (agency text collate "C" not null, n bigint not null, code text collate "C" not null, hash bytea not null, effect text not null);
create temp table submitted (agency text collate "C" not null, n bigint not null, code text collate "C" not null, event_id uuid not null);
create temp table books (agency text collate "C" primary key);
create temp table entitled (
  procedure text not null, entered_by text collate "C" not null, era integer not null, type text collate "C" not null,
  sender text collate "C" not null, agency text collate "C" not null);${BY_ROUTE_TABLE}`;

export const ADD_BOOK_LINES = `
insert into book_lines select $1, n, code, decode(hash, 'hex'), effect from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as t(n, code, hash, effect)`;

export const ADD_SUBMITTED = `
insert into submitted select $1, n, code, event_id from unnest($2::bigint[], $3::text[], $4::uuid[]) as t(n, code, event_id)`;

/** $1: first days of all contract versions, ascending. Within one era every agency has one contract. */
export const KINDS = `
select s.procedure, s.entered_by as "enteredBy", width_bucket(s.opened_on, $1::date[]) as era, e.type, e.sender, count(*)::float8 as events
from events e join streams s on s.id = e.stream_id group by 1, 2, 3, 4, 5`;

/** Who entered what was merged into a stream has a part in it from that event on. */
export const MERGES = `
create temp table merges as
with recursive m as (
  select merged_into as stream_id, merged_at as since, entered_by from streams where merged_into is not null
  union all
  select s.merged_into, s.merged_at, m.entered_by from m join streams s on s.id = m.stream_id where s.merged_into is not null)
select stream_id, entered_by, min(since) as since from m group by 1, 2`;

export const KINDS_SINCE_MERGES = `
select s.procedure, m.entered_by as "enteredBy", width_bucket(s.opened_on, $1::date[]) as era, e.type, e.sender, 0::float8 as events
from merges m join streams s on s.id = m.stream_id join events e on e.stream_id = m.stream_id and e.sequence >= m.since group by 1, 2, 3, 4, 5`;

export const ENTITLE = `
insert into entitled select distinct * from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[])`;

/**
 * One row per delivery that the contracts give or the plan made, and how it stands. $1 as above, $2 the cut: what was
 * acknowledged later may be missing in books that were read before.
 */
export const STANDING = `
create temp table standing as
with x as (
  select n.agency, e.stream_id, e.sequence, p.planned, s.entered_by = n.agency as returns
  from events e join streams s on s.id = e.stream_id join plan_cursor p on p.stream_id = e.stream_id
  join entitled n on n.procedure = s.procedure and n.entered_by = s.entered_by and n.era = width_bucket(s.opened_on, $1::date[])
    and n.type = e.type and n.sender = e.sender
  union all
  select n.agency, e.stream_id, e.sequence, p.planned, bool_or(m.entered_by = n.agency)
  from merges m join events e on e.stream_id = m.stream_id and e.sequence >= m.since
  join streams s on s.id = m.stream_id join plan_cursor p on p.stream_id = m.stream_id
  join entitled n on n.procedure = s.procedure and n.entered_by = m.entered_by and n.era = width_bucket(s.opened_on, $1::date[])
    and n.type = e.type and n.sender = e.sender
  where not exists (
    select from entitled b where b.procedure = n.procedure and b.entered_by = s.entered_by and b.era = n.era and b.type = n.type
      and b.sender = n.sender and b.agency = n.agency)
  group by 1, 2, 3, 4
  union all
  select b.agency, b.stream_id, b.sequence, p.planned, s.entered_by = b.agency
  from by_route b join streams s on s.id = b.stream_id join plan_cursor p on p.stream_id = b.stream_id)
select coalesce(d.agency_id, x.agency) as agency, coalesce(d.stream_id, x.stream_id) as stream_id, coalesce(d.sequence, x.sequence) as sequence,
  x.agency is not null as expected, coalesce(x.returns, false) as returns, d.item_hash as hash, coalesce(d.attempts, 0) as attempts,
  case
    when d.agency_id is null then case when x.sequence > x.planned then 'waiting' else 'not-planned' end
    when d.state = 'acknowledged' then case when d.ended_at <= $2 then 'acknowledged' else 'acknowledged-since' end
    when d.state = 'parked' then 'parked'
    when d.state in ('superseded', 'closed') then 'closed'
    when l.agency_id is null or l.done >= d.sequence or (l.wait is null and l.worker is null) then 'stuck'
    else 'waiting'
  end as stands
from x full join deliveries d on d.agency_id = x.agency and d.stream_id = x.stream_id and d.sequence = x.sequence
left join lanes l on l.agency_id = d.agency_id and l.stream_id = d.stream_id`;

/** What each book holds of each item. By a code that was moved an agency may have got either stream's: the one that has sent this. */
export const HELD = `
create temp table held as
select b.agency, b.code, b.hash,
  case when a.moved_from is null then a.stream_id else coalesce((
    with recursive c as (
      select a.moved_from as id, 1 as nth union all
      select s.merged_into, c.nth + 1 from c join streams s on s.id = c.id where s.merged_into is not null)
    select c.id from c join deliveries d on d.agency_id = b.agency and d.stream_id = c.id and d.item_hash = b.hash order by c.nth limit 1), a.moved_from) end as stream_id,
  count(*) filter (where b.effect = 'applied') as applied, count(*) filter (where b.effect = 'repeat') as repeats
from book_lines b
left join aliases a on a.code = b.code and a.namespace = 'case'
where b.effect <> 'refused' group by 1, 2, 3, 4`;

/**
 * Both sides by item. Where two events have the same bytes, the partner must hold as many: an application or a repeat
 * it recognised for each. What was acknowledged since the cut is excused where it is missing.
 */
export const ITEMS = `
create temp table items as
with d as (
  select agency, stream_id, hash, bool_or(returns) as returns, max(sequence) as sequence, count(*) as deliveries,
    count(*) filter (where stands = 'acknowledged') as before, count(*) filter (where stands = 'acknowledged-since') as since
  from standing where hash is not null or stands like 'acknowledged%' group by 1, 2, 3)
select d.*, h.code, b.agency is not null as has_book, coalesce(h.applied, 0) as applied,
  case when coalesce(h.applied, 0) = 0 then 0 else least(d.before + d.since, h.applied + h.repeats) end as delivered
from d left join books b on b.agency = d.agency
left join held h on h.agency = d.agency and h.stream_id = d.stream_id and h.hash = d.hash`;

export const COUNT_STANDING = `
select agency, count(*) filter (where expected)::float8 as expected, count(*) filter (where not expected)::float8 as unexpected,
  count(*) filter (where stands = 'waiting')::float8 as waiting, count(*) filter (where stands = 'parked')::float8 as parked,
  count(*) filter (where stands = 'closed')::float8 as closed, count(*) filter (where stands in ('not-planned', 'stuck'))::float8 as lost
from standing group by 1`;

export const COUNT_ITEMS = `
select agency, coalesce(sum(delivered) filter (where has_book), 0)::float8 as delivered,
  coalesce(sum(before + since) filter (where not has_book), 0)::float8 as unverified,
  coalesce(sum(case when has_book then delivered else before + since end) filter (where returns), 0)::float8 as returned,
  coalesce(sum(greatest(0, before - delivered)) filter (where has_book), 0)::float8 as lost,
  coalesce(sum(before + since - delivered - greatest(0, before - delivered)) filter (where has_book), 0)::float8 as waiting
from items group by 1`;

export const COUNT_REPEATED = `select agency, count(*)::float8 as repeated from book_lines where effect = 'repeat' group by 1`;

/** Requests after the first, questions excepted. */
export const COUNT_RETRIED = `
select s.agency, sum(a.requests - 1)::float8 as retried from standing s
cross join lateral (select count(*) as requests from attempts a
  where a.agency_id = s.agency and a.stream_id = s.stream_id and a.sequence = s.sequence and a.outcome not like 'look-up%' and a.outcome not like 'recorded:%') a
where s.attempts > 1 and a.requests > 1 group by 1`;

export const DOUBLED = `
create temp table doubled as
select i.agency, i.code, i.sequence, exists (
  select 1 from standing s join attempts a on a.agency_id = s.agency and a.stream_id = s.stream_id and a.sequence = s.sequence
  where s.agency = i.agency and s.stream_id = i.stream_id and s.hash = i.hash and (a.in_doubt or a.outcome in ('doubt', 'reaped'))) as doubted
from items i where i.applied > i.deliveries
  -- An operator's replay sends an acknowledged state once more, as another revision: that effect was meant.
  and i.applied > (
    select count(distinct (a.sequence, a.revision)) from standing s
    join attempts a on a.agency_id = s.agency and a.stream_id = s.stream_id and a.sequence = s.sequence and a.item_hash = i.hash
    where s.agency = i.agency and s.stream_id = i.stream_id and s.hash = i.hash and a.outcome = 'acknowledged')`;

/**
 * Applied lines that no delivery explains. Looked up in the ledger as it is now: since the books were read an outcome may
 * have been committed; and while a lane is sending or in doubt, its item may be there before its outcome is here.
 */
export const ALIENS = `
create temp table aliens as
select h.agency, h.code, h.applied, exists (
  select 1 from lanes l where l.agency_id = h.agency and l.stream_id = h.stream_id and (l.worker is not null or l.doubt)) as unsettled
from held h
where h.applied > 0
  and not exists (select 1 from items i where i.agency = h.agency and i.stream_id = h.stream_id and i.hash = h.hash)
  and not exists (select 1 from deliveries d where d.agency_id = h.agency and d.stream_id = h.stream_id and d.item_hash = h.hash)
  and not exists (select 1 from attempts a where a.agency_id = h.agency and a.stream_id = h.stream_id and a.item_hash = h.hash)`;

/** The nth application of an item stands for the nth delivery with these bytes; what goes beyond is a repeat and left out. */
export const INVERSIONS = `
create temp table inversions as
with d as (
  select agency, stream_id, hash, sequence, row_number() over (partition by agency, stream_id, hash order by sequence) as nth
  from standing where hash is not null),
b as (
  select b.agency, h.stream_id, b.code, b.hash, b.n, row_number() over (partition by b.agency, h.stream_id, b.hash order by b.n) as nth
  from book_lines b join held h on h.agency = b.agency and h.code = b.code and h.hash = b.hash where b.effect = 'applied'),
o as (
  select b.agency, b.code, b.n, d.sequence,
    max(d.sequence) over (partition by b.agency, b.stream_id order by b.n rows between unbounded preceding and 1 preceding) as newest
  from b join d on d.agency = b.agency and d.stream_id = b.stream_id and d.hash = b.hash and d.nth = b.nth)
select agency, code, n, sequence from o where sequence < newest`;

/** A 202 that a submitter logged must be an event of the ledger, under the id it was told. */
export const UNRECORDED = `
create temp table unrecorded as
select s.agency, s.code, s.n from (select agency, event_id, min(code) as code, min(n) as n from submitted group by 1, 2) s
left join event_ids i on i.id = s.event_id
left join events e on e.stream_id = i.stream_id and e.sequence = i.sequence and e.id = i.id
where e.id is null`;

export const COUNT_FOUND = `
select 'doubled' as what, agency, count(*)::float8 as n from doubled group by 2
union all select 'doubted', agency, count(*) from doubled where doubted group by 2
union all select 'unknownAtHub', agency, sum(applied) from aliens where not unsettled group by 2
union all select 'unsettled', agency, sum(applied) from aliens where unsettled group by 2
union all select 'outOfOrder', agency, count(*) from inversions group by 2
union all select 'unrecorded', agency, count(*) from unrecorded group by 2`;

const code = `(select a.code from aliases a where ${isOwnCode('a', 't.stream_id')})`;

export const DISCREPANCIES = `
(select 'accepted-not-in-ledger' as type, agency, code, null::int as sequence, n as line from unrecorded order by agency, n limit $1)
union all (select 'not-planned', agency, ${code}, sequence, null from standing t where stands = 'not-planned' order by agency, stream_id, sequence limit $1)
union all (select 'stuck', agency, ${code}, sequence, null from standing t where stands = 'stuck' order by agency, stream_id, sequence limit $1)
union all (select 'acknowledged-not-held', agency, coalesce(t.code, ${code}), sequence, null from items t where has_book and before > delivered
  order by agency, stream_id, sequence limit $1)
union all (select 'doubled', agency, code, sequence, null from doubled where not doubted order by agency, code limit $1)
union all (select 'doubled-in-doubt', agency, code, sequence, null from doubled where doubted order by agency, code limit $1)
union all (select 'out-of-order', agency, code, sequence, n from inversions order by agency, n limit $1)
union all (select 'unknown-at-hub', agency, code, null, null from aliens where not unsettled order by agency, code limit $1)
union all (select 'not-entitled', agency, ${code}, sequence, null from standing t where not expected order by agency, stream_id, sequence limit $1)
limit $1`;
