import { durationMs } from '#domain';
import {
  claimLanes,
  freeStrays,
  today,
  type ClaimedLane,
  type Committed,
  type ContractBook,
  type Database,
} from '#ledger';
import type { Log } from '#service';
import { Counter, Histogram } from 'prom-client';
import type { Worker } from '../worker.js';
import { attemptDelivery, type Partner, type Tools } from './attempt-delivery.js';
import type { OutcomeWriter } from './outcome-writer.js';

const attempted = new Counter({
  name: 'lienthong_delivery_outcomes_total',
  help: 'Claims by how they ended.',
  labelNames: ['agency', 'outcome'],
});
const lasted = new Histogram({
  name: 'lienthong_delivery_attempt_seconds',
  help: 'From claim to the partner’s answer.',
  labelNames: ['agency'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
});

const AFTER_FAILURE_MS = 500;

export interface DeskOffice {
  db: Database;
  book: ContractBook;
  worker: Worker;
  writer: OutcomeWriter;
  tools: Tools;
  log: Log;
  /** The connector and contract by which this agency is reached; undefined where it has none today. */
  partner(agency: string, version: string): Partner | undefined;
  /** A lane went on a timer: somebody may wake it earlier than the sweeper. */
  onTimer(lane: ClaimedLane, committed: Committed): void;
}

/**
 * One agency's deliveries in this process: as many claims under way as its slots allow, each lane at most once. A desk
 * knows nothing of other agencies, so a partner that hangs takes no slot but its own.
 */
export class AgencyDesk {
  private readonly underWay = new Map<string, Promise<void>>();
  private claiming: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(
    private readonly agency: string,
    private readonly office: DeskOffice,
  ) {}

  /** There may be work: claims as much as fits. Coalesced; never throws. */
  kick(): void {
    if (this.stopped) return;
    this.again = true;
    this.claiming ??= this.claim().finally(() => {
      this.claiming = undefined;
      if (this.again && this.free() > 0) this.kick();
    });
  }

  /** Lanes held by a claim whose answer was lost on the way. */
  async freeStrays(): Promise<void> {
    if (this.claiming || this.stopped) return;
    const guard = freeStrays(this.office.db, this.office.worker.id, this.agency, [...this.underWay.keys()]).then(
      (freed) => {
        if (freed > 0)
          this.office.log.warn({ agency: this.agency, lanes: freed }, 'gave back lanes whose claim never arrived');
      },
    );
    this.claiming = guard.catch(() => undefined).finally(() => (this.claiming = undefined));
    await this.claiming;
    if (this.again) this.kick();
  }

  /** No new claims; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.claiming;
    await Promise.all(this.underWay.values());
  }

  busy(): number {
    return this.underWay.size;
  }

  /** Undefined: no contract today, or paused (its lanes keep their turn). */
  private contractToday(): { inFlight: number; outSeconds: number; version: string } | undefined {
    const contract = this.office.book.version(this.agency, today());
    if (!contract || this.office.book.isPaused(this.agency)) return undefined;
    const { timeout, settle, inFlight } = contract.limits;
    return {
      inFlight,
      outSeconds: (durationMs(timeout) + durationMs(settle ?? '0ms')) / 1_000,
      version: contract.validFrom,
    };
  }

  private free(): number {
    return (this.contractToday()?.inFlight ?? 0) - this.underWay.size;
  }

  private async claim(): Promise<void> {
    while (this.again && !this.stopped) {
      // A batch of outcomes frees its slots one after the other in this turn of the loop: one claim for all of them.
      await new Promise((resolve) => setImmediate(resolve));
      this.again = false;
      const contract = this.contractToday();
      const slots = this.free();
      if (!contract || slots <= 0 || !this.office.worker.isAlive()) return;
      const startedAt = performance.now();
      try {
        const { db, worker } = this.office;
        const lanes = await claimLanes(db, {
          worker: worker.id,
          agency: this.agency,
          limit: slots,
          outSeconds: contract.outSeconds,
        });
        for (const lane of lanes) this.begin(lane, contract.version, startedAt);
        if (lanes.length === slots) this.again = true;
      } catch (error) {
        this.office.log.warn(
          { agency: this.agency, code: (error as { code?: string }).code ?? String(error) },
          'nothing claimed',
        );
        await new Promise((resolve) => setTimeout(resolve, AFTER_FAILURE_MS));
        this.again = true;
      }
    }
  }

  private begin(lane: ClaimedLane, version: string, startedAt: number): void {
    const work: Promise<void> = this.deliver(lane, version, startedAt)
      .catch((error: unknown) =>
        this.office.log.error({ agency: this.agency, error: nameOf(error) }, 'a delivery was dropped'),
      )
      .finally(() => {
        // A fenced predecessor ends late: the entry may be a newer claim's by then.
        if (this.underWay.get(lane.streamId) === work) this.underWay.delete(lane.streamId);
        this.kick();
      });
    this.underWay.set(lane.streamId, work);
  }

  private async deliver(lane: ClaimedLane, version: string, startedAt: number): Promise<void> {
    const { office } = this;
    const outcome = await this.attempt(lane, version, startedAt);
    lasted.observe({ agency: this.agency }, (performance.now() - startedAt) / 1_000);
    const committed = await office.writer.commit(outcome);
    attempted.inc({ agency: this.agency, outcome: committed ? outcome.kind : 'fenced' });
    if (committed?.wait === 'timer') office.onTimer(lane, committed);
  }

  private async attempt(lane: ClaimedLane, version: string, startedAt: number) {
    let partner: Partner | undefined;
    try {
      partner = this.office.partner(this.agency, lane.contractVersion ?? version);
    } catch (error) {
      return parkedForUs(lane, version, `its connector can't be made: ${nameOf(error)}`);
    }
    if (!partner) return parkedForUs(lane, version, 'no contract version reaches this agency');
    try {
      return await attemptDelivery(lane, partner, this.office.tools, startedAt);
    } catch (error) {
      // A bug or a missing secret or file: ours to repair, and it may have happened after a request left.
      this.office.log.error(
        { agency: this.agency, stream: lane.streamId, error: nameOf(error) },
        'delivery failed on our side',
      );
      return { ...parkedForUs(lane, version, `our side failed: ${nameOf(error)}`), inDoubt: true };
    }
  }
}

/** Class and code only: a message may quote data. */
const nameOf = (error: unknown): string => {
  const { name, code } = error as { name?: string; code?: string };
  return [name ?? 'error', code].filter(Boolean).join(' ');
};

const parkedForUs = (lane: ClaimedLane, contractVersion: string, reason: string) => ({
  agencyId: lane.agencyId,
  streamId: lane.streamId,
  sequence: lane.sequence,
  claim: lane.claim,
  revision: lane.revision,
  kind: 'parked' as const,
  waitMs: 0,
  inDoubt: lane.inDoubt,
  operation: null,
  asUpdate: lane.asUpdate,
  itemHash: null,
  contractVersion,
  owner: 'ours',
  reason,
  fingerprint: null,
  attempts: [],
});
