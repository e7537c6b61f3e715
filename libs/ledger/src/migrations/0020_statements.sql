-- Up Migration
-- What both sides sign of a closed day: one statement an agency, made once, chained by its predecessor's hash.

-- document: the canonical bytes (RFC 8785) as text. discrepancies: the canonical list that its hash in there speaks of.
create table statements (
  agency_id text collate "C" not null,
  day date not null,
  document text not null,
  discrepancies text not null,
  hash bytea not null check (hash = sha256(convert_to(document, 'UTF8'))),
  previous_hash bytea,
  made_at timestamptz not null default clock_timestamp(),
  primary key (agency_id, day)
);
create unique index statements_chain on statements (agency_id, previous_hash) nulls not distinct;
create trigger statements_append_only before update or delete on statements for each row execute function refuse_change();

-- Public halves only. agency_id null: the hub's own. A key that has ended goes on verifying what it signed.
create table statement_keys (
  key_id text collate "C" primary key check (key_id = substr(encode(sha256(spki), 'hex'), 1, 16)),
  agency_id text collate "C",
  spki bytea not null,
  valid_from timestamptz not null default clock_timestamp(),
  valid_until timestamptz,
  added_by text not null
);

-- pdf: signed outside, kept in `files` byte for byte. key_id and signature are then the hub's, as a receipt of it.
-- seals: of the hub's signature, one over each value of the document by its pointer.
create table statement_signatures (
  id bigint generated always as identity primary key,
  agency_id text collate "C" not null,
  day date not null,
  party text not null check (party in ('ours', 'theirs')),
  kind text not null check (kind in ('ed25519', 'pdf')),
  key_id text collate "C" not null references statement_keys,
  signature bytea not null,
  seals json,
  file bytea,
  received_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  foreign key (agency_id, day) references statements,
  check ((kind = 'pdf') = (file is not null))
);
create unique index statement_signatures_once on statement_signatures (agency_id, day, party, kind, file, key_id) nulls not distinct;
create trigger statement_signatures_append_only before update or delete on statement_signatures for each row execute function refuse_change();

-- Signatures that weren't taken: which key it was said to be by, and why.
create table refused_signatures (
  id bigint generated always as identity primary key,
  agency_id text collate "C" not null,
  day date not null,
  key_id text,
  reason text not null,
  at timestamptz not null default clock_timestamp()
);

-- A ledger that was restored is another one to whoever holds statements of the first. mark: cluster, timeline and database.
create table ledger_epochs (
  epoch integer primary key,
  mark text not null,
  began_at timestamptz not null default clock_timestamp()
);

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
