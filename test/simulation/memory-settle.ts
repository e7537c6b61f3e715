import { heldBy, take } from './memory-claim.js';
import type { End, Ended, LaneRow, Terms } from './lane-store.js';
import { deliveriesOf, deliveryAt, isOpen, nextRevocation, stoodAt, type MemoryState } from './memory-state.js';
import type { Rules } from './rules.js';

/** `commitOutcomes`: what a claim's end changes, under its fence. */
export function settle(state: MemoryState, rules: Rules, terms: Terms, worker: number, ends: readonly End[]): Ended[] {
  if (!state.workers.has(worker)) return [];
  const written: Ended[] = [];
  for (const end of [...ends].sort((a, b) => a.held.stream - b.held.stream)) {
    const lane = state.lanes.get(end.held.stream);
    if (!lane || rules.isFenced(lane, worker, end.held.claim, end.held.sequence)) continue;
    written.push(settleOne(state, terms, worker, lane, end));
    if (end.probe) endProbe(state, worker, end.probe);
  }
  return written;
}

function settleOne(state: MemoryState, terms: Terms, worker: number, lane: LaneRow, end: End): Ended {
  const { sequence, covers } = end.held;
  const before = { ...lane };
  writeDelivery(state, lane, end);
  if (end.kind === 'acknowledged' && covers !== null)
    for (const d of deliveriesOf(state, lane.stream))
      if (d.sequence > before.done && d.sequence < sequence && isOpen(d)) d.state = covers;
  const next = nextAtOnce(state, lane, end);

  lane.worker = null;
  lane.sending = null;
  lane.probing = false;
  if (end.kind === 'acknowledged') lane.done = sequence;
  if (end.kind === 'acknowledged' || end.kind === 'not-held') lane.doubtAt = null;
  if (end.kind === 'doubt' || end.kind === 'parked') lane.doubtAt = end.inDoubt ? sequence : null;
  if (end.kind === 'nothing-proved') lane.asked = true;
  else if (end.kind !== 'wait' && end.kind !== 'turn') lane.asked = false;
  if (!(end.kind === 'doubt' || (end.kind === 'parked' && end.inDoubt))) lane.outUntil = null;
  if (end.kind === 'acknowledged' && before.revokeAt !== null && sequence >= before.revokeAt)
    lane.revokeAt = nextRevocation(state, lane.stream, sequence);
  lane.wait = next === null ? waitAfter(state, before, end) : null;
  lane.wakeAt = wakeAfter(state, before, end);

  let goesOn = null;
  if (next !== null) {
    take(state, lane, worker, next, terms, false);
    goesOn = heldBy(state, lane, { purpose: 'send', covers: null });
    if (isPlain(state, end)) goesOn.stood = end.held.stood;
  }
  const wakeInMs = lane.wakeAt === null ? null : lane.wakeAt - state.now;
  return { stream: lane.stream, sequence, wait: lane.wait, wakeInMs, next: goesOn };
}

function writeDelivery(state: MemoryState, lane: LaneRow, end: End): void {
  const d = deliveryAt(state, lane.stream, end.held.sequence)!;
  if (end.kind === 'acknowledged') d.state = 'acknowledged';
  if (end.kind === 'parked') d.state = 'parked';
  if (end.kind === 'acknowledged' || (end.kind === 'parked' && end.owner === 'data' && !end.inDoubt)) d.taint = 'none';
  else if ((end.kind === 'doubt' || end.inDoubt) && d.taint === 'none') d.taint = 'doubted';
  else if (end.kind === 'not-held' && d.taint === 'doubted') d.taint = 'none';
  d.attempts += end.tries;
  d.asUpdate ||= end.asUpdate;
  if (end.tries === 0) return;
  d.firstAt ??= state.now;
  if (end.kind !== 'acknowledged') d.stoodAtFirst ??= Math.round(stoodAt(state));
}

