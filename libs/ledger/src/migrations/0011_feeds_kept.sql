-- Up Migration
-- A feed forgets what is older than its agency's file says, and holds an event once more for each replay of it.

-- cleared: nothing is kept up to and with this position; whoever asks from before it is told so.
alter table feeds add column cleared bigint not null default 0;
alter table feeds add constraint feeds_cleared check (cleared between 0 and last);

-- replay: the operation that put it there once more; 0: the event itself.
alter table feed_entries add column replay bigint not null default 0;
create unique index feed_entries_by_event_and_replay on feed_entries (event_id, agency_id, replay);
drop index feed_entries_by_event;

-- Still append-only; only what its feed says is cleared may go.
create function refuse_change_of_feed() returns trigger language plpgsql as $$ begin
  if tg_op = 'DELETE' and exists (select from feeds f where f.agency_id = old.agency_id and f.cleared >= old.position) then return old; end if;
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
drop trigger feed_entries_append_only on feed_entries;
create trigger feed_entries_append_only before update or delete on feed_entries for each row execute function refuse_change_of_feed();

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
