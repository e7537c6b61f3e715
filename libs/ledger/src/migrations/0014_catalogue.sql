-- Up Migration
-- Procedures as partners' catalogues list them, dated by when the hub saw them: one open row a code and agency.
-- raw, raw_name: as they came. facts: what is read of them. detail…: asked for one by one, of this very row.
create table catalogue_procedures (
  agency_id text collate "C" not null,
  code text collate "C" not null,
  name text not null,
  raw_name text not null,
  partner_key text not null,
  facts json not null,
  raw json not null,
  seen_from timestamptz not null default now(),
  seen_until timestamptz,
  detail_facts json,
  detail_raw json,
  detail_at timestamptz,
  primary key (agency_id, code, seen_from)
);
create unique index catalogue_procedures_open on catalogue_procedures (agency_id, code) where seen_until is null;
create index catalogue_procedures_by_code on catalogue_procedures (code);
create index catalogue_procedures_asked on catalogue_procedures (agency_id, detail_at nulls first) where seen_until is null;

-- A list as it was pulled. Taken ones have changed the rows above; a held one has changed nothing, and keeps its rows here
-- until a person accepts or drops it, or a later one takes its place.
create table catalogue_pulls (
  id bigint generated always as identity primary key,
  agency_id text collate "C" not null,
  source text not null,
  hash bytea not null,
  state text not null check (state in ('taken', 'held', 'accepted', 'dropped', 'superseded')),
  reason text,
  listed integer not null,
  said integer,
  unread integer not null,
  added integer not null,
  lost integer not null,
  renamed integer not null,
  procedures json,
  times integer not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  decided_at timestamptz,
  author text,
  note text
);
create unique index catalogue_pulls_held on catalogue_pulls (agency_id) where state = 'held';
create index catalogue_pulls_newest on catalogue_pulls (agency_id, id desc);

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
