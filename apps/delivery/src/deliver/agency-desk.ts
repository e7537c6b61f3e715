import {
  claimLanes,
  freeStrays,
  today,
  type ClaimedLane,
  type Committed,
  type ContractBook,
  type Database,
  type Direct,
} from '#ledger';
import type { Log } from '#service';
import { Counter, Histogram } from 'prom-client';
import type { Worker } from '../worker.js';
import { AgencyBreaker } from './agency-breaker.js';
import { AgencyThrottle } from './agency-throttle.js';
import { endedUnsent, type Ended, type Partner, type Tools } from './attempt-delivery.js';
import type { ContractTerms } from './contract-terms.js';
import { outcomeOf } from './outcome-of.js';
import type { OutcomeWriter } from './outcome-writer.js';
import { nameOf, RunClaims, type Held } from './run-claims.js';

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
const KNOWN_FOR_MS = 100;
const TOGETHER_MS = 20;
/** A lane goes on with its next delivery so often before another lane gets its place, where others wait. */
const MOST_IN_A_ROW = 8;

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

export type DirectPlaces = NonNullable<ReturnType<Direct['places']['get']>>;

/**
 * One agency's deliveries in this process: lanes are claimed, wait here for a place, leave alone or together, and end by a
 * committed outcome. A desk knows nothing of other agencies, so a partner that hangs takes no place but its own.
 */
export class AgencyDesk {
  readonly throttle: AgencyThrottle;
  readonly breaker: AgencyBreaker;
  private readonly held = new Map<string, Held>();
  private readonly queue: Held[] = [];
  private running = 0;
  private whenIdle: (() => void) | undefined;
  private requests = 0;
  /** Questions that wait for a place. */
  private asking = 0;
  private promised = 0;
  /** Places that a claim under way may fill. */
  private asked = 0;
  private claiming: Promise<void> | undefined;
  private again = false;
  private backlog = true;
  private pumpTimer: NodeJS.Timeout | undefined;
  private stopped = false;
  private strays: Promise<void> | undefined;
  private readonly freed = new Set<string>();
  private freedUnheardAt = 0;
  private known: Partner | undefined;
  private knownUntil = 0;
  private readonly lasted: ReturnType<typeof lasted.labels>;
  private readonly run: RunClaims;

  constructor(
    private readonly agency: string,
    private readonly office: DeskOffice,
  ) {
    this.lasted = lasted.labels(agency);
    const { tools, log } = office;
    this.run = new RunClaims({ agency, tools, log, partner: (version) => this.partnerFor(version) });
    this.throttle = new AgencyThrottle(() => office.worker.place());
    this.breaker = new AgencyBreaker(agency, office.db, office.log, (isOpen) => {
      if (isOpen) this.giveBack();
      else {
        this.throttle.restart();
        this.kick();
      }
    });
  }

  /** There may be work: claims as much as fits. Coalesced; never throws. */
  kick(): void {
    if (this.stopped) return;
    this.again = true;
    if (!this.isWorthClaiming()) return this.lookWhenAllowed();
    this.claiming ??= this.claim().finally(() => {
      this.claiming = undefined;
      if (this.again) this.kick();
    });
  }

  /** Places for so many lanes at most that the plan takes straight away; given back by `begin`. None while others wait their turn. */
  promise(most = Infinity): DirectPlaces | undefined {
    const partner = this.partnerToday();
    if (!partner || this.backlog || this.stopped || !this.office.worker.isAlive()) return undefined;
    const lanes = Math.min(this.room(), most);
    if (lanes <= 0) return undefined;
    this.promised += lanes;
    return { lanes, outSeconds: partner.terms.outSeconds, withCase: partner.terms.withCase };
  }

  /** Lanes that this worker holds since `startedAt` (monotonic, ms; before their claim was committed). */
  async begin(lanes: readonly ClaimedLane[], startedAt: number, promised = 0): Promise<void> {
    this.promised -= promised;
    // While strays are being freed, it isn't known yet whether this claim was taken for one.
    while (this.strays) await this.strays;
    for (const lane of lanes) {
      if (this.mayBeFreed(lane, startedAt)) continue;
      this.hold({ lane, startedAt, inARow: 0 });
    }
    this.pump();
    if (this.again) this.kick();
  }

