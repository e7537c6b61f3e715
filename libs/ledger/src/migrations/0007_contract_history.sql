-- Up Migration
-- Every contract that was ever applied, whole: who, when, why. What is in force stays in `contracts`.
-- versions: the documents of all versions, oldest first. rolled_back_to: the serial whose document this one repeats.
create table contract_history (
  agency_id text collate "C" not null,
  serial integer not null,
  name jsonb not null,
  versions jsonb not null,
  applied_at timestamptz not null default now(),
  author text not null,
  note text,
  rolled_back_to integer,
  primary key (agency_id, serial)
);
create trigger contract_history_append_only before update or delete on contract_history for each row execute function refuse_change();

-- What is in force already becomes each agency's first serial.
insert into contract_history (agency_id, serial, name, versions, applied_at, author)
select a.id, 1, a.name, jsonb_agg(c.document order by c.valid_from), max(c.applied_at), 'migration'
from agencies a join contracts c on c.agency_id = a.id group by a.id;

-- A rehearsal reads the events of some days: they lie together, so a coarse index finds them and costs intake next to nothing.
create index events_recorded on events using brin (recorded_at) with (pages_per_range = 32);

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
