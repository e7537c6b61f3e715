-- Up Migration
-- Codes that the hub itself issues: the last number of a unit and day. A number is used up by being written here, answered or not.
create table case_numbers (
  unit text collate "C" not null,
  day date not null,
  last integer not null,
  primary key (unit, day)
);

-- Asked on after the final answer: since when.
alter table collections add column afterwards_since timestamptz;

-- Documents of results that were revoked and not issued again since: no longer to be fetched.
create table revoked_files (
  sha256 bytea not null,
  stream_id bigint not null,
  sequence integer not null,
  primary key (sha256, stream_id)
);
create index revoked_files_by_stream on revoked_files (stream_id);
insert into revoked_files (sha256, stream_id, sequence)
select distinct on (1, 2) decode(d.value ->> 'sha256', 'hex'), r.stream_id, v.sequence
from events v
join events r on r.stream_id = v.stream_id and r.sequence < v.sequence and r.type = 'vn.lienthong.case.result-issued.v1',
  lateral json_array_elements(r.body -> 'documents') d
where v.type = 'vn.lienthong.case.result-revoked.v1' and not exists (
  select from events i where i.stream_id = v.stream_id and i.sequence > v.sequence and i.type = 'vn.lienthong.case.result-issued.v1'
    and i.body::text like '%' || (d.value ->> 'sha256') || '%')
order by 1, 2, 3 desc;

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
