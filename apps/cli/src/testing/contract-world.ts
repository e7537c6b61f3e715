import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, enter, readAgencies, type EntryItem } from '#ledger';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { typed, type Ran } from './terminal.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** A ledger, a folder of agency files, and verbs as typed there. Nobody listens at Kafka's port. */
export class ContractWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'lienthong-agency-'));
  readonly env: Record<string, string>;

  private constructor(
    readonly db: Database,
    private readonly fresh: FreshDatabase,
  ) {
    mkdirSync(join(this.folder, 'secrets'));
    this.env = {
      DATABASE_URL: fresh.url,
      KAFKA_BROKERS: '127.0.0.1:1',
      LIENTHONG_SECRETS_DIR: join(this.folder, 'secrets'),
      LIENTHONG_AUTHOR: 'lan',
    };
    this.keepSecret('KEY');
  }

  static async begin(): Promise<ContractWorld> {
    const fresh = await freshDatabase();
    return new ContractWorld(new Database(fresh.url, 'spec', quiet), fresh);
  }

  async clear(): Promise<void> {
    await this.db.pool.query(
      'truncate agencies, contracts, contract_history, credentials, streams, aliases, event_ids, events, receipts, outbox, plan_cursor, lanes, deliveries',
    );
  }

  async end(): Promise<void> {
    await this.db.close();
    await this.fresh.drop();
    rmSync(this.folder, { recursive: true });
  }

  keepSecret(name: string): void {
    writeFileSync(join(this.folder, 'secrets', name), 'x\n');
  }

  /** The path of what is written. */
  file(text: string, name = 'a.yaml'): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  typed(words: string): Promise<Ran> {
    return typed(words, this.env);
  }

  /** Applied, though Kafka is away. */
  async apply(text: string, more = ''): Promise<Ran> {
    return this.typed(`agency apply ${this.file(text)}${more}`);
  }

  /** What is in force, whole. */
  async inForce(): Promise<string> {
    return JSON.stringify([
      await readAgencies(this.db),
      (await this.db.pool.query('select agency_id, valid_from, document, applied_at from contracts order by 1, 2'))
        .rows,
      (await this.db.pool.query('select * from contract_history order by 1, 2')).rows,
    ]);
  }

  /** Rows of every table. */
  async rows(): Promise<string> {
    const { rows: tables } = await this.db.pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    const counts = [];
    for (const { name } of tables) {
      const { rows } = await this.db.pool.query<{ n: string }>(`select count(*) as n from "${name}"`);
      counts.push(`${name} ${rows[0]!.n}`);
    }
    return counts.join(', ');
  }

  async enters(...items: EntryItem[]): Promise<void> {
    const answers = await enter(this.db, items, () => true);
    for (const { outcome } of answers) if (outcome !== 'accepted') throw new Error(outcome);
  }
}

/** An agency that takes CloudEvents at an address; `more` stands among the first version's members. */
export const agencyText = (more: Record<string, string> = {}, versions = ''): string => {
  const members: Record<string, string> = {
    owner: 'H53',
    protocol: 'one-stop',
    endpoint: `{ baseUrl: 'http://127.0.0.1:1', login: { kind: bearer, secret: KEY } }`,
    receives: `[{ procedures: ['2.000488'], events: [case.received] }]`,
    sends: '[]',
    limits: '{ inFlight: 1, timeout: 1s }',
    retry: '{ first: 1s, factor: 2, atMost: 1m, giveUpAfter: 1h }',
    onDuplicate: 'refuse',
    replies: '[{ when: { status: 200 }, means: accepted }]',
    ...more,
  };
  const lines = Object.entries(members)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `    ${name}: ${value}`);
  return `apiVersion: lienthong/v1
kind: Agency
id: a
name: { vi: Cơ quan A, en: Agency A }
versions:
  - validFrom: 2018-01-01
${lines.join('\n')}
${versions}`;
};

/** A further version with the first one's members, and these in their place. */
export const versionText = (validFrom: string, more: Record<string, string> = {}): string =>
  agencyText(more).slice(agencyText(more).indexOf('  - validFrom')).replace('2018-01-01', validFrom);
