import {
  claimLanes,
  closeBreaker,
  commitOutcomes,
  Database,
  enlist,
  enter,
  freeStrays,
  openBreaker,
  pauseAgency,
  plan,
  reapDead,
  reapPredecessors,
  renewLease,
  resumeAgency,
  retire,
  retryParked,
  sweepTimers,
  takeProbe,
  wakeLanes,
  type ClaimedLane,
  type Outcome,
} from '#ledger';
import {
  FULL_STATES,
  SWEPT_AFTER_MS,
  TYPES,
  type Answer,
  type Call,
  type End,
  type Held,
  type Snapshot,
  type Terms,
} from './lane-store.js';
import { readSnapshot, type Numbers } from './read-snapshot.js';

const AGENCY = 'a';
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
/** Where the world's clock begins. */
const EPOCH = Date.UTC(2030, 0, 1);

/**
 * The ledger's clock is the world's: `now()` of this database is a function of ours, found before PostgreSQL's own. The
 * statements stay as they are.
 */
const VIRTUAL_CLOCK = `
create table virtual_clock (at timestamptz not null);
insert into virtual_clock values ('2030-01-01Z');
create function now() returns timestamptz language sql stable as $$ select at from public.virtual_clock $$;`;

/** The same calls on libs/ledger's functions and a real PostgreSQL, each worker on connections of its own. */
export class PostgresStore {
  private readonly databases: Database[];
  private readonly numbers: Numbers = { streams: new Map(), workers: new Map() };
  private readonly ids = { streams: new Map<number, string>(), workers: new Map<number, string>() };
  /** As the ledger gave them, by stream and claim: an outcome speaks of its lane. */
  private readonly claimed = new Map<string, ClaimedLane>();
  private entered = 0;
  private world = 0;
  private terms: Terms = { timeoutMs: 0, settleMs: 0, canAsk: false };

  private constructor(databases: Database[]) {
    this.databases = databases;
  }

  static async open(url: string): Promise<PostgresStore> {
    const first = new Database(url, 'simulation', quiet);
    await first.pool.query(VIRTUAL_CLOCK);
    const name = new URL(url).pathname.slice(1);
    await first.pool.query(`alter database ${name} set search_path = public, pg_catalog`);
    await first.pool.query(`alter database ${name} set synchronous_commit = off`);
    await first.close();
    return new PostgresStore([1, 2, 3].map((i) => new Database(url, `simulation-${i}`, quiet, 3)));
  }

  async close(): Promise<void> {
    await Promise.all(this.databases.map((db) => db.close()));
  }

  /** Another world: its cases have names of their own. */
  async begin(terms: Terms): Promise<void> {
    this.world++;
    this.claimed.clear();
    this.terms = terms;
    const { numbers, ids } = this;
    for (const map of [numbers.streams, numbers.workers, ids.streams, ids.workers] as Map<unknown, unknown>[])
      map.clear();
    await this.db(0).pool
      .query(`delete from lanes; delete from deliveries; delete from workers; delete from breakers; delete from agencies;
      insert into agencies (id, name) values ('${AGENCY}', '{}')`);
  }

  async setClock(ms: number): Promise<void> {
    await this.db(0).pool.query({
      name: 'clock',
      text: `update virtual_clock set at = timestamptz '2030-01-01Z' + $1 * interval '1 millisecond'`,
      values: [ms],
    });
  }

  async snapshot(): Promise<Snapshot> {
    return readSnapshot(this.db(0), AGENCY, this.numbers, EPOCH);
  }

  async apply(call: Call): Promise<Answer> {
    const db = this.db('worker' in call ? call.worker : 0);
    const worker = 'worker' in call ? (this.ids.workers.get(call.worker) ?? '0') : '0';
    switch (call.do) {
      case 'enlist': {
        const id = await enlist(db, call.instance);
        this.ids.workers.set(call.worker, id);
        this.numbers.workers.set(id, call.worker);
        return true;
      }
      case 'renew':
        return (await renewLease(db, worker)) !== undefined;
      case 'reap-dead':
        return this.streamsOf((await reapDead(db, worker)).map((r) => r.stream_id));
      case 'reap-predecessors':
        return this.streamsOf((await reapPredecessors(db, call.instance, worker)).map((r) => r.stream_id));
      case 'retire':
        await retire(db, worker);
        return true;
      case 'enter':
        return this.enter(db, call);
      case 'plan':
        return this.plan(call);
      case 'claim': {
        const { limit, probe } = call;
        const { canAsk } = this.terms;
        const ask = { worker, agency: AGENCY, limit, late: 0, outSeconds: this.outSeconds(), canAsk, withCase: false };
        const { claimed, looked } = await claimLanes(db, probe ? { ...ask, probe } : ask);
        return { looked, claimed: this.held(claimed) };
      }
      case 'settle': {
        const written = await commitOutcomes(
          db,
          worker,
          call.ends.map((end) => this.outcomeOf(end)),
        );
        return written.map(({ streamId, sequence, wait, wakeInMs, next }) => ({
          stream: this.numbers.streams.get(streamId)!,
          sequence,
          wait,
          wakeInMs: wakeInMs === null ? null : Math.round(wakeInMs),
          next: next === null ? null : this.held([next])[0]!,
        }));
      }
      case 'wake': {
        const woken = await wakeLanes(db, [{ agency: AGENCY, stream: this.ids.streams.get(call.stream) ?? '0' }]);
        return woken.map(() => call.stream);
      }
      case 'sweep':
        return (await sweepTimers(db, SWEPT_AFTER_MS / 1_000, 1_000)).map(() => 0);
      case 'free-strays': {
        const known = call.known.map((stream) => this.ids.streams.get(stream)!);
        return this.streamsOf((await freeStrays(db, worker, AGENCY, known)).map((f) => f.streamId));
      }
      case 'open-breaker':
        return openBreaker(db, AGENCY, 'gone', call.waitMs);
      case 'take-probe':
        return (await takeProbe(db, worker, AGENCY)) ?? false;
      case 'close-breaker':
        await closeBreaker(db, worker, AGENCY);
        return true;
      case 'pause':
        return pauseAgency(db, AGENCY, 'a person said so', null);
      case 'resume':
        return resumeAgency(db, AGENCY);
      case 'retry':
        return (await retryParked(db, AGENCY, this.ids.streams.get(call.stream)!)) > 0;
      case 'close':
      case 'edit':
      case 'record':
        throw new Error(`the ledger has no function to ${call.do}`);
    }
  }

