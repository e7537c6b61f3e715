-- Up Migration
-- Partners that tell the news of all their cases in one list.

-- source: the interface that the cursor belongs to; another one begins from the beginning. claim fences a poller whose lease ended.
-- acknowledge: entered, with a cursor that has moved on, and perhaps not yet told to the partner.
create table collected_lists (
  agency_id text collate "C" primary key,
  source text not null,
  cursor text,
  acknowledge json,
  claim integer not null,
  due_at timestamptz not null
) with (fillfactor = 50);

-- What a list told and the ledger didn't take: the partner is told that it came, so here is where it still is.
create table untaken_reports (
  id bigint generated always as identity primary key,
  agency_id text collate "C" not null,
  case_code text not null,
  type text collate "C" not null,
  state text not null,
  data json not null,
  reason text not null,
  faults json not null,
  times integer not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  due_at timestamptz not null,
  ended_at timestamptz,
  ended_as text
);
create unique index untaken_reports_open on untaken_reports (agency_id, case_code, type, state) where ended_at is null;

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
