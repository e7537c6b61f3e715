import { LINES_DIGEST } from './digests.js';

/** Statements of one comparison. They work on temporary tables of one connection, so that two comparisons never meet. */

export const TABLES = `
create temp table theirs (key text collate "C" not null, received_on date not null, hash bytea not null, fields jsonb);
create temp table opened (day date not null, bucket smallint);
create temp table pairs (stream_id bigint not null, key text collate "C" not null, received_on date not null, ours jsonb not null, theirs jsonb,
  their_hash bytea not null, their_day date not null);
create temp table only_here (stream_id bigint not null, key text collate "C" not null, received_on date not null, fields jsonb not null);
create temp table only_there (key text collate "C" not null, received_on date not null, hash bytea not null, fields jsonb);
create temp table links (ours text collate "C" not null, theirs text collate "C" not null, by text not null);
create temp table moving (stream_id bigint primary key);
create temp table skipped (key text collate "C" primary key);
create temp table found (type text collate "C" not null, key text collate "C" not null, stream_id bigint, received_on date not null, detail jsonb not null,
  side text not null, primary key (type, key))`;

/** Lines that are equal to one of ours ($1 the agency) need no fields. Returns the places of the others, which are not yet added. */
export const ADD_EQUAL = `
with t as materialized (
  select u.*, exists (select from book_lines b where b.agency_id = $1 and b.key = u.key and b.hash = u.hash) as equal
  from (select key, day, decode(hash, 'hex') as hash, nth
    from unnest($2::text[], $3::date[], $4::text[]) with ordinality as u(key, day, hash, nth)) u),
added as (insert into theirs select key, day, hash from t where equal)
select nth::int - 1 as place from t where not equal order by nth`;

export const ADD_LINES = `
insert into theirs select key, day, decode(hash, 'hex'), fields from unnest($1::text[], $2::date[], $3::text[], $4::jsonb[]) as t(key, day, hash, fields)`;

export const ADD_OPENED = `insert into opened select * from unnest($1::date[], $2::smallint[])`;

/** Their digests of days ($1), from the lines that they gave. */
export const THEIR_DIGESTS = `
select coalesce(t.lines, 0) as lines, encode(coalesce(t.digest, sha256('')), 'hex') as digest
from unnest($1::date[]) with ordinality as d(day, nth) left join (
  select received_on, count(*)::int as lines, ${LINES_DIGEST} as digest
  from theirs group by received_on) t on t.received_on = d.day
order by d.nth`;

/** The same key twice is one discrepancy, whatever the two rows say, on whatever days. $2, $3: the days that are compared. */
export const DOUBLED = `
insert into found
select 'doubled-there', t.key, (select min(b.stream_id) from book_lines b where b.agency_id = $1 and b.key = t.key), t.day,
  jsonb_build_object('times', t.times, 'settle', 'ask-partner'), 'theirs'
from (select key, count(*) as times, min(received_on) filter (where received_on between $2 and $3) as day from theirs group by key having count(*) > 1) t
where t.day is not null`;

/** A line beside one that they have as we do: the range that ours lies in was not opened, because its digests agree. */
export const DOUBLED_ELSEWHERE = `
insert into found
select distinct on (t.key) 'doubled-there', t.key, b.stream_id, t.received_on, jsonb_build_object('times', 2, 'settle', 'ask-partner'), 'theirs'
from theirs t join book_lines b on b.agency_id = $1 and b.key = t.key and b.received_on <> t.received_on
where t.received_on between $2 and $3 and b.received_on between $2::date - 1 and $3::date + 1
  and not exists (select from opened o where o.day = b.received_on and (o.bucket is null or o.bucket = b.bucket))
on conflict do nothing`;