  private async enter(db: Database, { stream, letters, opens }: Extract<Call, { do: 'enter' }>): Promise<boolean> {
    const caseCode = `W${this.world}-${stream}`;
    // Lanes are claimed by their deadline: here, by the number of their stream.
    const dueAt = new Date(Date.UTC(2100, 0, stream)).toISOString();
    const items = [...letters].map((letter, i) => ({
      sender: 's',
      key: `${caseCode}/${++this.entered}`,
      type: `vn.lienthong.${TYPES[letter]!}.v1` as 'vn.lienthong.case.received.v1',
      caseCode,
      data: { n: this.entered },
      status: 2 as const,
      ...(opens && i === 0 ? { opens: { procedure: 'p', openedOn: '2021-01-01', dueAt } } : {}),
    }));
    const [first] = await enter(db, items, () => true);
    if (first?.outcome !== 'accepted') throw new Error(`not entered: ${JSON.stringify(first)}`);
    this.ids.streams.set(stream, first.stream);
    this.numbers.streams.set(first.stream, stream);
    return true;
  }

  private async plan({ streams, direct }: Extract<Call, { do: 'plan' }>): Promise<Held[]> {
    const ids = streams.map((stream) => this.ids.streams.get(stream)!);
    const recipients = [{ agency: AGENCY, fullStates: FULL_STATES }];
    const places = new Map([[AGENCY, { lanes: direct?.lanes ?? 0, outSeconds: this.outSeconds(), withCase: false }]]);
    const { claimed } = await plan(
      this.db(direct?.worker ?? 0),
      ids,
      () => ({ recipients, collectFrom: [] }),
      direct ? { worker: this.ids.workers.get(direct.worker)!, places } : undefined,
    );
    return this.held(claimed);
  }

  private held(claimed: readonly ClaimedLane[]): Held[] {
    const all = claimed.map((lane): Held => {
      this.claimed.set(`${this.numbers.streams.get(lane.streamId)!}/${lane.claim}`, lane);
      const { sequence, claim, purpose, inDoubt, reaped, covers, probing, probes, revision, attempts, asUpdate } = lane;
      const { firstAttemptAt, stoodAtFirstMs, stoodMs, now } = lane;
      return {
        stream: this.numbers.streams.get(lane.streamId)!,
        ...{ sequence, claim, purpose, covers, inDoubt, reaped, probing, probes, revision, attempts },
        firstAt: firstAttemptAt === null ? null : Math.round(firstAttemptAt - EPOCH),
        stoodAtFirst: stoodAtFirstMs,
        stood: Math.round(stoodMs),
        now: Math.round(now - EPOCH),
        asUpdate,
      };
    });
    return all.sort((a, b) => a.stream - b.stream);
  }

  private outcomeOf({ held, probe, goOn, owner, tries, kind, inDoubt, ...end }: End): Outcome {
    const at = EPOCH + held.now;
    const attempt = {
      operation: 'op',
      itemHash: null,
      startedAt: at,
      endedAt: at,
      outcome: kind,
      inDoubt,
      reply: null,
    };
    const { stream, claim, attempts } = held;
    const asHeld = { inDoubt: held.inDoubt, attempts, stoodMs: held.stood };
    return {
      // One that the ledger never gave is fenced, whatever it says.
      lane: { ...this.claimed.get(`${stream}/${claim}`), ...asHeld } as ClaimedLane,
      operationId: null,
      agencyId: AGENCY,
      streamId: this.ids.streams.get(held.stream)!,
      sequence: held.sequence,
      claim: held.claim,
      revision: held.revision,
      covers: held.covers,
      ...{ kind, inDoubt, probe, owner, waitMs: end.waitMs, expired: end.expired, stands: end.stands },
      goOn: goOn ? { outSeconds: this.outSeconds(), withCase: false } : null,
      operation: 'op',
      asUpdate: end.asUpdate,
      itemHash: null,
      body: null,
      contractVersion: tries > 0 ? '2018-01-01' : null,
      reason: null,
      fingerprint: kind === 'parked' ? 'f' : null,
      attempts: Array.from({ length: tries }, () => attempt),
    };
  }

  private outSeconds(): number {
    return (this.terms.timeoutMs + this.terms.settleMs) / 1_000;
  }

  private streamsOf(ids: readonly string[]): number[] {
    return ids.map((id) => this.numbers.streams.get(id)!).sort((a, b) => a - b);
  }

  private db(worker: number): Database {
    return this.databases[worker % this.databases.length]!;
  }
}
