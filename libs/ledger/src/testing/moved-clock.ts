import pg from 'pg';

/**
 * PostgreSQL's clock, of one database, set to another day; it goes on from there. Functions of the same name that are found
 * first stand in for its own, in all statements of connections that begin afterwards: what a process does isn't changed.
 */
export async function setClock(url: string, at: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(`
      create schema if not exists moved;
      create table if not exists moved.clock (at timestamptz not null, set_at timestamptz not null);
      create or replace function moved.now() returns timestamptz stable language sql as
        $$ select at + (pg_catalog.now() - set_at) from moved.clock $$;
      create or replace function moved.clock_timestamp() returns timestamptz volatile language sql as
        $$ select at + (pg_catalog.clock_timestamp() - set_at) from moved.clock $$;
      delete from moved.clock;
      do $$ begin execute format('alter database %I set search_path = moved, pg_catalog, public', current_database()); end $$`);
    await client.query('insert into moved.clock values ($1, pg_catalog.clock_timestamp())', [at]);
  } finally {
    await client.end();
  }
}
