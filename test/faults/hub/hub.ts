import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../../deploy/local/ports.mjs';
import { run } from '../../journeys/processes.js';
import { writeAgencyFiles } from './agency-files.js';
import { HubProcess } from './hub-process.js';

export interface Services {
  DATABASE_URL: string;
  REDIS_URL: string;
  KAFKA_BROKERS: string;
}

const RELAY_LOCK = 7001;

/** A hub of a run's own: a new database and namespace, one intake, two delivery instances with names. */
export class Hub {
  private readonly processes = new Map<string, HubProcess>();

  private constructor(
    readonly databaseUrl: string,
    readonly namespace: string,
    readonly services: Services,
    readonly intake: { port: number; key: string },
    private readonly env: Record<string, string>,
    private readonly folder: string,
  ) {}

  static async start(services: Services, folder: string, ports: Record<string, number>): Promise<Hub> {
    mkdirSync(folder, { recursive: true });
    const namespace = `faults${Date.now().toString(36)}`;
    const databaseUrl = await createDatabase(services.DATABASE_URL, namespace);
    const env = {
      ...services,
      DATABASE_URL: databaseUrl,
      LIENTHONG_NAMESPACE: namespace,
      LIENTHONG_SECRETS_DIR: join(folder, 'secrets'),
      LIENTHONG_LOG_LEVEL: 'info',
      LIENTHONG_HOST: '127.0.0.1',
    };
    writeAgencyFiles(join(folder, 'agencies'), ports);
    await command(env, 'setup', '--agencies', join(folder, 'agencies'));
    const key = readFileSync(join(folder, 'secrets', 'mot-cua.key'), 'utf8').trim();
    const hub = new Hub(databaseUrl, namespace, services, { port: await freePort(), key }, env, folder);
    await Promise.all(['intake-1', 'delivery-1', 'delivery-2'].map((name) => hub.process(name).start()));
    return hub;
  }

  /** A slot by its instance name, e.g. delivery-1; a new one isn't started yet. */
  process(name: string): HubProcess {
    let found = this.processes.get(name);
    if (found) return found;
    const app = name.replace(/-\d+$/, '');
    const port = app === 'intake' ? String(this.intake.port) : '0';
    const env = { ...this.env, LIENTHONG_INSTANCE: name, [`LIENTHONG_${app.toUpperCase()}_PORT`]: port };
    found = new HubProcess(name, app, env, join(this.folder, `${name}.log`));
    this.processes.set(name, found);
    return found;
  }

  get all(): HubProcess[] {
    return [...this.processes.values()];
  }

  /** The delivery instance that relays the outbox now. */
  async relayHolder(): Promise<string> {
    for (;;) {
      const [row] = await this.rows<{ name: string }>(
        `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
         where l.locktype = 'advisory' and l.classid = ${RELAY_LOCK} and l.granted and a.datname = current_database()`,
      );
      if (row) return row.name;
    }
  }

  /** Resolves when every worker has lived longer than a lease: only then it has its share of the limits. */
  async settled(): Promise<void> {
    const young = `select from workers where started_at > now() - interval '6 seconds'`;
    while ((await this.rows(young)).length > 0) await pause(200);
  }

  /** `lienthong …`, as an operator types it. */
  command(...words: string[]): Promise<void> {
    return command(this.env, ...words);
  }

  /** Again: what is missing is made. */
  setUp(): Promise<void> {
    return this.command('setup', '--agencies', join(this.folder, 'agencies'));
  }

  async rows<R extends pg.QueryResultRow>(sql: string): Promise<R[]> {
    const client = new pg.Client({ connectionString: this.databaseUrl, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<R>(sql)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** At once; its database goes with it. */
  async stop(): Promise<void> {
    await Promise.all(this.all.map((process) => process.kill('SIGKILL')));
    await onServer(this.services.DATABASE_URL, `drop database if exists ${this.namespace} with (force)`);
  }
}

async function command(env: Record<string, string>, ...words: string[]): Promise<void> {
  const { code, out, err } = await run('cli/src/main.js', words, env);
  if (code !== 0) throw new Error(`lienthong ${words.join(' ')} (${code}):\n${out}\n${err}`);
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function createDatabase(server: string, name: string): Promise<string> {
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
