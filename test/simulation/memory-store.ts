import {
  LEASE_MS,
  FULL_STATES,
  SWEPT_AFTER_MS,
  TYPES,
  type Answer,
  type Call,
  type Held,
  type LaneRow,
  type Terms,
} from './lane-store.js';
import { claim, freeStrays, heldBy, reap, renew, take } from './memory-claim.js';
import { deliveriesOf, deliveryAt, emptyLedger, isOpen, nextRevocation, type MemoryState } from './memory-state.js';
import { endProbe, goesOn, openBreaker, settle, stands, takeProbe } from './memory-settle.js';
import { asBuilt, type Rules } from './rules.js';

/** What the ledger's statements do, said in plain code: one agency, one call at a time. */
export class MemoryStore {
  state: MemoryState = emptyLedger();
  readonly terms: Terms;
  readonly rules: Rules;

  constructor(terms: Terms, rules: Rules = asBuilt) {
    this.terms = terms;
    this.rules = rules;
  }

  apply(call: Call): Answer {
    const { state, rules, terms } = this;
    switch (call.do) {
      case 'enlist':
        state.workers.set(call.worker, { instance: call.instance, leaseUntil: state.now + LEASE_MS });
        return true;
      case 'renew':
        return renew(state, call.worker);
      case 'reap-dead':
        return reap(
          state,
          rules,
          this.others(call.worker).filter((w) => state.workers.get(w)!.leaseUntil < state.now),
        );
      case 'reap-predecessors': {
        const named = this.others(call.worker).filter((w) => state.workers.get(w)!.instance === call.instance);
        return reap(state, rules, named);
      }
      case 'retire':
        if ([...state.lanes.values()].some((l) => l.worker === call.worker)) return true;
        if (state.breaker.probeWorker === call.worker)
          Object.assign(state.breaker, { probeWorker: null, wakeAt: state.now });
        state.workers.delete(call.worker);
        return true;
      case 'enter': {
        const events = state.events.get(call.stream) ?? [];
        for (const [i, letter] of [...call.letters].entries()) events.push({ letter, ordinal: call.ordinals[i]! });
        state.events.set(call.stream, events);
        return true;
      }
      case 'plan':
        return this.plan(call);
      case 'claim':
        return claim(state, rules, terms, call);
      case 'settle':
        return settle(state, rules, terms, call.worker, call.ends);
      case 'wake':
        return this.wake([call.stream], state.now + 20, true);
      case 'sweep':
        return this.wake([...state.lanes.keys()], state.now - SWEPT_AFTER_MS, false);
      case 'free-strays':
        return freeStrays(state, call);
      case 'open-breaker':
        return openBreaker(state, call.waitMs);
      case 'take-probe':
        return takeProbe(state, call.worker);
      case 'close-breaker':
        endProbe(state, call.worker, { alive: true, waitMs: 0 });
        return true;
      case 'pause':
        state.paused = true;
        stands(state);
        return true;
      case 'resume': {
        const was = state.paused;
        state.paused = false;
        goesOn(state);
        return was;
      }
      case 'retry':
        return this.retry(call.stream);
      case 'close':
      case 'edit':
      case 'record':
        return this.settleByHand(call);
    }
  }

  private others(worker: number): number[] {
    return [...this.state.workers.keys()].filter((w) => w !== worker);
  }

  private wake(streams: readonly number[], dueBy: number, inclusive: boolean): number[] {
    const due = streams.filter((stream) => {
      const lane = this.state.lanes.get(stream);
      return lane?.wait === 'timer' && (inclusive ? lane.wakeAt! <= dueBy : lane.wakeAt! < dueBy);
    });
    for (const stream of due) Object.assign(this.state.lanes.get(stream)!, { wait: 'turn', wakeAt: null });
    return due.sort((a, b) => a - b);
  }

