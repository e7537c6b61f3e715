import { OPEN_DAY } from '../close/open-day.js';

/**
 * Streams that aren't cases stand beside them by their whole name (`payment/…`), which no case's code can be: whatever finds
 * a stream's name, verifies its chain or loads its deliveries finds theirs too.
 */
export const OPEN_FACTS = `
insert into aliases (namespace, code, stream_id)
select 'case', code, nextval('stream_ids') from unnest($1::text[]) as t(code)
where not exists (select from aliases a where a.namespace = 'case' and a.code = t.code) order by code
on conflict do nothing returning code, stream_id as id`;

export const LOCK_FACTS = `
select s.id, a.code, s.entered_by as sender, s.procedure as about, s.opened_on::text as "on", s.last, s.head_hash as hash
from aliases a join streams s on s.id = a.stream_id
where a.namespace = 'case' and a.code = any($1::text[]) order by s.id for update of s`;

export const KNOWN_FACTS = `
select id, encode(body_hash, 'hex') as hash, stream_id as stream, sequence from event_ids where id = any($1::uuid[])`;

export const NOW = `select date_trunc('milliseconds', clock_timestamp()) as now`;

export const UNOPEN_FACTS = `delete from aliases where namespace = 'case' and code = any($1)`;

/** A fact has no status: 0. */
export const APPEND_FACTS = `
with t as (
  select * from unnest($1::bigint[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[], $9::bytea[], $10::text[])
    as t(stream_id, sequence, id, type, sender, body, body_hash, previous_hash, hash, kind)),
ids as (insert into event_ids (id, body_hash, stream_id, sequence) select id, body_hash, stream_id, sequence from t order by id),
ev as (
  insert into events (stream_id, sequence, id, type, sender, status, recorded_at, body, body_hash, previous_hash, hash, ledger_day)
  select stream_id, sequence, id, type, sender, 0, $11, body::json, body_hash, previous_hash, hash, ${OPEN_DAY} from t),
ob as (
  insert into outbox (stream_id, sequence, event_id, type, kind)
  select stream_id, sequence, id, type, kind from t order by stream_id, sequence),
h as (
  select * from unnest($12::bigint[], $13::text[], $14::text[], $15::text[], $16::date[], $17::int[], $18::bytea[], $19::boolean[])
    as h(stream_id, kind, entered_by, about, opened_on, last, head_hash, is_new)),
opened as (
  insert into streams (id, kind, entered_by, procedure, opened_on, status, last, head_hash)
  select stream_id, kind, entered_by, about, opened_on, 0, last, head_hash from h where is_new),
cursors as (insert into plan_cursor (stream_id, planned) select stream_id, 0 from h where is_new)
update streams s set last = h.last, head_hash = h.head_hash from h where s.id = h.stream_id and not h.is_new`;