/** $1 the agency, $2, $3 the days that are compared. A pair is one by its key, on whatever day either side has it. */
export const PAIRS = `
insert into pairs
select b.stream_id, b.key, b.received_on, b.fields, t.fields, t.hash, t.received_on
from theirs t join book_lines b on b.agency_id = $1 and b.key = t.key
where b.hash <> t.hash and not exists (select from found f where f.key = t.key)
  and (b.received_on between $2 and $3 or t.received_on between $2 and $3)`;

export const ONLY_HERE = `
insert into only_here
select b.stream_id, b.key, b.received_on, b.fields
from opened o join book_lines b on b.agency_id = $1 and b.received_on = o.day and (o.bucket is null or b.bucket = o.bucket)
where b.received_on between $2 and $3 and not exists (select from theirs t where t.key = b.key)`;

export const ONLY_THERE = `
insert into only_there
select t.key, t.received_on, t.hash, t.fields from theirs t
where t.received_on between $2 and $3 and not exists (select from book_lines b where b.agency_id = $1 and b.key = t.key)
  and not exists (select from found f where f.key = t.key)`;

/** How many of their lines lie a day apart from ours. */
export const DAYS_APART = `
select count(*) filter (where t.received_on = b.received_on - 1)::int as "dayEarlier", count(*) filter (where t.received_on = b.received_on + 1)::int as "dayLater",
  count(*) filter (where t.received_on = b.received_on)::int as same
from theirs t join book_lines b on b.agency_id = $1 and b.key = t.key`;

/**
 * Streams of which something is under way at this agency, or has changed since the cut ($2): what either side shows of them is
 * old or new by chance. Asked of candidates only.
 */
const MOVES = `
exists (select from lanes l where l.stream_id = c.stream_id and l.agency_id = $1 and (l.done < l.last or l.held))
  or exists (select from streams s join plan_cursor p on p.stream_id = s.id where s.id = c.stream_id and p.planned < s.last)
  or exists (select from events e where e.stream_id = c.stream_id and e.recorded_at >= $2)
  or exists (select from attempts a where a.stream_id = c.stream_id and a.agency_id = $1 and a.ended_at >= $2)`;

export const MOVING = `
insert into moving select c.stream_id from (
  select stream_id from pairs union select stream_id from only_here union select stream_id from found where stream_id is not null
  union select a.stream_id from only_there t join aliases a on a.code = t.key
  union select stream_id from discrepancies where agency_id = $1 and settled_at is null and stream_id is not null) c
where ${MOVES}`;

export const SKIP_MOVING = `
insert into skipped
select key from pairs where stream_id in (select stream_id from moving)
union select key from only_here where stream_id in (select stream_id from moving)
union select key from found where stream_id in (select stream_id from moving)
union select t.key from only_there t join aliases a on a.code = t.key where a.stream_id in (select stream_id from moving)`;

/** A case that they have under one of its other codes beside the one that we know them by. */
export const DOUBLED_BY_CODE = `
insert into found
select distinct on (t.key) 'doubled-there', t.key, b.stream_id, t.received_on,
  jsonb_build_object('as', jsonb_build_array(b.key), 'settle', 'ask-partner'), 'theirs'
from only_there t join aliases a on a.code = t.key join book_lines b on b.agency_id = $1 and b.stream_id = a.stream_id
where b.received_on between $2::date - 1 and $3::date + 1 and not exists (select from only_here o where o.stream_id = b.stream_id)
on conflict do nothing`;

/**
 * Merged away here, and taken there before: it may stand there under that code or not, and is neither doubled nor a stranger.
 * Whether the two are put together at the partner, too, is for whoever ordered the merge to agree.
 */
export const MERGED_AWAY = `
delete from only_there t using aliases a
where a.code = t.key and a.namespace in ('case', $1) and a.moved_from is not null
  and (exists (select from deliveries d where d.stream_id = a.moved_from and d.agency_id = $1 and d.state in ('acknowledged', 'superseded'))
    or exists (select from events e where e.stream_id = a.moved_from and e.sender = $1))`;

