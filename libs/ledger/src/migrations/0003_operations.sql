-- Up Migration
-- What operators order and see: since when something is parked, what an operation found, who paused an agency and when.
alter table deliveries add column parked_at timestamptz;
update deliveries set parked_at = planned_at where state = 'parked';

-- A group is walked by stream, in batches, each of which finds its next ones by the index. As before it speaks of no state.
create index deliveries_parked_group on deliveries (agency_id, fingerprint, stream_id) where fingerprint is not null;
drop index deliveries_parked;

-- result: what a rehearsal or a replay counted, by name. Never a body, never a partner's own words.
alter table operations add column result jsonb;
create index operations_by_agency on operations (agency_id, id);

alter table agencies
  add column paused_at timestamptz,
  add column paused_by text;

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
