-- Up Migration
-- The delivery engine: what an event is for an agency, what stands in doubt, breakers, operations, bodies kept once.

create type delivery_form as enum ('full', 'delta', 'barrier', 'result', 'revocation');

-- doubt_at: the sequence of which nobody knows whether the partner has it. asked: a look-up proved nothing since the last attempt.
-- revoke_at: the earliest planned revocation, with a result of this lane before it, that hasn't ended.
-- probing: this claim is the one request that an open breaker lets through.
alter table lanes drop column doubt;
alter table lanes
  add column doubt_at integer,
  add column asked boolean not null default false,
  add column revoke_at integer,
  add column probing boolean not null default false;
alter table lanes add column doubt boolean generated always as (doubt_at is not null) stored;

-- taint: 1 an attempt may have been done without our knowing, 2 its worker died over it.
-- stood_ms: how long the agency had stood still, in all, when the first attempt was made; the window counts without it.
-- edited: an operator's replacement of the item, from this revision on.
alter table deliveries
  add column form delivery_form not null default 'delta',
  add column taint smallint not null default 0,
  add column stood_ms bigint,
  add column edited bytea,
  add column operation_id bigint;
-- A delivery ends by one update: on the page where it stands (HOT), so no index may speak of its state, and there is room.
drop index deliveries_parked;
create index deliveries_parked on deliveries (agency_id, fingerprint) where fingerprint is not null;
alter table deliveries set (fillfactor = 55);
-- Numbers first: a comparison of keys then nearly always ends before it comes to text, and a case's rows lie together.
alter table lanes drop constraint lanes_pkey, add primary key (stream_id, agency_id);
alter table deliveries drop constraint deliveries_pkey, add primary key (stream_id, agency_id, sequence);
drop index attempts_by_delivery;
create index attempts_by_delivery on attempts (stream_id, agency_id, sequence);
-- Both columns, so that even a planner without statistics takes this one.
drop index aliases_by_stream;
create index aliases_by_stream on aliases (stream_id, namespace) include (code);
create index deliveries_of_operation on deliveries (operation_id) where operation_id is not null;

-- Bodies by content, once: an operator's edits, and items of attempts that didn't end well at once. Never one per attempt.
create table bodies (
  hash bytea primary key,
  body text not null,
  stored_at timestamptz not null default now()
);
alter table attempts add column operation_id bigint;

-- One row per agency that ever failed. The probe has an owner, reaped with its worker, and a time, swept like a timer.
create table breakers (
  agency_id text collate "C" primary key,
  state text not null default 'closed' check (state in ('closed', 'open')),
  opened_at timestamptz,
  probes integer not null default 0,
  probe_worker bigint,
  probe_stream bigint,
  wake_at timestamptz,
  reason text
);
-- How long an agency stood still: breaker open or paused. stood_since is set while it does.
alter table agencies
  add column stood_ms bigint not null default 0,
  add column stood_since timestamptz,
  add column paused_until timestamptz,
  add column paused_reason text;

-- What a person ordered, with its progress: carried on by any process after a restart.
create table operations (
  id bigint generated always as identity primary key,
  kind text not null,
  agency_id text collate "C" not null,
  author text not null,
  reason text,
  selection jsonb not null,
  state text not null default 'running' check (state in ('running', 'done', 'cancelled', 'failed')),
  total integer,
  done integer not null default 0,
  failed integer not null default 0,
  cursor bigint not null default 0,
  worker bigint,
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
create index operations_running on operations (id) where state = 'running';

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
