-- Up Migration
-- An agency that reads instead of being called: its events by a position without gaps, in the order of their commits.

-- last: its row is locked from an append's update to its commit, so positions become visible in order.
-- acknowledged: up to where the agency says that it has done its work.
create table feeds (
  agency_id text collate "C" primary key,
  last bigint not null,
  acknowledged bigint not null default 0,
  acknowledged_at timestamptz,
  check (acknowledged between 0 and last)
) with (fillfactor = 50);

-- body: the CloudEvent byte for byte as by the other ways; text, because json would be read again on its way out.
create table feed_entries (
  agency_id text collate "C" not null,
  position bigint not null,
  event_id uuid not null,
  body text not null,
  appended_at timestamptz not null default clock_timestamp(),
  primary key (agency_id, position)
);
create unique index feed_entries_by_event on feed_entries (event_id, agency_id);
create trigger feed_entries_append_only before update or delete on feed_entries for each row execute function refuse_change();

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
