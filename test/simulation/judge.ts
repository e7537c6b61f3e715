import { laneStateOf, type LaneState, type LaneMover } from '#domain';
import type { Call, Ended, End, Held } from './lane-store.js';
import { isOpen, deliveriesOf, deliveryAt, type MemoryState } from './memory-state.js';
import type { Item, Partner } from './partner.js';

/** A request on its way, or answered. */
export interface Request extends Item {
  held: Held;
  worker: number;
  /** From then on no copy of it can arrive; a zombie's may. */
  outUntil: number;
  /** Sent by a process that was frozen between the check of its lease and the socket. */
  isZombie: boolean;
  isAnswered: boolean;
}

interface Facts {
  canAsk: boolean;
  hasKeys: boolean;
}

const nameOf = ({ stream, sequence }: { stream: number; sequence: number }): string => `${stream}/${sequence}`;

const MOVERS: Partial<Record<Call['do'], LaneMover>> = {
  settle: 'outcome',
  wake: 'timer',
  'reap-dead': 'reaper',
  'reap-predecessors': 'reaper',
  retry: 'operator',
  close: 'operator',
  edit: 'operator',
  record: 'operator',
};

/** Knows everything, and says what must never be (docs/architecture.md, Invariants). One a world. */
export class Judge {
  readonly broken: string[] = [];
  /** What happened in this world, and how often. */
  readonly seen = new Map<string, number>();
  private readonly under = new Map<number, Request[]>();
  private readonly doubted = new Set<string>();
  /** Deliveries whose last request may have been done without our knowing, and that nobody has asked about since. */
  private readonly unasked = new Set<string>();
  /** Whether that was so before the last request left. */
  private readonly wasUnasked = new Map<string, boolean>();
  private readonly zombies = new Set<number>();
  private readonly closedByHand = new Set<string>();
  private readonly stood = new Map<number, { is: LaneState; claim: number }>();
  private standsSince: number | null = null;
  private readonly partner: Partner;
  private readonly facts: Facts;

  constructor(partner: Partner, facts: Facts) {
    this.partner = partner;
    this.facts = facts;
  }

  /** Before a request leaves. */
  sends(state: MemoryState, request: Request): void {
    const { stream, sequence, held, worker } = request;
    if (request.isZombie) {
      this.note('zombie');
      this.zombies.add(stream);
      return;
    }
    const lane = state.lanes.get(stream)!;
    const what = nameOf(request);
    if (lane.worker !== worker || lane.claim !== held.claim)
      this.say(`13: ${what} is sent under a claim that isn't its lane's`);
    const others = this.under.get(stream)?.filter((o) => !o.isAnswered && !o.isZombie && o.outUntil > state.now) ?? [];
    if (others.length > 0) this.say(`8: ${what} is sent while a copy of ${nameOf(others[0]!)} may be out`);
    this.under.set(stream, [...others, request]);
    if (this.unasked.has(what) && this.facts.canAsk) this.say(`11: ${what} is sent again without asking`);
    const before = deliveriesOf(state, stream).filter((d) => d.sequence < sequence && isOpen(d));
    const mine = deliveryAt(state, stream, sequence)!;
    if (mine.form !== 'revocation' && before.some((d) => d.taint !== 'none'))
      this.say(`9: ${what} is sent over one that the partner may hold`);
    if (
      mine.form !== 'revocation' &&
      before.length > 0 &&
      (mine.form !== 'full' || before.some((d) => d.form !== 'full'))
    )
      this.say(`9: ${what} is sent before what precedes it has ended`);
    if (!isOpen(mine)) this.say(`9: ${what} is sent although it has ended`);
    if (this.standsSince !== null && held.now > this.standsSince && !held.probing)
      this.say(`14: ${what} was claimed while nothing may be`);
    this.wasUnasked.set(what, this.unasked.has(what));
    this.unasked.add(what);
  }

  /** The partner has done it. */
  applied(request: Request, wasHeld: boolean, before: readonly { sequence: number }[]): void {
    const { stream, sequence } = request;
    const what = nameOf(request);
    if (request.letter === 'R') this.note('revocation told');
    if (this.zombies.has(stream)) return;
    if (wasHeld) {
      this.note('doubled at a partner without keys');
      if (this.facts.hasKeys) this.say(`doubled: ${what} had a second effect at a partner with keys`);
      else if (!this.doubted.has(what)) this.say(`doubled: ${what} had a second effect without a recorded doubt`);
      return;
    }
    if (before.some((a) => a.sequence > sequence)) this.say(`6: ${what} arrived after a later one`);
  }

  asked(item: Item): void {
    this.unasked.delete(nameOf(item));
  }

  reaped(stream: number, sequence: number): void {
    this.note('reaped');
    this.doubted.add(nameOf({ stream, sequence }));
  }

  /** A person has asked the partner. */
  recorded(stream: number, sequence: number): void {
    this.unasked.delete(nameOf({ stream, sequence }));
  }

  closed(stream: number, sequence: number): void {
    this.closedByHand.add(nameOf({ stream, sequence }));
  }

