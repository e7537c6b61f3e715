-- Up Migration
-- Calendars as they were applied, whole, corrections included: the newest is in force. What a case doesn't know yet is
-- said within (knownFrom), so that every serial comes to the old answers of old cases, unless it says that it restates.
create table calendar_history (
  serial integer primary key,
  document jsonb not null,
  applied_at timestamptz not null default now(),
  author text not null,
  note text,
  restates boolean not null default false
);
create trigger calendar_history_append_only before update or delete on calendar_history for each row execute function refuse_change();

-- The days of the calendar in force, for reports: no row, nothing is known of that day. Written with each serial.
create table working_days (
  day date primary key,
  works boolean not null,
  -- Working hours of that day.
  hours numeric(5, 3) not null,
  -- Working days from the calendar's first day to this one, itself included: a difference counts those between two days.
  worked integer not null,
  -- Of a day that isn't as its weekday.
  name text,
  source text collate "C",
  serial integer not null references calendar_history
);

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
