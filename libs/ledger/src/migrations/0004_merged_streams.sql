-- Up Migration
-- Two codes found to be one stream. The loser takes no new events; its code leads to the survivor from then on.

-- merged_into, merged_at: the survivor, and the sequence of its event that says so. also_entered_by: who entered what was merged into it.
alter table streams
  add column merged_into bigint,
  add column merged_at integer,
  add column also_entered_by text[] collate "C";
create index streams_merged on streams (merged_into) where merged_into is not null;

-- stream_id: where events by this code go. moved_from: the stream whose own code it is; null: the same.
alter table aliases add column moved_from bigint;
drop index aliases_by_stream;
create index aliases_by_stream on aliases (coalesce(moved_from, stream_id), namespace) include (code);

-- held: nothing is sent before the lanes of what was merged into this stream have drained. known_as: the code by which this
-- agency knows the case, where it isn't the stream's own.
alter table lanes
  add column held boolean not null default false,
  add column known_as text;

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