  settled(
    state: MemoryState,
    before: MemoryState['lanes'],
    worker: number,
    ends: readonly End[],
    written: readonly Ended[],
  ): void {
    for (const end of ends) {
      const { held } = end;
      const what = nameOf(held);
      const lane = before.get(held.stream)!;
      const isMine = lane.worker === worker && lane.claim === held.claim;
      const isWritten = written.some((w) => w.stream === held.stream && w.sequence === held.sequence);
      if (isWritten && !isMine) this.say(`10: a worker wrote the outcome of ${what} without holding it`);
      this.note(isWritten ? end.kind : 'fenced');
      if (!isWritten) continue;
      if (end.probe) this.note('probe');
      if (end.kind === 'acknowledged') this.note(held.covers ?? 'alone');
      if (written.some((w) => w.next)) this.note('went on at once');
      if (end.kind === 'doubt' || end.inDoubt) this.doubted.add(what);
      if (end.kind === 'wait' && end.inDoubt && !this.wasUnasked.get(what)) this.unasked.delete(what);
      if (end.kind === 'doubt' || end.inDoubt) continue;
      if (end.kind !== 'turn' && end.kind !== 'nothing-proved') this.unasked.delete(what);
      if (end.kind === 'turn' && end.tries > 0) this.unasked.delete(what);
      if (end.kind === 'acknowledged' && !this.partner.holds(held.stream, held.sequence))
        this.say(`5: ${what} is acknowledged, and the partner doesn't hold it`);
    }
    this.check(state);
  }

  /** Which of a lane's moves a call made. */
  moved(state: MemoryState, call: Call['do']): void {
    for (const lane of state.lanes.values()) {
      const before = this.stood.get(lane.stream);
      const is = laneStateOf(lane);
      if (before?.is === is && (is !== 'sending' || before.claim === lane.claim)) continue;
      this.stood.set(lane.stream, { is, claim: lane.claim });
      this.note(`move ${before?.is ?? null} → ${is} by ${MOVERS[call] ?? call}`);
    }
  }

  /** After every commit. */
  check(state: MemoryState): void {
    this.standsSince = state.stoodSince;
    for (const lane of state.lanes.values()) {
      const all = deliveriesOf(state, lane.stream);
      const lost = all.find((d) => d.sequence <= lane.done && isOpen(d));
      if (lost) this.say(`lost: ${lane.stream}/${lost.sequence} is open, and its lane has passed it`);
      const hasWorker = lane.worker !== null && state.workers.has(lane.worker);
      if (lane.worker !== null && !hasWorker) this.say(`16: lane ${lane.stream} is held by a dead worker`);
      if (lane.done < lane.last && !hasWorker && lane.wait === null)
        this.say(`16: lane ${lane.stream} waits for nobody`);
      if (hasWorker && lane.wait !== null) this.say(`16: lane ${lane.stream} is held, and waits`);
      if (lane.wait === 'timer' && lane.wakeAt === null) this.say(`16: lane ${lane.stream} has a timer without a time`);
      for (const [i, d] of all.entries()) if (d.state === 'superseded') this.isReplaced(lane.stream, all.slice(i));
    }
    const probing = [...state.lanes.values()].filter((lane) => lane.probing);
    if (probing.length > 1) this.say('14: two probes');
  }

  private isReplaced(stream: number, from: readonly { sequence: number; form: string; state: string }[]): void {
    const next = from.findIndex((d) => d.state === 'acknowledged' && d.form === 'full');
    // What was closed unsent in between, the partner never heard of.
    const isWhole = next > 0 && from.slice(0, next).every((d) => d.form === 'full' || d.state === 'closed');
    if (!isWhole) this.say(`12: ${stream}/${from[0]!.sequence} is superseded without a later full state acknowledged`);
  }

  /** Nothing is under way any more. */
  atRest(state: MemoryState, entered: ReadonlyMap<number, string>): void {
    this.check(state);
    for (const [stream, letters] of entered) {
      const all = deliveriesOf(state, stream);
      if (all.map((d) => d.sequence).join() !== [...letters].map((_, i) => i + 1).join())
        this.say(
          `3: stream ${stream} has ${letters.length} events and deliveries of ${all.map((d) => d.sequence).join()}`,
        );
      if (all.some((d) => d.form === 'result' && d.state === 'closed')) this.note('closed unsent');
      if (all.some(isOpen)) this.say(`liveness: stream ${stream} does not come to its end`);
      if (this.zombies.has(stream)) continue;
      const book = this.partner.book(stream);
      const newest = all.findLast((d) => d.form === 'full' && d.state === 'acknowledged')?.sequence ?? 0;
      if (this.facts.hasKeys && book.state < newest)
        this.say(`6: the partner stands on ${stream}/${book.state}, not on ${newest}`);
      const revocation = all.findLast((d) => d.form === 'revocation');
      const result = all.findLast((d) => d.form === 'result');
      const isRevoked = revocation && result && revocation.sequence > result.sequence;
      if (isRevoked && book.holdsResult && !this.closedByHand.has(nameOf({ stream, sequence: revocation.sequence })))
        this.say(`19: the partner keeps the revoked result of stream ${stream}`);
      const revisions = new Map<number, Set<number>>();
      for (const a of book.applied) revisions.set(a.sequence, (revisions.get(a.sequence) ?? new Set()).add(a.revision));
      for (const [sequence, of] of revisions)
        if (of.size > 1) this.say(`doubled: ${stream}/${sequence} arrived as it was and edited`);
    }
  }

  note(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }

  say(what: string): void {
    if (!this.broken.includes(what)) this.broken.push(what);
  }
}
