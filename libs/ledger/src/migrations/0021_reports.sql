-- Up Migration
-- Statutory reports. A case's facts are what its events say, one row a case, written by nobody but the extraction of
-- libs/ledger/src/reports: thrown away and extracted again they are the same. Intake doesn't know this table.
-- last: up to which event of the stream. due_since, due_was: each due time from when on, where it was changed.
-- nine…, ten…: what the first report of status 9 or 10 says: when the work ended, and when it was reported as a progress
-- record. supplements_asked: each request for a supplement. finished_in, finished_by: the event that the portal takes as the end. in_…: when it stood at 5, 6, 8.
create table case_facts (
  stream_id bigint primary key,
  last integer not null,
  code text collate "C" not null,
  procedure text collate "C" not null,
  field text collate "C",
  unit text collate "C",
  channel text collate "C",
  status smallint not null,
  submitted_at timestamptz,
  received_at timestamptz,
  due_at timestamptz,
  due_since timestamptz[],
  due_was timestamptz[],
  nine_finished timestamptz,
  nine_at timestamptz,
  ten_finished timestamptz,
  ten_at timestamptz,
  withdrawn_at timestamptz,
  refused_at timestamptz,
  supplements_asked timestamptz[],
  in_supplement tstzmultirange,
  in_payment tstzmultirange,
  in_pause tstzmultirange,
  finished_in bigint,
  finished_by integer
);
create index case_facts_without_receipt on case_facts (stream_id) where received_at is null;
-- The due time as it stood at that moment. No sub-select: one would keep a million rows from being read in parallel.
create function due_as_of(since timestamptz[], was timestamptz[], moment timestamptz) returns timestamptz
language plpgsql immutable parallel safe as $$ begin
  for i in reverse cardinality(since) .. 1 loop
    if since[i] <= moment then return was[i]; end if;
  end loop;
  return was[1];
end $$;

-- What cases call their fields, units and procedures: the newest name of each.
create table report_names (
  kind text collate "C" not null check (kind in ('field', 'unit', 'procedure')),
  code text collate "C" not null,
  name text not null,
  said_at timestamptz not null,
  primary key (kind, code)
);

-- How a report counts, as it was applied, whole with all its dated versions: the newest serial is in force.
create table report_definitions (
  report text collate "C" not null,
  serial integer not null,
  document json not null,
  applied_at timestamptz not null default now(),
  author text not null,
  note text,
  primary key (report, serial)
);
create trigger report_definitions_append_only before update or delete on report_definitions for each row execute function refuse_change();

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
