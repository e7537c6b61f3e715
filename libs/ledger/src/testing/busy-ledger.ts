import pg from 'pg';
import { Database, isUnavailable } from '../database.js';
import { enter } from '../enter.js';
import { claimLanes } from '../lanes/claim.js';
import type { ClaimedLane } from '../lanes/claimed-lane.js';
import type { OutcomeKind } from '../lanes/outcome.js';
import { retryParked } from '../lanes/retry-parked.js';
import { commitOutcomes } from '../lanes/settle.js';
import { closeDelivery } from '../operations/change-one.js';
import { orderOperation } from '../operations/operation.js';
import { reenter } from '../operations/replay.js';
import { settleDoubt } from '../operations/settle-doubt.js';
import { plan } from '../plan.js';
import { enlist } from '../workers.js';
import { freshDatabase, type FreshDatabase } from './fresh-database.js';
import { TYPES } from './lane-world.js';
import { outcomeFor } from './outcome-for.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const AGENCIES = ['a', 'b', 'c'];
const FORMS = ['full', 'full', 'delta', 'full', 'barrier', 'result', 'revocation'] as const;
const KINDS: readonly OutcomeKind[] = ['acknowledged', 'acknowledged', 'acknowledged', 'acknowledged', 'parked', 'doubt', 'turn']; // prettier-ignore

/** Whole numbers below n, the same for the same seed; what runs at the same time mixes them anew each run. */
export type Dice = (n: number) => number;
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** A ledger on which everything happens at once: cases are entered, planned, sent, parked, closed, settled and replayed. */
export class BusyLedger {
  private readonly streams: string[] = [];
  private worker = '';
  private cases = 0;

  private constructor(
    readonly db: Database,
    readonly observer: Database,
    private readonly fresh: FreshDatabase,
    private readonly dice: Dice,
  ) {}

  static async begin(seed: number): Promise<BusyLedger> {
    const fresh = await freshDatabase();
    const world = new BusyLedger(
      new Database(fresh.url, 'busy', quiet, 8),
      new Database(fresh.url, 'observer', quiet, 2),
      fresh,
      dice(seed),
    );
    const { pool } = world.observer;
    for (const id of AGENCIES) await pool.query(`insert into agencies (id, name) values ($1, '{}')`, [id]);
    world.worker = await enlist(world.observer, 'busy');
    await pool.query(`update workers set lease_until = 'infinity'`);
    return world;
  }

  async end(): Promise<void> {
    await this.db.close();
    await this.observer.close();
    await this.fresh.drop();
  }

  /** One thing that may happen; false: its connection was killed, and nobody knows whether it has happened. */
  async act(): Promise<boolean> {
    const kind = this.dice(9);
    if (kind < 2) return survived(this.enters());
    if (kind < 4) return survived(this.plans());
    if (kind < 7) return survived(this.delivers());
    return survived(kind === 7 ? this.operates() : this.reopens());
  }

  /** A connection of these applications ends in the middle of what it does, or between two statements. */
  async kills(applications: readonly string[]): Promise<boolean> {
    const { rows } = await this.observer.pool.query<{ struck: boolean }>(
      `select pg_terminate_backend(pid) as struck from pg_stat_activity
       where datname = current_database() and application_name = any($1) and state <> 'idle' order by md5(pid::text || $2) limit 1`,
      [applications, String(this.dice(1e9))],
    );
    return rows[0]?.struck ?? false;
  }

  private one<T>(list: readonly T[]): T | undefined {
    return list[this.dice(list.length)];
  }

