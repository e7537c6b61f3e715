import type { Form } from '#domain';
import { Database } from '../database.js';
import { enter } from '../enter.js';
import type { EntryItem } from '../entry.js';
import { claimLanes, type ClaimAsk, type Claims } from '../lanes/claim.js';
import type { ClaimedLane } from '../lanes/claimed-lane.js';
import type { Committed, Outcome, OutcomeKind } from '../lanes/outcome.js';
import { commitOutcomes } from '../lanes/settle.js';
import type { Direct, Planned } from '../plan-decision.js';
import { plan } from '../plan.js';
import { enlist } from '../workers.js';
import { freshDatabase, type FreshDatabase } from './fresh-database.js';
import { outcomeFor } from './outcome-for.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
export const TYPES: Record<Form, EntryItem['type']> = {
  full: 'vn.lienthong.case.supplemented.v1',
  delta: 'vn.lienthong.case.status-changed.v1',
  barrier: 'vn.lienthong.case.withdrawn.v1',
  result: 'vn.lienthong.case.result-issued.v1',
  revocation: 'vn.lienthong.case.result-revoked.v1',
};

export interface LaneRow {
  done: number;
  last: number;
  sending: number | null;
  claim: number;
  worker: string | null;
  doubt_at: number | null;
  asked: boolean;
  revoke_at: number | null;
  probing: boolean;
  wait: 'turn' | 'timer' | 'person' | null;
  wake_at: Date | null;
  out_until: Date | null;
  held: boolean;
  known_as: string | null;
}

/** A ledger of one agency, `a`, whose lanes a spec moves by hand: it plans, claims and settles as the engine would. */
export class LaneWorld {
  worker = '';
  private cases = 0;

  private constructor(
    readonly db: Database,
    private readonly fresh: FreshDatabase,
  ) {}

  get url(): string {
    return this.fresh.url;
  }

  static async begin(): Promise<LaneWorld> {
    const fresh = await freshDatabase();
    return new LaneWorld(new Database(fresh.url, 'spec', quiet), fresh);
  }

  async clear(): Promise<void> {
    await this.db.pool.query(`truncate lanes, deliveries, breakers, workers, agencies cascade`);
    await this.db.pool.query(`insert into agencies (id, name) values ('a', '{}')`);
    this.worker = await enlist(this.db, 'spec');
  }

  async end(): Promise<void> {
    await this.db.close();
    await this.fresh.drop();
  }

  /** A case of these events, planned together; the first opens it. `due`: from now, in seconds. */
  async caseOf(forms: readonly Form[], due = 3_600, direct?: Direct['places']): Promise<string> {
    const stream = await this.entered(forms, due);
    await this.plan(stream, direct);
    return stream;
  }

