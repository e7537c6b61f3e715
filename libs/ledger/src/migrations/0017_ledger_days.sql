-- Up Migration
-- The daily close. A day of the ledger is what its transactions found open, not what a clock said: one row is open at a time.
-- opened_at to cut_at: when it was the open one. closed_at: counted, once and for all. entered: its events; unplanned: those
-- of them that nobody had planned when it was counted.
create table ledger_days (
  day date primary key,
  opened_at timestamptz not null default clock_timestamp(),
  cut_at timestamptz,
  closed_at timestamptz,
  closed_by text,
  entered integer,
  unplanned integer,
  check (closed_at is null or cut_at is not null and closed_by is not null and entered is not null and unplanned is not null)
);
create unique index ledger_days_open on ledger_days ((true)) where cut_at is null;
create index ledger_days_uncounted on ledger_days (day) where closed_at is null;
insert into ledger_days (day) values ((now() at time zone 'Asia/Ho_Chi_Minh')::date);

create function refuse_change_of_closed_day() returns trigger language plpgsql as $$ begin
  if tg_op = 'UPDATE' and old.closed_at is null and new.day = old.day then return new; end if;
  raise exception 'day % is closed', old.day using errcode = 'restrict_violation';
end $$;
create trigger ledger_days_stay before update or delete on ledger_days for each row execute function refuse_change_of_closed_day();

-- The open day, for what doesn't name one (an older version of the hub during an upgrade). Hot statements ask once each, not once a row.
create function open_ledger_day() returns date language sql stable as 'select day from ledger_days where cut_at is null';

-- Null: before the first day. planned_day never changes; ended_day only where an ended delivery is opened again.
alter table events add column ledger_day date;
alter table events alter column ledger_day set default open_ledger_day();
alter table deliveries add column planned_day date, add column ended_day date;
alter table deliveries alter column planned_day set default open_ledger_day();
-- A day's rows lie together. Nothing speaks of ended_day: a delivery ends by an update in its place (0002_engine.sql).
create index events_ledger_day on events using brin (ledger_day) with (pages_per_range = 32);
create index deliveries_planned_day on deliveries using brin (planned_day) with (pages_per_range = 32);

-- An end that a replay took back: it stays the end of its day, and opening again is a fact of the day that was open.
create table reopened_deliveries (
  id bigint generated always as identity primary key,
  agency_id text collate "C" not null,
  stream_id bigint not null,
  sequence integer not null,
  state delivery_state not null,
  ended_day date,
  ended_at timestamptz,
  reopened_day date not null,
  reopened_at timestamptz not null default now(),
  operation_id bigint
);
create index reopened_deliveries_by_delivery on reopened_deliveries (stream_id, agency_id, sequence);
create index reopened_deliveries_by_day on reopened_deliveries (reopened_day);
create index reopened_deliveries_by_end on reopened_deliveries (ended_day);
create trigger reopened_deliveries_append_only before update or delete on reopened_deliveries for each row execute function refuse_change();

-- What the newest closed day handed on. So a count touches that day's deliveries and the open ones, and no others.
create table carried_deliveries (
  agency_id text collate "C" not null,
  stream_id bigint not null,
  sequence integer not null,
  primary key (stream_id, agency_id, sequence)
);
insert into carried_deliveries select agency_id, stream_id, sequence from deliveries where state in ('open', 'parked');

-- Written once, when the day is closed. What doesn't add up isn't written.
create table day_counts (
  day date not null references ledger_days,
  agency_id text collate "C" not null,
  opening integer not null,
  planned integer not null,
  reopened integer not null,
  acknowledged integer not null,
  superseded integer not null,
  closed integer not null,
  carried integer not null,
  primary key (day, agency_id),
  constraint day_counts_identity check (opening + planned + reopened = acknowledged + superseded + closed + carried)
);
create trigger day_counts_append_only before update or delete on day_counts for each row execute function refuse_change();

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
