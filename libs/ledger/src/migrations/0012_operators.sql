-- Up Migration
-- Keys of the people who operate the hub over HTTP. A key has 256 random bits; only its hash is kept.
create table operator_keys (
  key_hash bytea primary key,
  operator text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- Who looked at whose data, or sent some by way of trial. It names cases, never what stands in them.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  operator text not null,
  door text not null,
  action text not null,
  agency_id text collate "C" not null,
  case_code text collate "C"
);
create trigger audit_log_append_only before update or delete on audit_log for each row execute function refuse_change();

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
