-- Up Migration
-- The ledger. Hot tables carry no foreign keys: what they would check is guaranteed by the statement that writes them.
-- Agency ids are short text ("C" collation): an operator reads them in psql at 8 a.m.

create type lane_wait as enum ('turn', 'timer', 'person');
create type delivery_state as enum ('open', 'parked', 'acknowledged', 'superseded', 'closed');

-- Agencies and their dated contracts ------------------------------------------------------------------------------
create table agencies (
  id text collate "C" primary key,
  name jsonb not null,
  paused boolean not null default false,
  created_at timestamptz not null default now()
);
create table contracts (
  agency_id text collate "C" not null references agencies,
  valid_from date not null,
  document jsonb not null,
  applied_at timestamptz not null default now(),
  primary key (agency_id, valid_from)
);
create table credentials (
  key_hash bytea primary key,
  agency_id text collate "C" not null references agencies,
  label text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- Streams and their events -----------------------------------------------------------------------------------------
create sequence stream_ids;
create table streams (
  id bigint primary key,
  kind text not null,
  entered_by text collate "C" not null,
  procedure text not null,
  opened_on date not null,
  due_at timestamptz,
  status smallint not null,
  last integer not null,
  head_hash bytea not null
) with (fillfactor = 80);
-- namespace: 'case' for official codes (unique in the country, TT 01/2018/TT-VPCP art. 19), else the agency whose own code it is.
create table aliases (
  namespace text collate "C" not null,
  code text collate "C" not null,
  stream_id bigint not null,
  primary key (namespace, code)
);
create index aliases_by_stream on aliases (stream_id);
create table event_ids (
  id uuid primary key,
  body_hash bytea not null,
  stream_id bigint not null,
  sequence integer not null
);
create table events (
  stream_id bigint not null,
  sequence integer not null,
  id uuid not null,
  type text collate "C" not null,
  sender text collate "C" not null,
  status smallint not null,
  skipped smallint[],
  recorded_at timestamptz not null,
  body json not null,
  body_hash bytea not null,
  previous_hash bytea,
  hash bytea not null,
  primary key (stream_id, sequence)
);
create table receipts (
  id bigint generated always as identity primary key,
  sender text collate "C" not null,
  stream_id bigint not null,
  event_id uuid,
  kind text not null check (kind in ('repeat', 'unchanged')),
  at timestamptz not null default now()
);
create index receipts_by_stream on receipts (stream_id);
-- A door without keys compares with the sender's last state, under the stream's lock.
create table sender_states (
  stream_id bigint not null,
  agency_id text collate "C" not null,
  ordinal integer not null,
  state text not null,
  primary key (stream_id, agency_id)
);
create table outbox (
  id bigint generated always as identity primary key,
  stream_id bigint not null,
  sequence integer not null,
  event_id uuid not null,
  type text collate "C" not null,
  kind text collate "C" not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create table files (
  sha256 bytea primary key,
  size bigint not null,
  media_type text not null,
  bytes bytea not null,
  stored_at timestamptz not null default now()
);
alter table files alter column bytes set storage external;

create function refuse_change() returns trigger language plpgsql as
$$ begin raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation'; end $$;
create trigger events_append_only before update or delete on events for each row execute function refuse_change();

-- Planning and delivery ----------------------------------------------------------------------------------------------
create table plan_cursor (
  stream_id bigint primary key,
  planned integer not null
) with (fillfactor = 70);
-- One row per process incarnation. The reaper deletes it: whoever holds it FOR KEY SHARE isn't reaped before it commits.
create table workers (
  id bigint generated always as identity primary key,
  instance text not null,
  lease_until timestamptz not null,
  started_at timestamptz not null default now()
);
create table lanes (
  agency_id text collate "C" not null,
  stream_id bigint not null,
  done integer not null default 0,
  last integer not null,
  sending integer,
  claim integer not null default 0,
  worker bigint,
  doubt boolean not null default false,
  deadline timestamptz not null,
  wait lane_wait,
  wake_at timestamptz,
  out_until timestamptz,
  primary key (agency_id, stream_id)
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
create index lanes_turn on lanes (agency_id, deadline, stream_id) where wait = 'turn';
create index lanes_timer on lanes (wake_at) where wait = 'timer';
create index lanes_person on lanes (agency_id) where wait = 'person';
create index lanes_worker on lanes (worker) where worker is not null;
create table deliveries (
  agency_id text collate "C" not null,
  stream_id bigint not null,
  sequence integer not null,
  event_id uuid not null,
  state delivery_state not null default 'open',
  revision integer not null default 1,
  contract_version date,
  operation text,
  item_hash bytea,
  as_update boolean not null default false,
  attempts integer not null default 0,
  first_attempt_at timestamptz,
  planned_at timestamptz not null default now(),
  ended_at timestamptz,
  owner text,
  reason text,
  fingerprint text,
  primary key (agency_id, stream_id, sequence)
) with (fillfactor = 80);
create index deliveries_parked on deliveries (agency_id, fingerprint) where state = 'parked';
create table attempts (
  id bigint generated always as identity primary key,
  agency_id text collate "C" not null,
  stream_id bigint not null,
  sequence integer not null,
  revision integer not null,
  number integer not null,
  asked_by text not null check (asked_by in ('schedule', 'operator', 'reconciliation')),
  worker bigint not null,
  claim integer not null,
  operation text not null,
  item_hash bytea,
  contract_version date,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  outcome text not null,
  in_doubt boolean not null,
  reply text
);
create index attempts_by_delivery on attempts (agency_id, stream_id, sequence);
create trigger attempts_append_only before update or delete on attempts for each row execute function refuse_change();

-- Asking partners that must be asked -----------------------------------------------------------------------------------
create table collections (
  agency_id text collate "C" not null,
  stream_id bigint not null,
  due_at timestamptz not null,
  asked integer not null default 0,
  ended boolean not null default false,
  primary key (agency_id, stream_id)
);
create index collections_due on collections (agency_id, due_at) where not ended;

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
