import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { migrate } from '../migrate.js';

export interface FreshDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A database of one's own on the server of DATABASE_URL, cloned from a template that is migrated once per schema. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = process.env.DATABASE_URL;
  if (!server)
    throw new Error(
      'DATABASE_URL names the PostgreSQL server that tests may create databases on (npm test brings one)',
    );
  const admin = new pg.Client(at(server, 'postgres'));
  await admin.connect();
  try {
    const template = await migratedTemplate(admin, server);
    const name = `lt_test_${randomUUID().replaceAll('-', '')}`;
    await admin.query(`create database ${name} template ${template}`);
    return { url: at(server, name), drop: () => dropDatabase(server, name) };
  } finally {
    await admin.end();
  }
}

async function migratedTemplate(admin: pg.Client, server: string): Promise<string> {
  const folder = new URL('../migrations/', import.meta.url);
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(new URL(file, folder)));
  const name = `lt_template_${hash.digest('hex').slice(0, 16)}`;
  await admin.query(`select pg_advisory_lock(7099)`);
  const { rowCount } = await admin.query(`select 1 from pg_database where datname = $1`, [name]);
  if (rowCount === 0) {
    const building = `${name}_building`;
    await admin.query(`drop database if exists ${building} with (force)`);
    await admin.query(`create database ${building}`);
    await migrate(at(server, building));
    await admin.query(`alter database ${building} rename to ${name}`);
  }
  await admin.query(`select pg_advisory_unlock(7099)`);
  return name;
}

async function dropDatabase(server: string, name: string): Promise<void> {
  const admin = new pg.Client(at(server, 'postgres'));
  await admin.connect();
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.end();
}

function at(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
