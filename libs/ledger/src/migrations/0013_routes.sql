-- Up Migration
-- Units and routes as they were applied, whole: the newest of each kind is in force.
create table routing_history (
  kind text collate "C" not null check (kind in ('Units', 'Routes')),
  serial integer not null,
  document jsonb not null,
  applied_at timestamptz not null default now(),
  author text not null,
  note text,
  rolled_back_to integer,
  primary key (kind, serial)
);
create trigger routing_history_append_only before update or delete on routing_history for each row execute function refuse_change();

-- The unit that received the case, by the code that the case says. Null: entered before routes were.
alter table streams add column unit text collate "C";

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