  /** As `caseOf`, not planned. */
  async entered(forms: readonly Form[], due = 3_600): Promise<string> {
    const code = `W-${++this.cases}`;
    const [answer] = await enter(
      this.db,
      [
        {
          sender: 'm',
          key: code,
          type: forms[0] === 'full' ? 'vn.lienthong.case.received.v1' : TYPES[forms[0]!],
          caseCode: code,
          data: { code },
          opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: new Date(Date.now() + due * 1_000).toISOString() },
          status: 2,
        },
      ],
      () => true,
    );
    const { stream } = answer as { stream: string };
    await this.enters(stream, ...forms.slice(1));
    return stream;
  }

  /** More events of a case. */
  async enters(stream: string, ...forms: Form[]): Promise<void> {
    const { rows } = await this.db.pool.query<{ code: string; last: number }>(
      `select a.code, s.last from aliases a join streams s on s.id = coalesce(a.moved_from, a.stream_id) where s.id = $1`,
      [stream],
    );
    const { code, last } = rows[0]!;
    const items = forms.map((form, i): EntryItem => ({
      sender: 'm',
      key: `${code}/${last + i + 1}`,
      type: TYPES[form],
      caseCode: code,
      data: { n: last + i + 1 },
    }));
    if (items.length > 0) await enter(this.db, items, () => true);
  }

  plan(stream: string, places?: Direct['places'], worker = this.worker): Promise<Planned> {
    const recipient = { agency: 'a', fullStates: ['case.received', 'case.supplemented'] };
    return plan(this.db, [stream], () => ({ recipients: [recipient], collectFrom: [] }), places && { worker, places });
  }

  /** Enters these and plans them. */
  async grows(stream: string, ...forms: Form[]): Promise<void> {
    await this.enters(stream, ...forms);
    await this.plan(stream);
  }

  claims(more: Partial<ClaimAsk> = {}): Promise<Claims> {
    return claimLanes(this.db, {
      worker: this.worker,
      agency: 'a',
      limit: 10,
      late: 0,
      outSeconds: 60,
      canAsk: false,
      ...more,
    });
  }

  /** The one lane that a claim gets; undefined: none. */
  async claim(more: Partial<ClaimAsk> = {}): Promise<ClaimedLane | undefined> {
    const { claimed } = await this.claims(more);
    if (claimed.length > 1) throw new Error('one lane was meant');
    return claimed[0];
  }

  /** Throws where it was fenced. */
  async settle(lane: ClaimedLane, kind: OutcomeKind, more: Partial<Outcome> = {}): Promise<Committed> {
    const [committed] = await this.settles(lane, kind, more);
    if (!committed) throw new Error(`fenced: ${kind} of ${lane.sequence}`);
    return committed;
  }

  settles(lane: ClaimedLane, kind: OutcomeKind, more: Partial<Outcome> = {}, by = this.worker): Promise<Committed[]> {
    return commitOutcomes(this.db, by, [outcomeFor(lane, kind, { attempts: [attempt(kind)], ...more })]);
  }

  /** Refused as data, as a partner would. */
  refuse(lane: ClaimedLane, more: Partial<Outcome> = {}): Promise<Committed> {
    return this.settle(lane, 'parked', { owner: 'data', reason: 'thiếu', fingerprint: 'f', ...more });
  }

  async lane(stream: string): Promise<LaneRow> {
    const { rows } = await this.db.pool.query<LaneRow>(`select * from lanes where stream_id = $1`, [stream]);
    return rows[0]!;
  }

  /** Each delivery's state and, where it has one, its taint: 'open', 'parked', 'open 2'. */
  async states(stream: string): Promise<string[]> {
    const { rows } = await this.db.pool.query<{ state: string; taint: number }>(
      `select state, taint from deliveries where stream_id = $1 order by sequence`,
      [stream],
    );
    return rows.map(({ state, taint }) => (taint === 0 ? state : `${state} ${taint}`));
  }

  /** As if so many seconds had passed for this lane. */
  async passes(stream: string, seconds: number): Promise<void> {
    await this.db.pool.query(
      `update lanes set wake_at = wake_at - make_interval(secs => $2), out_until = out_until - make_interval(secs => $2)
       where stream_id = $1`,
      [stream, seconds],
    );
  }

  /** As if so many seconds had passed for the agency and its breaker. */
  async standsFor(seconds: number): Promise<void> {
    await this.db.pool.query(`update agencies set stood_since = stood_since - make_interval(secs => $1)`, [seconds]);
    await this.db.pool.query(`update breakers set wake_at = wake_at - make_interval(secs => $1)`, [seconds]);
  }

  /** `late` takes its snapshot before `early` commits: it waits meanwhile for its worker's row. */
  async beginsBefore<T>(late: () => Promise<T>, early: () => Promise<unknown>): Promise<T> {
    const lock = await this.db.pool.connect();
    try {
      await lock.query('begin');
      await lock.query('select 1 from workers where id = $1 for update', [this.worker]);
      const waiting = late();
      for (let waits = false; !waits;) {
        const { rows } = await this.db.pool.query<{ waits: boolean }>(
          `select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits`,
        );
        waits = rows[0]!.waits;
      }
      await early();
      await lock.query('commit');
      return await waiting;
    } finally {
      lock.release();
    }
  }

  /** A worker whose lease has ended, not yet reaped. */
  async dies(worker = this.worker): Promise<void> {
    await this.db.pool.query(`update workers set lease_until = now() - interval '1 second' where id = $1`, [worker]);
  }
}

const attempt = (outcome: string): Outcome['attempts'][number] => ({
  operation: 'op',
  itemHash: null,
  startedAt: Date.now(),
  endedAt: Date.now(),
  outcome,
  inDoubt: false,
  reply: null,
});
