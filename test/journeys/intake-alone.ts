import pg from 'pg';
import { allowKey, applyAgency, Database } from '#ledger';
import type { ContractVersion, Problem } from '#wire';
import { freshDatabase, type FreshDatabase } from '../../libs/ledger/src/testing/fresh-database.js';
import { start, type Started } from './processes.js';

export interface Answer {
  status: number;
  headers: Headers;
  body: Problem & Record<string, unknown>;
}

const TABLES = [
  ...['streams', 'aliases', 'events', 'event_ids', 'outbox', 'plan_cursor'],
  ...['receipts', 'sender_states', 'files', 'collections', 'case_numbers', 'revoked_files'],
];

/** The intake process and PostgreSQL, and nothing else: Kafka and Redis are nowhere, and it accepts all the same. */
export class IntakeAlone {
  private constructor(
    readonly process: Started,
    readonly ledger: pg.Pool,
    private readonly database: FreshDatabase,
  ) {}

  static async start(): Promise<IntakeAlone> {
    const database = await freshDatabase();
    await declareAgencies(database.url);
    const process = await start('intake/src/main.js', [], {
      DATABASE_URL: database.url,
      REDIS_URL: 'redis://127.0.0.1:9',
      KAFKA_BROKERS: '127.0.0.1:9',
      LIENTHONG_INTAKE_PORT: '0',
    });
    return new IntakeAlone(process, new pg.Pool({ connectionString: database.url, max: 2 }), database);
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  async stop(): Promise<void> {
    await this.process.kill('SIGTERM');
    await this.ledger.end();
    await this.database.drop();
  }

  /** As mot-cua, in JSON, unless the headers say otherwise; one that is undefined isn't sent. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    const all = { authorization: 'Bearer key-of-mot-cua', 'content-type': 'application/json', ...headers };
    const bytes = typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body);
    const response = await fetch(this.url(path), {
      method,
      headers: Object.fromEntries(Object.entries(all).filter((h): h is [string, string] => h[1] !== undefined)),
      ...(body === undefined ? {} : { body: bytes }),
    });
    const text = await response.text();
    const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : { text };
    return { status: response.status, headers: response.headers, body: parsed as Answer['body'] };
  }

  /** Sends lines as one batch and gives the answers, in English. */
  async sendLines(lines: readonly string[]): Promise<Record<string, unknown>[]> {
    const response = await fetch(this.url('/v1/batches'), {
      method: 'POST',
      headers: {
        authorization: 'Bearer key-of-mot-cua',
        'content-type': 'application/x-ndjson',
        'accept-language': 'en',
      },
      body: lines.map((line) => `${line}\n`).join(''),
    });
    if (response.status !== 200) throw new Error(`batch: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.process.port}${path}`;
  }

  /** What the ledger holds, in numbers: a half-written case would show. */
  async everything(): Promise<unknown> {
    const counts = TABLES.map((table) => `(select count(*)::int from ${table}) as ${table}`);
    const { rows } = await this.ledger.query(`select ${counts.join(', ')},
      (select coalesce(sum(last), 0)::int from streams) as "all events",
      (select coalesce(sum(status), 0)::int from streams) as "all statuses"`);
    return rows[0];
  }
}

/** Two one-stops, LLTP and a ministry that reads a feed, each with a key `key-of-<id>`. */
async function declareAgencies(url: string): Promise<void> {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const db = new Database(url, 'test', silent, 1);
  const contract = (more: Partial<ContractVersion>): ContractVersion => ({
    validFrom: '2018-01-01',
    owner: 'H49',
    protocol: 'topic',
    receives: [],
    sends: [],
    limits: { inFlight: 1, timeout: '5s' },
    retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
    replies: [],
    onDuplicate: 'refuse',
    ...more,
  });
  const oneStop = contract({
    sends: ['case.received', 'case.supplemented', 'case.status-changed', 'case.withdrawn'],
    receives: [{ procedures: ['*'], cases: 'own', events: ['case.status-changed', 'case.result-issued'] }],
    settings: { 'door.province': '22; Quảng Ninh' },
  });
  const lltp = contract({
    receives: [{ procedures: ['2.000488'], events: ['case.received'] }],
    sends: ['case.status-changed', 'case.result-issued'],
  });
  const vneid = contract({
    protocol: 'lltp-vneid',
    endpoint: { baseUrl: 'http://127.0.0.1:9' },
    sends: ['case.received', 'case.supplemented'],
    settings: {
      sendPath: '/x',
      'lltp.unit': 'H49.15; Sở Tư pháp',
      'lltp.procedure': '2.000488; Cấp Phiếu lý lịch tư pháp',
      'lltp.termDays': '8',
    },
  });
  for (const [id, version] of [
    ['mot-cua', oneStop],
    ['mot-cua-khac', oneStop],
    ['lltp', lltp],
    ['vneid', vneid],
    ['bo-ngoai-giao', contract({ protocol: 'feed' })],
  ] as const) {
    const name = { vi: id, en: id };
    await applyAgency(db, { apiVersion: 'lienthong/v1', kind: 'Agency', id, name, versions: [version] });
    await allowKey(db, id, 'test', `key-of-${id}`);
  }
  await db.close();
}
