import { replayOf, type LookUp, type Reopened } from '#domain';
import {
  carryOn,
  consumerWays,
  countPeriod,
  lanesOfPeriod,
  loadToAsk,
  openOf,
  reenter,
  today,
  type Batch,
  type Operation,
  type ReplayLane,
} from '#ledger';
import { contextOf, keyOf, prepareDelivery, type Partner } from '../deliver/attempt-delivery.js';
import type { RehearseOffice } from './rehearse-retry.js';
import { countWhole, everythingAgain, mostOpen } from './replay-everything.js';

const BATCH = 50;

/** What a replay does, or would do. `full`, `missing` and `parked` count deliveries, the others lanes. */
interface ReplayCount {
  /** Current full states, sent once more as a new revision. */
  full: number;
  /** Looked up and not held: under their own keys. */
  missing: number;
  /** Waiting for a person: under their own keys. */
  parked: number;
  /** To an agency that reads the hub's own events: the event once more. */
  again: number;
  /** Of those: results that were revoked since, and aren't told again. */
  revoked: number;
  /** Nothing to send: the partner has it, as far as it can be known. */
  kept: number;
  /** The current full state isn't sent, because the partner holds something later. */
  behind: number;
  /** Something of the lane is on its way, or in doubt. */
  busy: number;
  /** The partner couldn't say. */
  unanswered: number;
  /** Of `again` and `parked` at such an agency: how many by day of planning and type. */
  days: Record<string, Record<string, number>>;
}

const nothing: ReplayCount = {
  full: 0,
  missing: 0,
  parked: 0,
  again: 0,
  revoked: 0,
  kept: 0,
  behind: 0,
  busy: 0,
  unanswered: 0,
  days: {},
};

export interface ReplayOffice extends RehearseOffice {
  /** A question that keeps to the agency's limits; undefined: it can't be asked now (paused, breaker open). */
  question<T>(agency: string, ask: (partner: Partner) => Promise<T>): Promise<T | undefined>;
}

interface Decided {
  lane: ReplayLane;
  reopen: Reopened[];
  /** Everything of the period goes, whatever the agency holds. */
  isWhole?: true;
  said: keyof Pick<ReplayCount, 'kept' | 'behind' | 'busy' | 'unanswered'> | 'again';
}

/** Sends a period's cases again, or says what it would send. It asks where the contract has a look-up, one at a time. */
export class ReplayLanes {
  constructor(private readonly office: ReplayOffice) {}

  async batch(operation: Operation): Promise<Operation | undefined | 'not-now'> {
    const { db, worker, book } = this.office;
    const contract = book.version(operation.agencyId, today());
    const readsItself = consumerWays.some((way) => way === contract?.protocol);
    const isReplay = operation.kind === 'replay';
    if (readsItself && isReplay && (await openOf(db, operation.id)) >= mostOpen(contract!)) return 'not-now';
    const total = operation.total ?? (await countPeriod(db, operation));
    const lanes = await lanesOfPeriod(db, operation, BATCH);
    const decided: Decided[] = [];
    for (const lane of lanes) {
      const one = readsItself ? whole(lane, operation) : await this.decide(operation.agencyId, lane);
      // What has been decided is carried out; this lane is looked at again when the agency can be asked, from its start: what
      // the partner held before says nothing about after.
      if (one === 'not-now') break;
      decided.push(one);
    }
    if (decided.length < lanes.length && decided.length === 0) return 'not-now';
    return carryOn(db, worker.id, operation.id, async (client, locked): Promise<Batch> => {
      const counted = structuredClone({ ...nothing, ...(locked.result as Partial<ReplayCount> | null) });
      const tally = { done: 0, failed: 0 };
      let cursor = locked.cursor;
      let looked = 0;
      for (const one of decided) {
        const entered = one.said !== 'again' || !isReplay || (await reenter(client, locked, one.lane, one.reopen));
        // Something new of the case has just gone: it is looked at again.
        if (!entered && one.isWhole) break;
        tallyUp(counted, tally, one, entered ? one.said : 'busy');
        cursor = one.lane.streamId;
        looked++;
      }
      const ended = lanes.length < BATCH && looked === lanes.length;
      return { cursor, ...tally, total, result: { ...counted }, ended };
    });
  }

  private async decide(agency: string, lane: ReplayLane): Promise<Decided | 'not-now'> {
    if (lane.busy) return { lane, reopen: [], said: 'busy' };
    if (lane.sealed) return { lane, reopen: [], said: 'behind' };
    const version = this.office.book.version(agency, today())?.validFrom;
    const partner = version === undefined ? undefined : this.office.partner(agency, version);
    const canAsk = partner?.terms.canAsk === true && partner.contract.lookUp?.proves === 'event';
    const heard = new Map<number, 'held' | 'missing'>();
    for (;;) {
      const step = replayOf(lane.deliveries, heard, canAsk);
      if (step.kind === 'decided')
        return {
          lane,
          reopen: step.reopen,
          said: step.reopen.length > 0 ? 'again' : step.behind === null ? 'kept' : 'behind',
        };
      const said = await this.ask(agency, lane.streamId, step.sequence);
      if (said === undefined) return 'not-now';
      if (said.kind === 'busy') return { lane, reopen: [], said: 'unanswered' };
      // What can't be told is taken for held: nothing is sent that may be there.
      heard.set(step.sequence, said.kind === 'not-held' ? 'missing' : 'held');
    }
  }

  private async ask(agency: string, stream: string, sequence: number): Promise<LookUp | undefined> {
    const { db, tools } = this.office;
    const [lane] = await loadToAsk(db, agency, [stream], [sequence]);
    if (!lane) return { kind: 'unknown' };
    return this.office.question(agency, async (partner): Promise<LookUp> => {
      const ready = await prepareDelivery(lane, partner, tools, performance.now());
      if ('step' in ready || !partner.connector.lookUp) return { kind: 'unknown' };
      return partner.connector.lookUp(ready.item, ready.event, {
        ...contextOf(ready, partner, tools),
        asUpdate: lane.asUpdate,
        key: keyOf(lane),
      });
    });
  }
}

const whole = (lane: ReplayLane, operation: Operation): Decided | 'not-now' => {
  const one = everythingAgain(lane, operation);
  return one === 'not-now' ? one : { lane, ...one, isWhole: true };
};

function tallyUp(
  counted: ReplayCount,
  tally: { done: number; failed: number },
  { lane, reopen, isWhole }: Decided,
  outcome: Decided['said'],
): void {
  if (isWhole && outcome !== 'busy') countWhole(counted, lane, reopen);
  else if (outcome === 'again') count(counted, lane, reopen);
  if (outcome !== 'again') counted[outcome]++;
  if (outcome === 'busy' || outcome === 'unanswered') tally.failed++;
  else tally.done++;
}

function count(counted: ReplayCount, lane: ReplayLane, reopen: readonly Reopened[]): void {
  for (const { sequence, as } of reopen)
    if (as === 'new-revision') counted.full++;
    else if (lane.deliveries.find((d) => d.sequence === sequence)?.state === 'parked') counted.parked++;
    else counted.missing++;
}
