-- Up Migration
-- A spreadsheet that a person brings lies in pieces until it was read, so that no process holds one whole.
create table comparison_files (
  comparison_id bigint not null,
  nth integer not null,
  bytes bytea not null,
  primary key (comparison_id, nth)
);
-- It is deflated already.
alter table comparison_files alter column bytes set storage external;
insert into comparison_files select id, 0, file from comparisons where file is not null;
update comparisons set file = null where file is not null;

-- file_hash: sha-256 of the bytes that were read. file_as_of: when the workbook says that it was last changed.
-- newest_line: the last day of receipt that it shows. sure: a person says that it is right, however it looks.
alter table comparisons
  add column file_hash bytea,
  add column file_as_of timestamptz,
  add column newest_line date,
  add column sure boolean not null default false;

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
