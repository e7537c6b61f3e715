-- Up Migration
-- What a delivery of several calls has from the calls before its last: a code that the partner issued, ids of uploaded
-- files. Kept before the next call leaves, so whoever takes over goes on from there.
create table delivery_steps (
  agency_id text collate "C" not null,
  stream_id bigint not null,
  sequence integer not null,
  revision integer not null,
  step text collate "C" not null,
  result jsonb not null,
  at timestamptz not null default now(),
  primary key (stream_id, agency_id, sequence, revision, step)
);

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