/** What the ledger writes by its narrow statement. */
const isPlain = (state: MemoryState, { kind, tries, held, probe, asUpdate }: End): boolean =>
  kind === 'acknowledged' &&
  tries === 1 &&
  held.covers === null &&
  probe === null &&
  !held.inDoubt &&
  !asUpdate &&
  deliveryAt(state, held.stream, held.sequence)!.form !== 'revocation';

/** The next delivery, where nothing has to be decided about it: it is a delta, or the newest full state. */
function nextAtOnce(state: MemoryState, lane: LaneRow, end: End): number | null {
  if (end.kind !== 'acknowledged' || !end.goOn || state.stoodSince !== null || lane.revokeAt !== null) return null;
  const next = deliveriesOf(state, lane.stream).find((d) => d.sequence > end.held.sequence);
  if (!next || next.state !== 'open' || next.taint !== 'none') return null;
  if (next.attempts > 0 && isPlain(state, end)) return null;
  return next.form !== 'full' || next.sequence === lane.last ? next.sequence : null;
}

function waitAfter(state: MemoryState, lane: LaneRow, end: End): LaneRow['wait'] {
  const { sequence } = end.held;
  switch (end.kind) {
    case 'acknowledged':
      return lane.last > sequence ? 'turn' : null;
    case 'parked': {
      if (lane.revokeAt !== null && sequence < lane.revokeAt)
        return end.expired ? 'timer' : end.inDoubt ? 'person' : 'turn';
      const [parked, newer] = deliveriesOf(state, lane.stream).filter((d) => d.sequence >= sequence && isOpen(d));
      return !end.inDoubt && parked?.form === 'full' && newer?.form === 'full' ? 'turn' : 'person';
    }
    case 'wait':
      return end.stands ? 'turn' : 'timer';
    case 'doubt':
      return 'timer';
    case 'not-held':
    case 'nothing-proved':
    case 'turn':
      return 'turn';
  }
}

function wakeAfter(state: MemoryState, lane: LaneRow, end: End): number | null {
  const later = state.now + end.waitMs;
  if (end.kind === 'doubt') return Math.max(lane.outUntil ?? 0, later);
  if (end.kind === 'wait' && !end.stands) return later;
  const holdsRevocation =
    end.kind === 'parked' && end.expired && lane.revokeAt !== null && lane.revokeAt > end.held.sequence;
  return holdsRevocation ? later : null;
}

export function openBreaker(state: MemoryState, waitMs: number): boolean {
  if (state.breaker.open) return false;
  state.breaker = { open: true, probes: 0, probeWorker: null, wakeAt: state.now + waitMs };
  stands(state);
  return true;
}

export function takeProbe(state: MemoryState, worker: number): { probes: number } | false {
  const me = state.workers.get(worker);
  const { breaker } = state;
  if (!me || me.leaseUntil <= state.now || state.paused || !breaker.open || breaker.wakeAt! > state.now) return false;
  const holder = breaker.probeWorker;
  const asks = [...state.lanes.values()].some((l) => l.worker === worker && l.probing);
  if (holder !== null && state.workers.has(holder) && (holder !== worker || asks)) return false;
  breaker.probeWorker = worker;
  return { probes: breaker.probes };
}

export function endProbe(state: MemoryState, worker: number, { alive, waitMs }: NonNullable<End['probe']>): void {
  const { breaker } = state;
  if (breaker.probeWorker !== worker) return;
  breaker.probeWorker = null;
  breaker.probes = alive ? 0 : breaker.probes + 1;
  breaker.wakeAt = alive ? null : state.now + waitMs;
  if (!alive) return;
  breaker.open = false;
  goesOn(state);
}

export function stands(state: MemoryState): void {
  state.stoodSince ??= state.now;
}

export function goesOn(state: MemoryState): void {
  if (state.paused || state.breaker.open) return;
  state.stoodMs = stoodAt(state);
  state.stoodSince = null;
}
