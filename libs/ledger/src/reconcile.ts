import type { PoolClient } from 'pg';
import { recipients, type Receiver } from '#domain';
import { hubSender, shortType } from '#wire';
import { readAgencies, versionOn, type Agency } from './agencies.js';
import type { Database } from './database.js';
import { countNames as names, noCounts, type Counts, type Discrepancy, type Reconciliation } from './counts.js';
import * as sql from './reconcile.statements.js';
import { expectByRoute } from './routing/expected-by-route.js';
import { readRouting, type RoutingFiles } from './routing/read-routing.js';
import { verifyChains } from './verify-chains.js';

/** A line of a partner's book: one thing that arrived there. */
export interface BookLine {
  n: number;
  code: string;
  /** sha-256 of the item's canonical JSON, hex. */
  hash: string;
  effect: 'applied' | 'repeat' | 'refused';
}

/** A line of a submitter's book: one 202 that it got. */
export interface SubmittedLine {
  n: number;
  code: string;
  eventId: string;
}

const MOST_NAMED = 100;

interface EventKind {
  procedure: string;
  enteredBy: string;
  era: number;
  type: string;
  sender: string;
  events: number;
}

/**
 * One count of the partners' books against the ledger: begin, hand over all books, then count. Books are read after
 * the cut that `begin` takes, so whatever the ledger had acknowledged by then must be in them.
 */
export class Reckoning {
  private constructor(
    private readonly client: PoolClient,
    private readonly agencies: Agency[],
    private readonly routing: RoutingFiles,
    private readonly cut: Date,
  ) {}

