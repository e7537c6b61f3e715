-- Up Migration
-- What a partner sent, where bringing its text to NFC changed it: as it was read, so that what is hashed can be told from what came.
create table as_it_came (
  event_id uuid primary key,
  came text not null
);
create trigger as_it_came_append_only before update or delete on as_it_came for each row execute function refuse_change();

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
