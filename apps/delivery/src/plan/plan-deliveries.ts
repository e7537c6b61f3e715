import { durationMs, recipients, routedTypes, type Receiver } from '#domain';
import {
  findUnplanned,
  plan,
  today,
  type ClaimedLane,
  type ContractBook,
  type Database,
  type Direct,
  type Plannable,
  type PlanDecision,
  type Recipient,
} from '#ledger';
import type { Log } from '#service';
import { shortType } from '#wire';
import { Counter } from 'prom-client';

const planned = new Counter({
  name: 'lienthong_plan_streams_total',
  help: 'Streams looked at by the plan.',
  labelNames: ['by'],
});

const SWEEP_PAGE = 20_000;
const SWEEP_OLDER_THAN_S = 5;
/** Streams of which it is remembered how far they are planned, those planned last. */
const REMEMBERED = 20_000;

export interface PlanPorts {
  /** Lanes that may be taken for this process straight away, at most so many of an agency; every call is followed by one of `begin`. */
  promise(most: number): Direct['places'];
  begin(claimed: readonly ClaimedLane[], places: Direct['places'], startedAt: number): void;
  worker(): string;
  /** Agencies that got work. */
  planned(agencies: Iterable<string>): void;
}

type By = 'ring' | 'message' | 'sweep';

interface Asked {
  streams: readonly string[];
  by: By;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Decides who must know each event and puts it on their lanes. Recipients only: mapping waits until sending. */
export class PlanDeliveries {
  private sweptTo = '0';
  private readonly waiting: Asked[] = [];
  private running: Promise<void> | undefined;
  private readonly reached = new Map<string, number>();

  constructor(
    private readonly db: Database,
    private readonly book: ContractBook,
    private readonly batch: number,
    private readonly ports: PlanPorts,
    private readonly log: Log,
  ) {}

  /**
   * Committed when it returns. A repeat finds everything planned. What comes while a plan is under way leaves together with
   * the next one: at a low rate a transaction costs more than what it plans.
   */
  run(streams: readonly string[], by: By = 'message'): Promise<void> {
    if (streams.length === 0) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push({ streams, by, resolve, reject });
    this.running ??= this.planWaiting().finally(() => (this.running = undefined));
    return promise;
  }

  /** Seen by this process. An answer for a ledger that was set back is put right by the sweep. */
  hasPlanned(stream: string, sequence: number): boolean {
    return (this.reached.get(stream) ?? 0) >= sequence;
  }

  private async planWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const some = this.waiting.splice(0);
      try {
        await this.planAll([...new Set(some.flatMap(({ streams }) => streams))]);
        for (const { resolve } of some) resolve();
      } catch (error) {
        // One that can't be planned holds up only those who came with it.
        if (some.length === 1) some[0]!.reject(error);
        else for (const { streams, resolve, reject } of some) await this.planAll(streams).then(resolve, reject);
      }
      for (const { streams, by } of some) planned.inc({ by }, streams.length);
    }
  }

  private async planAll(streams: readonly string[]): Promise<void> {
    for (let from = 0; from < streams.length; from += this.batch)
      await this.planSome(streams.slice(from, from + this.batch));
  }

  private async planSome(streams: readonly string[]): Promise<void> {
    const places = this.ports.promise(streams.length);
    const startedAt = performance.now();
    let claimed: readonly ClaimedLane[] = [];
    try {
      const done = await plan(this.db, streams, (event) => this.decide(event), { worker: this.ports.worker(), places });
      claimed = done.claimed;
      this.remember(done.reached);
      this.ports.planned(done.woken);
    } finally {
      this.ports.begin(claimed, places, startedAt);
    }
  }

  private remember(reached: ReadonlyMap<string, number>): void {
    for (const [stream, sequence] of reached) {
      this.reached.delete(stream);
      this.reached.set(stream, sequence);
    }
    for (const stream of this.reached.keys()) {
      if (this.reached.size <= REMEMBERED) return;
      this.reached.delete(stream);
    }
  }

  /** One page of streams a call: finds what no message announced. */
  async sweep(): Promise<void> {
    const { streams, next } = await findUnplanned(this.db, {
      after: this.sweptTo,
      size: SWEEP_PAGE,
      olderThanSeconds: SWEEP_OLDER_THAN_S,
    });
    this.sweptTo = next ?? '0';
    if (streams.length === 0) return;
    this.log.warn({ streams: streams.length }, 'events that no message announced: planned from the ledger');
    await this.run(streams, 'sweep');
  }

  private decide(event: Plannable): PlanDecision {
    const type = shortType(event.type);
    const receivers = this.book.receiversOn(event.openedOn);
    // Not the clock of this process: whoever counts later must come to the same agencies.
    const route = this.book.routing.onRoute(event, today(event.recordedAt), receivers);
    const agencies = recipients({ ...event, type, ...(route ? { routed: route.agencies } : {}) }, receivers);
    const takesOver = route?.hasMoved ? this.newcomers(event, route.agencies, receivers) : [];
    const starts = [
      ...(type === 'case.received' ? agencies : []),
      ...takesOver.flatMap(({ agency, types }) => (types.includes('case.received') ? [agency] : [])),
    ];
    const collectFrom = starts.flatMap((agency) => {
      const every = this.book.version(agency, today())?.collect?.every;
      return every === undefined ? [] : [{ agency, everyMs: durationMs(every) }];
    });
    return {
      recipients: agencies.map((agency) => this.recipient(agency)),
      collectFrom,
      ...(takesOver.length > 0 ? { takesOver } : {}),
    };
  }

  /** Who is on a route by which a case has moved, and didn't enter it: it may have come in another's place. */
  private newcomers(
    { enteredBy, procedure }: Plannable,
    onRoute: readonly string[],
    receivers: readonly Receiver[],
  ): NonNullable<PlanDecision['takesOver']> {
    return receivers.flatMap((receiver) => {
      if (receiver.agency === enteredBy || !onRoute.includes(receiver.agency)) return [];
      const types = routedTypes(receiver, procedure);
      return types.length === 0 ? [] : [{ ...this.recipient(receiver.agency), types }];
    });
  }

  private recipient(agency: string): Recipient {
    const fullStates = this.book.version(agency, today())?.fullStates;
    return fullStates ? { agency, fullStates } : { agency };
  }
}