  private async enters(): Promise<void> {
    const n = ++this.cases;
    const answers = await enter(
      this.db,
      [0, 1, 2].slice(0, 1 + this.dice(3)).map((i) => ({
        sender: 'm',
        key: `${n}/${i}`,
        type: 'vn.lienthong.case.received.v1',
        caseCode: `B-${n}-${i}`,
        data: { n, i },
        opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null },
        status: 2,
      })),
      () => true,
    );
    for (const answer of answers) if (answer.outcome === 'accepted') this.streams.push(answer.stream);
    const of = 1 + this.dice(n);
    const grown = [0, 1].map((i) => {
      const form = this.one(FORMS)!;
      return { sender: 'm', key: `${n}/g/${i}`, type: TYPES[form], caseCode: `B-${of}-0`, data: { n, form, i } };
    });
    await enter(this.db, grown, () => true);
  }

  private async plans(): Promise<void> {
    const some = [...new Set([1, 2, 3, 4].flatMap(() => this.one(this.streams) ?? []))];
    const fullStates = ['case.received', 'case.supplemented'];
    await plan(this.db, some, ({ streamId }) => ({
      recipients: AGENCIES.slice(0, 1 + (Number(streamId) % 3)).map((agency) => ({ agency, fullStates })),
      collectFrom: [],
    }));
  }

  private async delivers(): Promise<void> {
    const ask = {
      worker: this.worker,
      agency: this.one(AGENCIES)!,
      late: 0,
      outSeconds: 0,
      canAsk: this.dice(2) === 0,
    };
    const { claimed } = await claimLanes(this.db, { ...ask, limit: 1 + this.dice(8) });
    const goOn = this.dice(2) === 0 ? null : { outSeconds: 0, withCase: false };
    const settled = await commitOutcomes(this.db, this.worker, claimed.map((lane) => this.outcome(lane, goOn))); // prettier-ignore
    const next = settled.flatMap(({ next }) => next ?? []);
    if (next.length > 0) await commitOutcomes(this.db, this.worker, next.map((lane) => this.outcome(lane, null))); // prettier-ignore
  }

  private outcome(
    lane: ClaimedLane,
    goOn: { outSeconds: number; withCase: boolean } | null,
  ): ReturnType<typeof outcomeFor> {
    const kind = this.one(KINDS)!;
    const attempt = {
      operation: 'op',
      itemHash: null,
      startedAt: Date.now(),
      endedAt: Date.now(),
      outcome: kind,
      inDoubt: kind === 'doubt',
      reply: null,
    };
    return outcomeFor(lane, kind, {
      goOn: kind === 'acknowledged' ? goOn : null,
      attempts: [attempt],
      ...(kind === 'parked' ? { owner: 'data', fingerprint: 'f' } : {}),
    });
  }

  private async operates(): Promise<void> {
    const { rows } = await this.db.pool.query<{ agency: string; stream: string; doubt: boolean }>(
      `select agency_id as agency, stream_id as stream, doubt from lanes where (doubt or wait = 'person') and worker is null limit 8`,
    );
    const lane = this.one(rows);
    if (!lane) return;
    const named = { agency: lane.agency, stream: lane.stream, author: 'busy', reason: 'x' };
    if (lane.doubt) await settleDoubt(this.db, named, this.one(['held', 'not-held', 'closed-in-doubt'] as const)!);
    else if (this.dice(2) === 0) await closeDelivery(this.db, { ...named, sequence: null }, null);
    else await retryParked(this.db, lane.agency, this.dice(2) === 0 ? lane.stream : null);
  }

  /** As a replay does. */
  private async reopens(): Promise<void> {
    const { rows } = await this.db.pool.query<{ agency: string; stream: string; claim: number; sequence: number }>(
      `select l.agency_id as agency, l.stream_id as stream, l.claim, d.sequence from lanes l join deliveries d using (agency_id, stream_id)
       where l.worker is null and not l.doubt and d.state = 'acknowledged' and d.form = 'full' order by l.stream_id desc limit 20`,
    );
    const lane = this.one(rows);
    if (!lane) return;
    const { agency, stream, claim, sequence } = lane;
    const operation = await orderOperation(this.db, {
      kind: 'replay',
      agency,
      author: 'busy',
      selection: { from: 'x' },
    });
    await this.db.transaction((client) =>
      reenter(client, operation, { streamId: stream, claim }, [{ sequence, as: 'new-revision' }]),
    );
  }
}

/** False: its connection was killed. */
export async function survived(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (isUnavailable(error) || (error instanceof pg.DatabaseError && error.code === '57P01')) return false;
    throw error;
  }
}
