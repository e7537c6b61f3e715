import { createRequire } from 'node:module';
import { join } from 'node:path';
import { checkout } from './place.mjs';

const PATIENCE_MS = 5_000;

/** One statement on a connection of its own. The driver is loaded when first needed: these scripts start without it. */
export async function query(url, sql, values = []) {
  const { Client } = createRequire(join(checkout, 'package.json'))('pg');
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS, query_timeout: 60_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

export async function hasDatabase(url, name) {
  return (await query(url, 'select 1 from pg_database where datname = $1', [name])).length > 0;
}

/** The same server's database of that name; created if it isn't there. Names are ours: lower case, digits, underscores. */
export async function ensureDatabase(url, name) {
  if (!(await hasDatabase(url, name))) await query(url, `create database ${name}`);
  const sibling = new URL(url);
  sibling.pathname = `/${name}`;
  return sibling.href;
}

export const dropDatabase = (url, name) => query(url, `drop database if exists ${name} with (force)`);