export const LINK_ALIASES = `
insert into links select distinct o.key, t.key, 'alias' from only_there t join aliases a on a.code = t.key and a.namespace in ('case', $1)
join only_here o on o.stream_id = a.stream_id or o.stream_id = a.moved_from`;

/** Written otherwise: its letters' case, spaces, another dash. */
const written = (key: string): string => `translate(lower(${key}), E'\\u2013\\u2014 \\u00a0', '--')`;

export const LINK_WRITTEN = `
insert into links select o.key, t.key, 'written' from only_here o join only_there t on ${written('t.key')} = ${written('o.key')}`;

/** What remains of $1 when its levels are dropped one by one, a day and a number at least: domain's withoutPrefixes. */
const rests = (key: string): string => `
  select distinct r.rest from generate_series(1, 8) n, lateral (select regexp_replace(${key}, '^(?:[^.-]*[.-]){' || n || '}', '') as rest) r
  where r.rest <> ${key} and r.rest ~ '^[^-]+-.*[0-9]$'`;

export const LINK_PREFIXES = `
insert into links
select o.key, t.key, 'prefix' from only_here o cross join lateral (${rests('o.key')}) r join only_there t on t.key = r.rest
union select o.key, t.key, 'prefix' from only_there t cross join lateral (${rests('t.key')}) r join only_here o on o.key = r.rest`;

/** All that is compared ($1) is equal, and is so once on either side only. */
export const LINK_CONTENTS = `
with says as (
  select 'o' as side, key, (select jsonb_agg(fields -> c order by n) from unnest($1::text[]) with ordinality as x(c, n)) as said, fields from only_here
  union all
  select 't', key, (select jsonb_agg(coalesce(fields -> c, 'null') order by n) from unnest($1::text[]) with ordinality as x(c, n)), fields from only_there where fields is not null),
once as (select side, said, min(key) as key from says
  where exists (select from unnest($2::text[]) as i(field) where fields ->> field is not null) group by 1, 2 having count(*) = 1)
insert into links select o.key, t.key, 'content' from once o join once t on t.side = 't' and t.said = o.said where o.side = 'o'`;

export const ADD_FOUND = `
insert into found select * from unnest($1::text[], $2::text[], $3::bigint[], $4::date[], $5::jsonb[], $6::text[]) on conflict do nothing`;

/** What was neither linked nor is moving. $1: the sides that must act where it is missing there, and here; $2: both actions. */
export const MISSING = `
insert into found
select 'missing-there', o.key, o.stream_id, o.received_on, jsonb_build_object('settle', ($2::text[])[1]), ($1::text[])[1] from only_here o
where not exists (select from skipped s where s.key = o.key) and not exists (select from used u where u.side = 'o' and u.key = o.key)
union all
select 'missing-here', t.key, null, t.received_on, jsonb_build_object('settle', ($2::text[])[2]), ($1::text[])[2] from only_there t
where not exists (select from skipped s where s.key = t.key) and not exists (select from used u where u.side = 't' and u.key = t.key)
  and not exists (select from found f where f.key = t.key)`;

/** Whoever is asked for our keys alone can't say under which other key it has a case: what is known of that stays. */
export const UNASKED = `
delete from found f where f.type = 'missing-there' and exists (
  select from discrepancies x where x.agency_id = $1 and x.settled_at is null
    and (x.type = 'other-code' and x.key = f.key or x.type = 'two-under-one' and x.detail -> 'ours' ? f.key))`;

/** How much of either side the other one has, whatever its code there; $1 the agency, $2, $3 the days that are compared. */
export const KEY_SHARE = `
with missing as (select f.type, f.key from found f where f.type in ('missing-there', 'missing-here') and not exists (select from skipped s where s.key = f.key))
select (select count(*)::int from book_lines where agency_id = $1 and received_on between $2 and $3) as ours,
  (select count(distinct key)::int from theirs where received_on between $2 and $3) as theirs,
  (select count(*)::int from missing where type = 'missing-there') as "missingThere",
  (select count(*)::int from missing where type = 'missing-here') as "missingHere",
  array(select key from missing where type = 'missing-there' order by key limit 3) as "examplesThere",
  array(select key from missing where type = 'missing-here' order by key limit 3) as "examplesHere"`;