  private plan({ streams, direct }: Extract<Call, { do: 'plan' }>): Held[] {
    const { state, rules, terms } = this;
    const me = direct ? state.workers.get(direct.worker) : undefined;
    const mayTake = me !== undefined && me.leaseUntil > state.now && state.stoodSince === null;
    let places = direct?.lanes ?? 0;
    const claimed: Held[] = [];
    // In the order in which they were opened: that of their ids.
    for (const stream of [...state.events.keys()].filter((s) => streams.includes(s))) {
      const sequences = rules.unplanned(state, stream);
      if (sequences.length === 0) continue;
      const added = sequences.map((sequence) => {
        const { letter } = state.events.get(stream)![sequence - 1]!;
        return newDelivery(sequence, rules.formOf(TYPES[letter]!, FULL_STATES));
      });
      state.deliveries.set(stream, [...deliveriesOf(state, stream), ...added]);
      state.planned.set(stream, sequences.at(-1)!);
      const revokes = added.find((d) => d.form === 'revocation')?.sequence ?? null;
      let hasPlace = false;
      if (places > 0 && revokes === null) {
        places--;
        hasPlace = mayTake;
      }
      const lane = state.lanes.get(stream) ?? newLane(stream);
      const isIdle = lane.worker === null && lane.wait === null;
      state.lanes.set(stream, lane);
      lane.last = sequences.at(-1)!;
      lane.revokeAt ??= revokes;
      if (isIdle && hasPlace) {
        const seen = { done: 0, doubt: null, copyMayBeOut: false, deliveries: added, revocation: null };
        const choice = rules.chooseNext(seen, false);
        const first = choice.kind === 'send' ? choice.sequence : sequences[0]!;
        take(state, lane, direct!.worker, first, terms, lane.probing);
        claimed.push(heldBy(state, lane, { purpose: 'send', covers: sequences[0]! < first ? 'superseded' : null }));
      } else if (isIdle || (lane.wait === 'person' && revokes !== null)) lane.wait = 'turn';
      if (added.some((d) => d.form === 'full') && lane.wait === 'person' && lane.doubtAt === null) lane.wait = 'turn';
      if (revokes !== null) lane.revokeAt = firstThatRevokes(state, stream);
    }
    return claimed.sort((a, b) => a.stream - b.stream);
  }

  private retry(stream: number): boolean {
    const lane = this.state.lanes.get(stream);
    if (lane?.wait !== 'person') return false;
    for (const d of deliveriesOf(this.state, stream))
      if (d.state === 'parked') Object.assign(d, { state: 'open', firstAt: null, stoodAtFirst: null });
    const waits = lane.doubtAt !== null && lane.outUntil !== null && lane.outUntil > this.state.now;
    lane.wait = waits ? 'timer' : 'turn';
    lane.wakeAt = waits ? lane.outUntil : null;
    return true;
  }

  /** Closing, editing, or recording what the partner says: of a parked one, and never while a copy may be out. */
  private settleByHand(call: Extract<Call, { do: 'close' | 'edit' | 'record' }>): boolean {
    const { state, rules } = this;
    const lane = state.lanes.get(call.stream);
    const d = deliveryAt(state, call.stream, call.sequence);
    if (lane?.wait !== 'person' || d?.state !== 'parked') return false;
    if (call.do === 'record') {
      if (lane.doubtAt !== call.sequence || (lane.outUntil !== null && lane.outUntil > state.now)) return false;
      Object.assign(lane, { doubtAt: null, asked: false, outUntil: null });
      if (call.held) {
        d.state = 'acknowledged';
        d.taint = 'none';
        const covers = lane.revokeAt === call.sequence ? 'closed' : 'superseded';
        for (const older of deliveriesOf(state, call.stream))
          if (older.sequence < call.sequence && isOpen(older)) older.state = covers;
      } else {
        d.state = 'open';
        if (d.taint === 'doubted') d.taint = 'none';
      }
    } else {
      if (lane.doubtAt !== null || d.taint !== 'none') return false;
      if (call.do === 'close') d.state = 'closed';
      else Object.assign(d, { state: 'open', revision: d.revision + 1, firstAt: null, stoodAtFirst: null });
    }
    const firstOpen = deliveriesOf(state, call.stream).find(isOpen)?.sequence ?? lane.last + 1;
    if (call.do === 'close') lane.done = rules.doneAfterClosing(lane, call.sequence, firstOpen);
    else if (call.do === 'record' && call.held) lane.done = firstOpen - 1;
    if (lane.revokeAt !== null && deliveryAt(state, call.stream, lane.revokeAt)?.state !== 'open')
      lane.revokeAt = firstThatRevokes(state, call.stream);
    lane.wait = lane.done < lane.last ? 'turn' : null;
    return true;
  }
}

const newLane = (stream: number): LaneRow => ({
  stream,
  done: 0,
  last: 0,
  sending: null,
  claim: 0,
  worker: null,
  doubtAt: null,
  asked: false,
  wait: null,
  wakeAt: null,
  outUntil: null,
  revokeAt: null,
  probing: false,
});

const newDelivery = (sequence: number, form: ReturnType<Rules['formOf']>) => ({
  sequence,
  form,
  state: 'open' as const,
  taint: 'none' as const,
  revision: 1,
  attempts: 0,
  firstAt: null,
  stoodAtFirst: null,
  asUpdate: false,
});

/** A revocation of a result that this agency was never to get is an event like others. */
function firstThatRevokes(state: MemoryState, stream: number): number | null {
  const all = deliveriesOf(state, stream);
  const result = all.find((d) => d.form === 'result')?.sequence;
  return result === undefined ? null : nextRevocation(state, stream, result);
}