  /** Taken for a stray, or perhaps: the answer that would say so was lost. Then it is one now, and is freed the next time. */
  private mayBeFreed(lane: ClaimedLane, startedAt: number): boolean {
    return this.freed.delete(`${lane.streamId}/${lane.claim}`) || startedAt < this.freedUnheardAt;
  }

  /** Lanes held by a claim whose answer was lost on the way. */
  async freeStrays(): Promise<void> {
    while (this.claiming) await this.claiming;
    if (this.stopped || this.strays) return;
    this.strays = freeStrays(this.office.db, this.office.worker.id, this.agency, [...this.held.keys()])
      .then((freed) => {
        for (const { streamId, claim } of freed) this.freed.add(`${streamId}/${claim}`);
        if (freed.length > 0) this.again = true;
        while (this.freed.size > 10_000) this.freed.delete(this.freed.values().next().value!);
        if (freed.length > 0)
          this.office.log.warn(
            { agency: this.agency, lanes: freed.length },
            'gave back lanes whose claim never arrived',
          );
      })
      .catch(() => void (this.freedUnheardAt = performance.now()))
      .finally(() => (this.strays = undefined));
    await this.strays;
    if (this.again) this.kick();
  }

  /** Asks, if the breaker is open and it is time, with one lane. */
  async probe(): Promise<void> {
    const partner = this.partnerToday();
    if (!this.breaker.isOpen() || !partner || this.stopped || !this.office.worker.isAlive()) return;
    const { db, worker } = this.office;
    const probe = await this.breaker.takeProbe(worker.id);
    if (!probe) return;
    const startedAt = performance.now();
    const { claimed, looked } = await claimLanes(db, { ...this.ask(partner, 1), probe });
    if (claimed.length > 0) return this.begin(claimed, startedAt);
    // Lanes that nothing could be sent of just now were set aside: look again at once.
    if (looked === 0) await this.breaker.closeWithoutProbe(worker.id);
  }

  /**
   * A question that belongs to no claim, within the same limits: it takes a place as a request would, and the next that is
   * free is its own. Undefined: nothing may be asked now (paused, breaker open, stopping).
   */
  async question<T>(ask: (partner: Partner) => Promise<T>): Promise<T | undefined> {
    this.asking++;
    const partner = await this.placeToAsk().finally(() => this.asking--);
    if (!partner) return undefined;
    try {
      return await ask(partner);
    } finally {
      this.requests--;
      this.pump();
    }
  }