/**
 * Seen once more, seen for the first time; what a person took as it is stays so while it says the same. The same bytes that a
 * person brings again are no second sight, unless the person says that those books still say so. What a system hands over is.
 */
export const KEEP = `
insert into discrepancies as d (agency_id, type, key, stream_id, received_on, detail, side, first_comparison, last_comparison)
select $1, f.type, f.key, f.stream_id, f.received_on, f.detail, f.side, $2, $2 from found f
where not exists (select from skipped s where s.key = f.key) and not exists (
  select from discrepancies x where x.agency_id = $1 and x.type = f.type and x.key = f.key and x.settled_as = 'as-it-is'
    and x.detail - 'settle' = f.detail - 'settle')
order by f.type, f.key
on conflict (agency_id, type, key) where settled_at is null do update
  set seen = d.seen + case when exists (
    select from comparisons b join comparisons this on this.id = $2
    where b.agency_id = $1 and b.id between d.first_comparison and d.last_comparison and b.state = 'done' and b.file_hash = this.file_hash
      and this.source = 'spreadsheet' and not this.sure) then 0 else 1 end,
  last_comparison = excluded.last_comparison,
  detail = excluded.detail, side = excluded.side, received_on = excluded.received_on, stream_id = coalesce(excluded.stream_id, d.stream_id)`;

/**
 * Gone by itself, or by what was done about it; a case that differs in another way now is another discrepancy. One way doesn't
 * settle what another one found and it can't show: types ($5), and fields that it doesn't compare ($6) or that aren't known.
 */
export const SETTLE_GONE = `
update discrepancies d set settled_at = clock_timestamp(),
  settled_as = case when f.key is not null then 'became ' || f.type when r.repair is not null then r.repair else 'agreed' end,
  settled_by = coalesce(r.author, 'reconciliation')
from discrepancies o
join comparisons seen on seen.id = o.last_comparison
join comparisons this on this.id = $2
left join lateral (select f.key, f.type from found f where f.key = o.key limit 1) f on true
left join lateral (select r.repair, r.author from discrepancy_repairs r where r.discrepancy_id = o.id and r.outcome in ('ordered', 'noted') order by r.id desc limit 1) r on true
where d.id = o.id and o.agency_id = $1 and o.settled_at is null and o.last_comparison <> $2 and o.received_on between $3 and $4
  and (seen.source = this.source or o.type <> all($5::text[]))
  and (seen.source = this.source or f.key is not null or o.detail -> 'fields' is null
    or o.detail -> 'fields' <> '{}' and not exists (select from jsonb_object_keys(o.detail -> 'fields') as k(field) where k.field <> all($6::text[])))
  and (o.stream_id is null or o.stream_id not in (select stream_id from moving)) and o.key not in (select key from skipped)`;

/** Older than what the contract compares: nobody will say any more whether it is put right. */
export const SETTLE_OLD = `
update discrepancies d set settled_at = clock_timestamp(), settled_as = 'out-of-window', settled_by = 'reconciliation'
from comparisons seen, comparisons this
where d.agency_id = $1 and d.settled_at is null and d.received_on < $3 and d.last_comparison <> $2
  and seen.id = d.last_comparison and this.id = $2 and seen.source = this.source`;

export const IN_TRANSIT = `
select ((select count(*) from lanes where agency_id = $1 and wait = 'turn') + (select count(*) from lanes where agency_id = $1 and wait = 'timer')
  + (select count(*) from lanes where agency_id = $1 and wait = 'person') + (select count(*) from lanes where agency_id = $1 and worker is not null))::int as n`;