  static async begin(db: Database): Promise<Reckoning> {
    const [agencies, routing] = await Promise.all([readAgencies(db), readRouting(db.pool)]);
    const client = await db.pool.connect();
    // Lost between two statements, while a book is being read: the next statement rejects, the process goes on.
    client.on('error', () => undefined);
    try {
      // Temporary tables of this connection, so no transaction stays open while books are read.
      await client.query(`set work_mem = '64MB'; set temp_buffers = '32MB'; set jit = off; ${sql.TABLES}`);
      const { rows } = await client.query<{ now: Date }>(`select date_trunc('milliseconds', clock_timestamp()) as now`);
      return new Reckoning(client, agencies, routing, rows[0]!.now);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Ends the connection and with it all that was loaded. */
  end(): void {
    this.client.release(true);
  }

  /** This agency has a book, even if nothing stands in it. */
  async hasBook(agency: string): Promise<void> {
    await this.client.query(`insert into books values ($1) on conflict do nothing`, [agency]);
  }

  async addBookLines(agency: string, lines: readonly BookLine[]): Promise<void> {
    await this.client.query(sql.ADD_BOOK_LINES, [
      agency,
      lines.map((l) => l.n),
      lines.map((l) => l.code),
      lines.map((l) => l.hash),
      lines.map((l) => l.effect),
    ]);
  }

  async addSubmitted(agency: string, lines: readonly SubmittedLine[]): Promise<void> {
    await this.client.query(sql.ADD_SUBMITTED, [
      agency,
      lines.map((l) => l.n),
      lines.map((l) => l.code),
      lines.map((l) => l.eventId),
    ]);
  }

  async count(): Promise<Reconciliation> {
    const eras = this.eras();
    const { rows: kinds } = await this.client.query<EventKind>(sql.KINDS, [eras]);
    await this.client.query(sql.MERGES);
    const { rows: since } = await this.client.query<EventKind>(sql.KINDS_SINCE_MERGES, [eras]);
    await this.entitle([...kinds, ...since], eras);
    await expectByRoute(this.client, this.routing, this.agencies, eras);
    await this.client.query('analyze book_lines; analyze submitted; analyze entitled');
    // The planner takes columns that go together for independent, expects few rows and would loop over a million.
    await this.client.query('set enable_nestloop = off');
    await this.client.query(sql.STANDING, [eras, this.cut]);
    await this.client.query(
      `create index on standing (agency, stream_id, hash); analyze standing; ${sql.HELD}; analyze held; ${sql.ITEMS}; analyze items`,
    );
    await this.client.query('reset enable_nestloop');
    for (const statement of [sql.DOUBLED, sql.ALIENS, sql.INVERSIONS, sql.UNRECORDED])
      await this.client.query(statement);
    const chains = await verifyChains(this.client);
    const byAgency = await this.tally(kinds);
    const total = noCounts();
    for (const counts of byAgency.values()) for (const name of names) total[name] += counts[name];
    const { rows: named } = await this.client.query<Omit<Discrepancy, 'line'> & { line: string | null }>(
      sql.DISCREPANCIES,
      [MOST_NAMED],
    );
    return {
      at: this.cut.toISOString(),
      ...total,
      brokenChains: chains.broken,
      byAgency: Object.fromEntries([...byAgency].sort(([a], [b]) => (a < b ? -1 : 1))),
      discrepancies: [
        ...chains.first.map(({ code, sequence }): Discrepancy => ({
          type: 'broken-chain',
          agency: null,
          code,
          sequence,
          line: null,
        })),
        ...named.map((d) => ({ ...d, line: d.line === null ? null : Number(d.line) })),
      ].slice(0, MOST_NAMED),
    };
  }

  private eras(): string[] {
    return [...new Set(this.agencies.flatMap((agency) => agency.versions.map((version) => version.validFrom)))].sort();
  }

  /** Recipients decided anew, by the same rule as the plan and without looking at what the plan did. */
  private async entitle(kinds: readonly EventKind[], eras: readonly string[]): Promise<void> {
    const receiversOf = eras.map((day) =>
      this.agencies.flatMap((agency): Receiver[] => {
        const version = versionOn(agency, day);
        return version ? [{ agency: agency.id, receives: version.receives }] : [];
      }),
    );
    const rows = kinds.flatMap((kind) =>
      recipients({ ...kind, type: shortType(kind.type) }, receiversOf[kind.era - 1] ?? []).map((agency) => ({
        ...kind,
        agency,
      })),
    );
    const columns = ['procedure', 'enteredBy', 'era', 'type', 'sender', 'agency'] as const;
    await this.client.query(
      sql.ENTITLE,
      columns.map((column) => rows.map((row) => row[column])),
    );
  }

  private async tally(kinds: readonly EventKind[]): Promise<Map<string, Counts>> {
    const byAgency = new Map(this.agencies.map(({ id }) => [id, noCounts()]));
    const of = (agency: string): Counts => {
      const counts = byAgency.get(agency) ?? noCounts();
      byAgency.set(agency, counts);
      return counts;
    };
    for (const kind of kinds) if (kind.sender !== hubSender) of(kind.sender).entered += kind.events;
    for (const statement of [sql.COUNT_STANDING, sql.COUNT_ITEMS, sql.COUNT_REPEATED, sql.COUNT_RETRIED]) {
      const { rows } = await this.client.query<{ agency: string } & Partial<Counts>>(statement);
      for (const { agency, ...found } of rows) for (const name of names) of(agency)[name] += found[name] ?? 0;
    }
    const { rows } = await this.client.query<{ what: keyof Counts | 'unrecorded'; agency: string; n: number }>(
      sql.COUNT_FOUND,
    );
    for (const { what, agency, n } of rows) {
      if (what !== 'unrecorded') of(agency)[what] += n;
      else {
        of(agency).entered += n;
        of(agency).lost += n;
      }
    }
    return byAgency;
  }
}

export interface UnderWay {
  /** Events that aren't on Kafka yet. */
  unpublished: number;
  /** Streams with events that nobody has planned yet. */
  unplanned: number;
  /** Lanes that wait their turn or a timer, or are sending; not those that wait for what was merged into their case. */
  waiting: number;
  /** Lanes that wait for a person. */
  parked: number;
}

/** What is still moving. All but `parked` at 0: at rest, until somebody reports something. */
export async function underWay(db: Database): Promise<UnderWay> {
  const { rows } = await db.query<UnderWay>(
    'reconcile.under-way',
    `select (select count(*) from outbox)::int as unpublished,
       (select count(*) from plan_cursor p join streams s on s.id = p.stream_id where p.planned < s.last)::int as unplanned,
       ((select count(*) from lanes where wait = 'turn' and not held) + (select count(*) from lanes where wait = 'timer')
         + (select count(*) from lanes where worker is not null))::int as waiting,
       (select count(*) from lanes where wait = 'person')::int as parked`,
  );
  return rows[0]!;
}