  /** The place is taken on return. */
  private async placeToAsk(): Promise<Partner | undefined> {
    for (;;) {
      const partner = this.partnerToday();
      if (!partner || this.breaker.isOpen() || this.stopped || !this.office.worker.isAlive()) return undefined;
      const wait = this.throttle.waitMs(partner.terms, performance.now());
      if (wait <= 0 && this.requests < this.throttle.size(partner.terms)) {
        // Taken in the same turn as it was seen: another question waits for its turn, too.
        this.throttle.began();
        this.requests++;
        return partner;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(wait, 5), 200)));
    }
  }

  /** No new claims; what hasn't left is given back at once; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.pumpTimer);
    this.giveBack();
    await this.claiming;
    this.giveBack();
    if (this.running > 0) await new Promise<void>((resolve) => (this.whenIdle = resolve));
  }

  busy(): number {
    return this.held.size;
  }

  /** Undefined: no contract today, or paused (its lanes keep their turn). Asked several times a delivery, so kept for a moment. */
  private partnerToday(): Partner | undefined {
    const now = performance.now();
    if (now < this.knownUntil) return this.known;
    this.known = this.findPartner();
    this.knownUntil = this.known ? now + KNOWN_FOR_MS : 0;
    return this.known;
  }

  private findPartner(): Partner | undefined {
    const { office } = this;
    if (office.book.isPaused(this.agency)) return undefined;
    const version = office.book.version(this.agency, today())?.validFrom;
    if (version === undefined) return undefined;
    try {
      return office.partner(this.agency, version);
    } catch (error) {
      // An error of the agency file and of no case: its lanes keep their turn, and the reason is shown.
      this.breaker.standStill(`its connector can't be made: ${nameOf(error)}`);
      return undefined;
    }
  }

  /** Lanes that may be claimed now. */
  private room(): number {
    const partner = this.partnerToday();
    if (!partner || this.breaker.isOpen()) return 0;
    const { terms } = partner;
    const size = this.throttle.size(terms);
    const allowed = this.throttle.allowance(terms, performance.now()) * terms.itemsPerRequest;
    const most = size * terms.itemsPerRequest + this.throttle.ahead(terms);
    return Math.min(most - this.held.size - this.promised - this.asked, allowed - this.queue.length - this.asked);
  }

  /** Small claims while much is under way cost more than they bring: the next outcomes free more. */
  private isWorthClaiming(room = this.room()): boolean {
    return room > 0 && room >= this.held.size / 4 && this.office.worker.isAlive();
  }

  private ask({ terms }: Partner, limit: number) {
    return {
      worker: this.office.worker.id,
      agency: this.agency,
      limit,
      late: this.throttle.late(limit),
      outSeconds: terms.outSeconds,
      canAsk: terms.canAsk,
      withCase: terms.withCase,
    };
  }

  private async claim(): Promise<void> {
    while (this.again && !this.stopped) {
      // A batch of outcomes frees its places one after the other in this turn of the loop: one claim for all of them.
      await new Promise((resolve) => setImmediate(resolve));
      const partner = this.partnerToday();
      const room = this.room();
      // `again` stands: the next that ends looks once more.
      if (!partner || !this.isWorthClaiming(room)) return;
      this.again = false;
      const startedAt = performance.now();
      // Half the places are left to lanes that the plan takes meanwhile: where few wait, that is the shorter way.
      this.asked = this.backlog ? room : Math.ceil(room / 2);
      try {
        const { claimed, looked } = await claimLanes(this.office.db, this.ask(partner, this.asked));
        this.backlog = looked >= this.asked;
        await this.begin(claimed, startedAt);
        // Some may have been set aside for another turn.
        if (this.backlog || looked > claimed.length) this.again = true;
      } catch (error) {
        this.office.log.warn({ agency: this.agency, code: codeOf(error) }, 'nothing claimed');
        await new Promise((resolve) => setTimeout(resolve, AFTER_FAILURE_MS));
        this.again = true;
      } finally {
        this.asked = 0;
      }
    }
  }

  private hold(held: Held): void {
    this.held.set(held.lane.streamId, held);
    this.queue.push(held);
  }

  /** Lets go what has a place, and what the bucket allows. Looked at every second, too: a share may come back unannounced. */
  pump(): void {
    const partner = this.stopped ? undefined : this.partnerToday();
    if (!partner) return this.queue.length > 0 ? this.giveBack() : undefined;
    const { terms } = partner;
    // Claimed before it was known that the breaker opens.
    if (this.breaker.isOpen()) this.giveBack(({ lane }) => !lane.probing);
    // Other workers have the whole of the limit by now.
    if (this.throttle.size(terms) === 0 && this.queue[0]?.lane.probing === false) return this.giveBack();
    while (
      this.queue.length > 0 &&
      (this.requests + this.asking < this.throttle.size(terms) || this.queue[0]!.lane.probing)
    ) {
      if (this.throttle.waitMs(terms, performance.now()) > 0) return this.lookWhenAllowed();
      this.throttle.began();
      this.send(this.queue.splice(0, terms.itemsPerRequest));
    }
  }

  /** The bucket is empty: looks again once a few requests are allowed together. */
  private lookWhenAllowed(): void {
    const terms = this.partnerToday()?.terms;
    const wait = terms && !this.stopped ? this.throttle.waitMs(terms, performance.now()) : 0;
    if (wait <= 0) return;
    this.pumpTimer ??= setTimeout(
      () => {
        this.pumpTimer = undefined;
        this.pump();
        this.kick();
      },
      Math.max(wait, TOGETHER_MS),
    );
  }

  private send(some: readonly Held[]): void {
    this.requests++;
    this.running++;
    void this.deliver(some).finally(() => {
      this.ran();
      this.pump();
      if (this.backlog || this.again) this.kick();
    });
  }

  private ran(): void {
    this.running--;
    if (this.running === 0) this.whenIdle?.();
  }

  private async deliver(some: readonly Held[]): Promise<void> {
    const began = performance.now();
    let ends: readonly Ended[];
    try {
      ends = some.length === 1 ? [await this.run.one(some[0]!)] : await this.run.several(some);
    } finally {
      // The partner has answered: its place is free, whatever the ledger still has to do.
      this.requests--;
    }
    const took = performance.now() - began;
    const terms = this.known?.terms;
    // One request, one sign: a batch that isn't answered is one failure, not as many as it has items.
    const telling = ends.find(({ sign }) => sign === 'alive') ?? ends.find(({ sign }) => sign !== null);
    if (terms && telling) this.judge(telling, took, terms);
    if (this.queue.length > 0) this.pump();
    if (some.length === 1) return this.commit(some[0]!, ends[0]!, terms);
    const byLane = new Map(some.map((held) => [held.lane, held]));
    await Promise.all(ends.map((end) => this.commit(byLane.get(end.lane)!, end, terms)));
  }

  private partnerFor(version: string): Partner | string | undefined {
    if (this.office.book.isPaused(this.agency)) return undefined;
    try {
      const found = version === '' ? this.partnerToday() : this.office.partner(this.agency, version);
      return found ?? 'no contract version reaches this agency';
    } catch (error) {
      return `its connector can't be made: ${nameOf(error)}`;
    }
  }

  private judge(end: Ended, tookMs: number, terms: ContractTerms): void {
    this.throttle.answered(end.sign, tookMs, terms, performance.now());
    if (!end.lane.probing)
      this.breaker.heard(end.sign, 'reason' in end.step ? end.step.reason : '', end.retryAfter, terms);
  }

  /** Until the ledger has it; then the lane's next delivery follows, or the lane is let go. */
  private async commit(held: Held, end: Ended, terms: ContractTerms | undefined): Promise<void> {
    const { lane } = held;
    this.lasted.observe((performance.now() - held.startedAt) / 1_000);
    const goOn = terms && end.step.kind === 'acknowledged' && this.mayGoOn(held, terms) ? terms : null;
    const outcome = outcomeOf(end, { stands: this.breaker.isOpen(), goOn }, terms);
    const { committed, sentAt } = await this.office.writer.commit(outcome);
    attempted.inc({ agency: this.agency, outcome: committed ? outcome.kind : 'fenced' });
    // A fenced predecessor ends late: the entry may be a newer claim's by then.
    if (this.held.get(lane.streamId) === held) this.held.delete(lane.streamId);
    // The reply of the statement may have been lost, and with it the claim of the lane's next delivery.
    if (!committed && goOn) void this.freeStrays();
    if (committed?.next) {
      while (this.strays) await this.strays;
      if (!this.mayBeFreed(committed.next, sentAt))
        this.hold({ lane: committed.next, startedAt: sentAt, inARow: held.inARow + 1 });
    }
    if (committed && outcome.probe?.alive) this.breaker.closedByProbe();
    if (committed?.wait === 'timer') this.office.onTimer(lane, committed);
    if (committed?.wait === 'turn') this.again = true;
  }

  private mayGoOn({ inARow }: Held, terms: ContractTerms): boolean {
    if (this.stopped || this.breaker.isOpen() || this.office.book.isPaused(this.agency)) return false;
    if (this.backlog && inARow >= MOST_IN_A_ROW) return false;
    if (this.held.size > this.throttle.size(terms) * terms.itemsPerRequest + this.throttle.ahead(terms)) return false;
    return this.throttle.allowance(terms, performance.now()) >= 1;
  }

  /** Held lanes that haven't left: they take their turn again. */
  private giveBack(which: (held: Held) => boolean = () => true): void {
    for (const held of this.queue.splice(0)) {
      if (!which(held)) {
        this.queue.push(held);
        continue;
      }
      this.running++;
      void this.commit(held, endedUnsent(held.lane, { kind: 'turn' }), undefined).finally(() => this.ran());
    }
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error);
