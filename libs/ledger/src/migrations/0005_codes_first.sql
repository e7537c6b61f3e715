-- Up Migration
-- All cases are of one namespace: an index that begins with it says nothing, and a planner without statistics likes it.
alter table aliases drop constraint aliases_pkey, add primary key (code, namespace);

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
