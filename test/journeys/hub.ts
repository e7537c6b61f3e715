import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freshDatabase } from '../../libs/ledger/src/testing/fresh-database.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { run, start, type Started } from './processes.js';

export type Fault = Record<string, unknown>;

/** A partner's stand-in, seen from a test: its books and its faults, over HTTP. */
export class StandIn {
  constructor(
    readonly name: string,
    readonly process: Started,
  ) {}

  get control(): string {
    return `http://127.0.0.1:${Number(this.process.said.controlPort)}`;
  }

  async faults(fault: Fault): Promise<void> {
    await this.ask('PUT', '/faults', fault);
  }

  async noFaults(): Promise<void> {
    await this.ask('DELETE', '/faults');
  }

  async books(): Promise<BookLine[]> {
    const response = await fetch(`${this.control}/books?after=0`);
    const text = await response.text();
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as BookLine);
  }

  /** What had an effect, in the order in which the partner took it. */
  async applied(code?: string): Promise<BookLine[]> {
    return (await this.books()).filter(
      (line) => line.effect === 'applied' && (code === undefined || line.code === code),
    );
  }

  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${this.name} ${method} ${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }
}

export interface BookLine {
  n: number;
  operation: string;
  code: string;
  hash: string;
  effect: 'applied' | 'repeat' | 'refused';
  status?: string | number;
  eventId?: string;
}

/** A whole hub of a test's own: a cloned database, its own topics and Redis keys, stand-ins and processes. */
export class Hub {
  readonly apps = new Map<string, Started>();
  readonly standIns: { lltp: StandIn; portal: StandIn; oneStop: StandIn };

  private constructor(
    readonly env: Record<string, string>,
    readonly db: pg.Pool,
    standIns: Hub['standIns'],
    private readonly folder: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {
    this.standIns = standIns;
  }

  static async start(
    more: { agencies?: string; alsoAgencies?: string; env?: Record<string, string>; apps?: string[] } = {},
  ): Promise<Hub> {
    const database = await freshDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'lienthong-'));
    const env: Record<string, string> = {
      DATABASE_URL: database.url,
      REDIS_URL: need('REDIS_URL'),
      KAFKA_BROKERS: need('KAFKA_BROKERS'),
      LIENTHONG_NAMESPACE: `t${process.pid}x${Date.now().toString(36)}`,
      LIENTHONG_SECRETS_DIR: join(folder, 'secrets'),
      LIENTHONG_BOOKS_DIR: join(folder, 'books'),
      LIENTHONG_LOG_LEVEL: 'info',
      ...more.env,
    };
    const free = { LIENTHONG_LLTP_PORT: '0', LIENTHONG_PORTAL_PORT: '0', LIENTHONG_ONESTOP_PORT: '0' };
    const agencies = [
      more.agencies ?? 'deploy/provinces/uong-bi-2021/agencies',
      ...(more.alsoAgencies ? [more.alsoAgencies] : []),
    ];
    await setUp(agencies, env);
    const [lltp, portal] = await Promise.all(
      ['lltp', 'cong-dvc'].map(
        async (name) => new StandIn(name, await start('sandbox/src/stand-in.main.js', [name], { ...env, ...free })),
      ),
    );
    env.LIENTHONG_LLTP_PORT = String(lltp!.process.port);
    env.LIENTHONG_PORTAL_PORT = String(portal!.process.port);
    const intake = await start('intake/src/main.js', [], { ...env, LIENTHONG_INTAKE_PORT: '0' });
    env.LIENTHONG_INTAKE_PORT = String(intake.port);
    env.LIENTHONG_INTAKE_URL = `http://127.0.0.1:${intake.port}`;
    const oneStop = new StandIn(
      'mot-cua',
      await start('sandbox/src/stand-in.main.js', ['mot-cua'], { ...env, LIENTHONG_ONESTOP_PORT: '0' }),
    );
    env.LIENTHONG_ONESTOP_PORT = String(oneStop.process.port);
    await setUp(agencies, env);
    const pool = new pg.Pool({ connectionString: database.url, max: 3 });
    // The database is dropped by force at the end: an idle connection may hear of it.
    pool.on('error', () => undefined);
    const hub = new Hub(env, pool, { lltp: lltp!, portal: portal!, oneStop }, folder, () => database.drop());
    hub.apps.set('intake', intake);
    await hub.standIns.lltp.ask('PUT', '/processing', { toInProgressMs: 50, toDoneMs: 50 });
    for (const app of more.apps ?? ['delivery']) await hub.startApp(app);
    return hub;
  }

  get intake(): string {
    return this.env.LIENTHONG_INTAKE_URL!;
  }

  async startApp(app: string, more: Record<string, string> = {}): Promise<Started> {
    const started = await start(`${app}/src/main.js`, [], {
      ...this.env,
      [`LIENTHONG_${app.toUpperCase()}_PORT`]: '0',
      ...more,
    });
    this.apps.set(app, started);
    this.env[`LIENTHONG_${app.toUpperCase()}_PORT`] = String(started.port);
    return started;
  }

  async key(agency: string): Promise<string> {
    return (await readFile(join(this.env.LIENTHONG_SECRETS_DIR!, `${agency}.key`), 'utf8')).trim();
  }

  /** POST to intake as an agency. */
  async post(
    path: string,
    body: unknown,
    more: { agency?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${this.intake}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await this.key(more.agency ?? 'mot-cua')}`,
        'content-type': 'application/json',
        ...more.headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async rows<R extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<R[]> {
    return (await this.db.query<R>(sql, values)).rows;
  }

  /** Short types of what this partner's own book holds of a case, in the order in which the partner took them. */
  async typesHeldBy(agency: string, partner: StandIn, code: string): Promise<string[]> {
    const sent = await this.rows<{ hash: string; type: string }>(
      `select encode(d.item_hash, 'hex') as hash, e.type from deliveries d join aliases a using (stream_id)
       join events e on e.stream_id = d.stream_id and e.sequence = d.sequence where a.code = $1 and d.agency_id = $2`,
      [code, agency],
    );
    const types = new Map(sent.map(({ hash, type }) => [hash, type.split('.').slice(2, 4).join('.')]));
    return (await partner.applied(code)).map((line) => types.get(line.hash) ?? 'unknown');
  }

  /** Nothing is on its way any more: everything entered is planned, every lane is done or waits for a person. */
  async atRest(withinMs = 180_000): Promise<void> {
    await eventually(async () => {
      const [left] = await this.rows<{ outbox: number; unplanned: number; lanes: number }>(`select
        (select count(*) from outbox)::int as outbox,
        (select count(*) from plan_cursor p join streams s on s.id = p.stream_id where p.planned < s.last)::int as unplanned,
        (select count(*) from lanes where done < last and wait is distinct from 'person')::int as lanes`);
      if (left!.outbox + left!.unplanned + left!.lanes > 0) throw new Error(`not at rest: ${JSON.stringify(left)}`);
    }, withinMs);
  }

  async stop(): Promise<void> {
    const all = [...this.apps.values(), ...Object.values(this.standIns).map((s) => s.process)];
    await Promise.all(all.map((p) => p.kill('SIGTERM')));
    await this.db.end();
    await this.dropDatabase();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function setUp(folders: string[], env: Record<string, string>): Promise<void> {
  for (const folder of folders) {
    const { code, out, err } = await run('cli/src/main.js', ['setup', '--agencies', folder], env);
    if (code !== 0) throw new Error(`setup failed (${code}):\n${out}\n${err}`);
  }
}

function need(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: npm test brings the services`);
  return value;
}
