import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { readStanding, type StandingAgency } from './operations/parked.js';

export interface LedgerState {
  /** Major version. */
  version: number;
  database: string;
  pendingMigrations: string[];
  /** Empty: a 202 is durable on one machine only. */
  synchronousStandbys: string;
  /** Milliseconds by which PostgreSQL's clock is ahead of ours, give or take half a round trip. */
  clockAheadMs: number;
  /** `pushes`: it has something to report, and no version of its contract asks it. */
  agencies: { id: string; pushes: boolean; keys: number; secrets: string[] }[];
  /** Paused, or behind an open breaker. */
  standing: StandingAgency[];
  /** Rows of partners' lists that the ledger hasn't taken, by agency. */
  untaken: { agency: string; rows: number }[];
}

const PATIENCE_MS = 5_000;

/** What a person must know of this database, whether or not it has a schema. Rejects where it can't be reached. */
export async function inspectLedger(url: string): Promise<LedgerState> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const asked = Date.now();
    const { rows } = await client.query<{
      version: number;
      database: string;
      standbys: string;
      now: Date;
      migrated: boolean;
    }>(
      `select current_setting('server_version_num')::int / 10000 as version, current_database() as database,
         current_setting('synchronous_standby_names') as standbys, clock_timestamp() as now, to_regclass('migrations') is not null as migrated`,
    );
    const { version, database, standbys, now, migrated } = rows[0]!;
    const clockAheadMs = Math.round(now.getTime() - (asked + Date.now()) / 2);
    const pendingMigrations = await pending(client, migrated);
    const agencies =
      migrated && pendingMigrations.length === 0
        ? (
            await client.query<LedgerState['agencies'][number]>(
              `select a.id, coalesce(bool_or(json_array_length(c.document->'sends') > 0 and c.document->'collect' is null), false) as pushes,
               (select count(*) from credentials k where k.agency_id = a.id and k.revoked_at is null)::int as keys,
               coalesce(array_agg(distinct s.name) filter (where s.name is not null), '{}') as secrets
             from agencies a left join contracts c on c.agency_id = a.id
             left join lateral (
               select c.document #>> '{endpoint,login,secret}' as name
               union all select c.document #>> array['endpoint', part, member]
                 from unnest(array['login', 'tls']) part, unnest(array['certificate', 'key', 'ca']) member
               union all select json_array_elements_text(c.document #> '{endpoint,login,secrets}')) s on true
             group by a.id order by a.id`,
            )
          ).rows
        : [];
    const standing = migrated && pendingMigrations.length === 0 ? await readStanding(client) : [];
    const untaken = migrated && pendingMigrations.length === 0 ? await countUntaken(client) : [];
    return {
      version,
      database,
      pendingMigrations,
      synchronousStandbys: standbys,
      clockAheadMs,
      agencies,
      standing,
      untaken,
    };
  } finally {
    await client.end().catch(() => undefined);
  }
}

const countUntaken = async (client: pg.Client): Promise<LedgerState['untaken']> =>
  (
    await client.query<LedgerState['untaken'][number]>(
      `select agency_id as agency, count(*)::int as rows from untaken_reports where ended_at is null group by 1 order by 1`,
    )
  ).rows;

async function pending(client: pg.Client, migrated: boolean): Promise<string[]> {
  const done = migrated
    ? (await client.query<{ name: string }>('select name from migrations')).rows.map((row) => row.name)
    : [];
  return readdirSync(fileURLToPath(new URL('./migrations', import.meta.url)))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.replace(/\.sql$/, ''))
    .filter((name) => !done.includes(name))
    .sort();
}
