import { durationMs, recipients } from '#domain';
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

export interface PlanPorts {
  /** Lanes that may be taken for this process straight away, by agency; every call is followed by one of `begin`. */
  promise(): Direct['places'];
  begin(claimed: readonly ClaimedLane[], places: Direct['places'], startedAt: number): void;
  worker(): string;
  /** Agencies that got work. */
  planned(agencies: Iterable<string>): void;
}

/** Decides who must know each event and puts it on their lanes. Recipients only: mapping waits until sending. */
export class PlanDeliveries {
  private sweptTo = '0';

  constructor(
    private readonly db: Database,
    private readonly book: ContractBook,
    private readonly batch: number,
    private readonly ports: PlanPorts,
    private readonly log: Log,
  ) {}

  /** Committed when it returns. A repeat finds everything planned. */
  async run(streams: readonly string[], by: 'message' | 'sweep' = 'message'): Promise<void> {
    for (let from = 0; from < streams.length; from += this.batch) {
      const some = streams.slice(from, from + this.batch);
      await this.planSome(some);
      planned.inc({ by }, some.length);
    }
  }

  private async planSome(streams: readonly string[]): Promise<void> {
    const places = this.ports.promise();
    const startedAt = performance.now();
    let claimed: readonly ClaimedLane[] = [];
    try {
      const done = await plan(this.db, streams, (event) => this.decide(event), { worker: this.ports.worker(), places });
      claimed = done.claimed;
      this.ports.planned(done.woken);
    } finally {
      this.ports.begin(claimed, places, startedAt);
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
    const agencies = recipients(
      { type, procedure: event.procedure, sender: event.sender, enteredBy: event.enteredBy },
      this.book.receiversOn(event.openedOn),
    );
    const collectFrom =
      type === 'case.received'
        ? agencies.flatMap((agency) => {
            const every = this.book.version(agency, today())?.collect?.every;
            return every === undefined ? [] : [{ agency, everyMs: durationMs(every) }];
          })
        : [];
    const recipientsOf = agencies.map((agency) => {
      const fullStates = this.book.version(agency, today())?.fullStates;
      return fullStates ? { agency, fullStates } : { agency };
    });
    return { recipients: recipientsOf, collectFrom };
  }
}
