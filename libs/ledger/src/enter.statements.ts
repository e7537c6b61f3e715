import { OPEN_DAY } from './close/open-day.js';

/** The statements of an entry. Every one is prepared once a connection; none depends on the batch's size. */

/**
 * One snapshot: which events are known, which codes nobody has, ids for the streams that the batch may open, the clock.
 * The subqueries ask row by row: planned while the tables were empty, a join would read all of them for ever.
 */
export const LOOK = `
select date_trunc('milliseconds', clock_timestamp()) as now,
  (select json_agg(json_build_object('id', k.id, 'bodyHash', encode(k.body_hash, 'hex'), 'stream', k.stream_id::text, 'sequence', k.sequence))
   from unnest($1::uuid[]) as t(id), lateral (select * from event_ids e where e.id = t.id limit 1) k) as known,
  (select json_object_agg(code, case when opens then nextval('stream_ids')::text end)
   from unnest($2::text[], $3::boolean[]) as t(code, opens)
   where (select a.stream_id from aliases a where a.namespace = 'case' and a.code = t.code) is null) as free`;

/** The alias decides who opens a stream: of two that come at once, one inserts it and the other finds it. */
export const OPEN = `
insert into aliases (namespace, code, stream_id)
select 'case', code, stream_id from unnest($1::text[], $2::bigint[]) as t(code, stream_id) order by code
on conflict do nothing returning code, stream_id as id`;

/** A merge that committed while this waited shows in the stream, not in the alias: the batch begins again. */
export const LOCK = `
select s.id, a.code, s.entered_by, s.procedure, s.opened_on::text, s.unit, s.status, s.last, s.head_hash, s.due_at::text, s.merged_into is not null as merged,
  case when a.moved_from is not null then (
    select json_build_object('id', o.id::text, 'enteredBy', o.entered_by, 'openedOn', o.opened_on) from streams o where o.id = a.moved_from) end as origin
from aliases a join streams s on s.id = a.stream_id
where a.namespace = 'case' and a.code = any($1::text[]) order by s.id for update of s`;

/** Each code has its own: a partner that is asked by two codes of one case gives two answers. */
export const STATES = `
select s.stream_id as stream, s.agency_id as agency, s.ordinal, s.state
from aliases a join sender_states s on s.stream_id = coalesce(a.moved_from, a.stream_id)
where a.namespace = 'case' and a.code = any($1::text[])`;

export const RECEIVED = `
select e.stream_id as stream, e.id, encode(e.body_hash, 'hex') as "bodyHash"
from aliases a join events e on e.stream_id = coalesce(a.moved_from, a.stream_id) and e.sequence = 1
where a.namespace = 'case' and a.code = any($1::text[])`;

/** Asked again under the lock: what was committed after the look and before it. */
export const KNOWN = `
select id, encode(body_hash, 'hex') as "bodyHash", stream_id as stream, sequence from event_ids where id = any($1::uuid[])`;

export const UNOPEN = `delete from aliases where namespace = 'case' and code = any($1)`;

const NEW_EVENTS = `
t as (
  select * from unnest($1::bigint[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::smallint[], $7::text[], $8::bytea[], $9::bytea[], $10::bytea[], $11::text[])
    as t(stream_id, sequence, id, type, sender, status, body, body_hash, previous_hash, hash, skipped)),
ev as (
  insert into events (stream_id, sequence, id, type, sender, status, skipped, recorded_at, body, body_hash, previous_hash, hash, ledger_day)
  select stream_id, sequence, id, type, sender, status, nullif(skipped, '')::smallint[], $12, body::json, body_hash, previous_hash, hash, ${OPEN_DAY} from t),
ob as (
  insert into outbox (stream_id, sequence, event_id, type, kind)
  select stream_id, sequence, id, type, 'case' from t order by stream_id, sequence)`;

const heads = (column: string, type: string): string => `
h as (
  select * from unnest($13::bigint[], $14::int[], $15::bytea[], $16::smallint[], $17::text[], $18::text[], $19::date[], $20::timestamptz[], $21::${type}[], $22::text[])
    as h(stream_id, last, head_hash, status, entered_by, procedure, opened_on, due_at, ${column}, unit))`;

const NEW_STREAM = `
insert into streams (id, kind, entered_by, procedure, opened_on, due_at, status, last, head_hash, unit)
select stream_id, 'case', entered_by, procedure, opened_on, due_at, status, last, head_hash, unit from h`;

const NEW_CURSOR = `insert into plan_cursor (stream_id, planned) select stream_id, 0 from h`;

/** New cases whole. All codes are taken before the first event id, as in a transaction that opens and then appends: no deadlock between them. */
export const ENTER_NEW = `
with ${NEW_EVENTS}, ${heads('code', 'text')},
a as (insert into aliases (namespace, code, stream_id) select 'case', code, stream_id from h order by code returning 1),
opened as (${NEW_STREAM}),
cursors as (${NEW_CURSOR})
insert into event_ids (id, body_hash, stream_id, sequence)
select id, body_hash, stream_id, sequence from t where (select count(*) from a) > 0 order by id`;

export const APPEND = `
with ${NEW_EVENTS}, ${heads('is_new', 'boolean')},
ids as (insert into event_ids (id, body_hash, stream_id, sequence) select id, body_hash, stream_id, sequence from t order by id),
opened as (${NEW_STREAM} where is_new),
cursors as (${NEW_CURSOR} where is_new)
update streams s set last = h.last, head_hash = h.head_hash, status = h.status, due_at = h.due_at
from h where s.id = h.stream_id and not h.is_new`;

export const AS_IT_CAME = `
insert into as_it_came (event_id, came) select * from unnest($1::uuid[], $2::text[])`;

export const REMEMBER = `
insert into sender_states as s (stream_id, agency_id, ordinal, state)
select * from unnest($1::bigint[], $2::text[], $3::int[], $4::text[]) order by 1, 2
on conflict (stream_id, agency_id) do update set ordinal = excluded.ordinal, state = excluded.state`;

export const RECEIPTS = `
insert into receipts (sender, stream_id, event_id, kind)
select * from unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[])`;

/** Documents of the results before these revocations. */
export const REVOKE_FILES = `
insert into revoked_files (sha256, stream_id, sequence)
select distinct on (1, 2) decode(d.value ->> 'sha256', 'hex'), v.stream_id, v.sequence
from unnest($1::bigint[], $2::int[]) as v(stream_id, sequence)
join events r on r.stream_id = v.stream_id and r.sequence < v.sequence and r.type = 'vn.lienthong.case.result-issued.v1',
  lateral json_array_elements(r.body -> 'documents') d
order by 1, 2, 3 desc on conflict (sha256, stream_id) do update set sequence = excluded.sequence`;

/** What is issued again after it was revoked stands again. */
export const ISSUE_FILES = `
delete from revoked_files f using unnest($1::bigint[], $2::int[]) as v(stream_id, sequence)
join events r on r.stream_id = v.stream_id and r.sequence = v.sequence, lateral json_array_elements(r.body -> 'documents') d
where f.stream_id = v.stream_id and f.sequence < v.sequence and f.sha256 = decode(d.value ->> 'sha256', 'hex')`;
