/** The statements of an entry's one transaction. Every one is prepared once a connection; none depends on the batch's size. */
export const KNOWN = `select id, encode(body_hash, 'hex') as body_hash, stream_id, sequence from event_ids where id = any($1::uuid[])`;

/** The alias decides who opens a stream: of two that come at once, one inserts it and the other finds it. */
export const OPEN = `
insert into aliases (namespace, code, stream_id)
select 'case', code, nextval('stream_ids') from unnest($1::text[]) as t(code) order by code
on conflict do nothing returning code, stream_id`;

export const LOCK = `
select s.id, a.code, s.entered_by, s.procedure, s.opened_on::text, s.status, s.last, s.head_hash, s.due_at::text
from aliases a join streams s on s.id = a.stream_id
where a.namespace = 'case' and a.code = any($1::text[]) order by s.id for update of s`;

export const STATES = `select stream_id, agency_id, ordinal, state from sender_states where stream_id = any($1::bigint[])`;

export const RECEIVED = `select encode(body_hash, 'hex') as body_hash, id, sequence from events where stream_id = $1 and sequence = 1`;

export const APPEND = `
with t as (
  select * from unnest($1::bigint[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::smallint[], $7::text[], $8::bytea[], $9::bytea[], $10::bytea[], $11::text[])
    as t(stream_id, sequence, id, type, sender, status, body, body_hash, previous_hash, hash, skipped)),
ev as (
  insert into events (stream_id, sequence, id, type, sender, status, skipped, recorded_at, body, body_hash, previous_hash, hash)
  select stream_id, sequence, id, type, sender, status, nullif(skipped, '')::smallint[], $12, body::json, body_hash, previous_hash, hash from t),
ids as (insert into event_ids (id, body_hash, stream_id, sequence) select id, body_hash, stream_id, sequence from t),
ob as (
  insert into outbox (stream_id, sequence, event_id, type, kind)
  select stream_id, sequence, id, type, 'case' from t order by stream_id, sequence),
h as (
  select * from unnest($13::bigint[], $14::int[], $15::bytea[], $16::smallint[], $17::boolean[], $18::text[], $19::text[], $20::date[], $21::timestamptz[])
    as h(stream_id, last, head_hash, status, is_new, entered_by, procedure, opened_on, due_at)),
opened as (
  insert into streams (id, kind, entered_by, procedure, opened_on, due_at, status, last, head_hash)
  select stream_id, 'case', entered_by, procedure, opened_on, due_at, status, last, head_hash from h where is_new),
cursors as (insert into plan_cursor (stream_id, planned) select stream_id, 0 from h where is_new)
update streams s set last = h.last, head_hash = h.head_hash, status = h.status, due_at = h.due_at
from h where s.id = h.stream_id and not h.is_new`;

export const REMEMBER = `
insert into sender_states as s (stream_id, agency_id, ordinal, state)
select * from unnest($1::bigint[], $2::text[], $3::int[], $4::text[]) order by 1, 2
on conflict (stream_id, agency_id) do update set ordinal = excluded.ordinal, state = excluded.state`;

export const RECEIPTS = `
insert into receipts (sender, stream_id, event_id, kind)
select * from unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[])`;
