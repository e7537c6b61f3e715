-- Up Migration
-- jsonb sorts the members of an object by their length. A contract keeps the order of its file: it is the order of the
-- elements in what a partner of XML gets. What is in force already has lost it, until its file is applied again.
alter table contracts alter column document type json using document::json;
alter table contract_history alter column versions type json using versions::json;

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
