-- Up Migration
-- Streams that aren't cases, by what they are of and when: figures of a definition and period. Cases pay nothing for it.
create index streams_not_cases on streams (kind, procedure, opened_on) where kind <> 'case';

-- Definitions of figures as they were applied, every document kept; the newest of each stands.
create table figure_definitions (
  id text collate "C" not null,
  serial integer not null,
  document jsonb not null,
  applied_at timestamptz not null default now(),
  author text not null,
  note text,
  primary key (id, serial)
);
create trigger figure_definitions_append_only before update or delete on figure_definitions for each row execute function refuse_change();

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
