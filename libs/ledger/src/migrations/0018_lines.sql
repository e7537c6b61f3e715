-- Up Migration
-- Both sides' books, line by line: what a partner should hold now, what a comparison found, how it was settled.

-- Ours, folded from what the agency acknowledged or itself sent. fields: every comparable one, in its normal form.
-- hash: over what the contract compares. settled_through: the newest event that is in it.
create table book_lines (
  agency_id text collate "C" not null,
  stream_id bigint not null,
  key text collate "C" not null,
  received_on date not null,
  bucket smallint not null check (bucket between 0 and 63),
  hash bytea not null,
  fields jsonb not null,
  settled_through integer not null,
  refreshed_at timestamptz not null default now(),
  primary key (agency_id, stream_id)
) with (fillfactor = 85);
create index book_lines_by_range on book_lines (agency_id, received_on, bucket, key);
create index book_lines_by_key on book_lines (agency_id, key);
-- A verdict turns with the day, without an event.
create index book_lines_in_time on book_lines (agency_id, (fields ->> 'dueOn')) where fields ->> 'judged' = 'open-in-time';

-- One row an agency: everything that was committed before `up_to` is in its lines. compares: what they are hashed over.
create table book_refreshes (
  agency_id text collate "C" primary key,
  up_to timestamptz not null,
  compares text[] not null,
  -- A build goes by stream: up to here it is done. Null: all are in.
  built_to bigint
);

-- Digests of ranges; a row goes when a line of its range changes, and is computed again when it is asked for. bucket -1: the day.
create table book_digests (
  agency_id text collate "C" not null,
  day date not null,
  bucket smallint not null check (bucket between -1 and 63),
  lines integer not null,
  digest bytea not null,
  primary key (agency_id, day, bucket)
);

-- One that was ordered is taken by whichever process is free, which holds the agency's advisory lock while it runs.
-- cut_at: our clock before the source was read; what has changed since is in transit. file: a spreadsheet, until it was read.
-- our_digest, their_digest: sha-256 over `day LF digest LF` of each day compared, in order. theirs null: not all was told.
create table comparisons (
  id bigint generated always as identity primary key,
  agency_id text collate "C" not null,
  day date not null,
  source text not null,
  coverage text not null default 'both' check (coverage in ('both', 'ours only')),
  author text not null,
  range_from date,
  range_to date,
  file bytea,
  cut_at timestamptz,
  began_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  progress jsonb,
  lines_ours bigint,
  lines_theirs bigint,
  in_transit bigint,
  found bigint,
  our_digest bytea,
  their_digest bytea,
  exchanged bigint,
  state text not null default 'ordered' check (state in ('ordered', 'running', 'done', 'refused', 'failed')),
  reason jsonb,
  check ((state in ('ordered', 'running')) = (ended_at is null))
);
create unique index comparisons_open on comparisons (agency_id) where ended_at is null;
create index comparisons_newest on comparisons (agency_id, id desc);
create index comparisons_of_day on comparisons (day, agency_id);

-- detail: names of fields with both values masked, the other side's keys; never a value of a person.
create table discrepancies (
  id bigint generated always as identity primary key,
  agency_id text collate "C" not null,
  type text collate "C" not null check (type in ('missing-there', 'missing-here', 'status-differs', 'field-differs', 'other-code', 'two-under-one',
    'doubled-there', 'deadline-differs', 'revoked-still-there', 'file-differs', 'progress-missing')),
  key text collate "C" not null,
  stream_id bigint,
  received_on date,
  detail jsonb not null,
  side text not null check (side in ('ours', 'theirs', 'data')),
  first_seen_at timestamptz not null default clock_timestamp(),
  first_comparison bigint not null,
  seen integer not null default 1,
  last_comparison bigint not null,
  counted boolean generated always as (seen >= 2) stored,
  settled_at timestamptz,
  settled_as text,
  settled_by text,
  note text,
  repair_operation bigint,
  check ((settled_at is null) = (settled_as is null))
);
create unique index discrepancies_open on discrepancies (agency_id, type, key) where settled_at is null;
create index discrepancies_by_agency on discrepancies (agency_id, id);
create index discrepancies_by_stream on discrepancies (stream_id) where stream_id is not null;

-- Each try to settle one: who, what, and what came of it. Rehearsals are tries that change nothing.
create table discrepancy_repairs (
  id bigint generated always as identity primary key,
  discrepancy_id bigint not null,
  repair text not null,
  author text not null,
  at timestamptz not null default clock_timestamp(),
  operation_id bigint,
  outcome text not null,
  detail jsonb
);
create index discrepancy_repairs_of on discrepancy_repairs (discrepancy_id);
create trigger discrepancy_repairs_append_only before update or delete on discrepancy_repairs for each row execute function refuse_change();

-- Attempts lie in the order of their ends: a coarse index finds the newest and costs an outcome next to nothing.
create index attempts_ended on attempts using brin (ended_at) with (pages_per_range = 32);

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
