import type { Lane } from '#domain';
import { LEASE_MS, type Call, type Held, type LaneRow, type Terms } from './lane-store.js';
import {
  deliveryAt,
  isOpen,
  laneAsSeen,
  nextRevocation,
  stoodAt,
  deliveriesOf,
  type MemoryState,
} from './memory-state.js';
import type { Rules } from './rules.js';

type Claim = Extract<Call, { do: 'claim' }>;

/** `claimLanes`: locks waiting lanes, lets `chooseNext` decide about each, takes or sets them aside. */
export function claim(state: MemoryState, rules: Rules, terms: Terms, ask: Claim): { looked: number; claimed: Held[] } {
  const me = state.workers.get(ask.worker);
  if (!me || me.leaseUntil <= state.now || state.paused || (state.breaker.open && !ask.probe))
    return { looked: 0, claimed: [] };
  const waiting = [...state.lanes.values()].filter((lane) => lane.wait === 'turn').sort((a, b) => a.stream - b.stream);
  const picked = waiting.slice(0, ask.limit);
  const claimed: Held[] = [];
  for (const row of picked) {
    if (row.revokeAt !== null && row.revokeAt <= row.done) row.revokeAt = nextRevocation(state, row.stream, row.done);
    const seen = laneAsSeen(state, row);
    const choice = rules.chooseNext(seen, terms.canAsk);
    if (choice.kind !== 'send' && choice.kind !== 'ask') {
      setAside(state, row, choice);
      continue;
    }
    const covers = coversOlder(seen, choice.sequence);
    take(state, row, ask.worker, choice.sequence, terms, ask.probe !== null);
    const held = heldBy(state, row, { purpose: choice.kind, covers });
    claimed.push({ ...held, probing: ask.probe !== null, probes: ask.probe?.probes ?? 0 });
    if (rules.advancesBeforeCommit) advanceEarly(state, row);
  }
  return { looked: picked.length, claimed };
}

export function take(
  state: MemoryState,
  row: LaneRow,
  worker: number,
  sequence: number,
  terms: Terms,
  probing: boolean,
): void {
  row.wait = null;
  row.wakeAt = null;
  row.worker = worker;
  row.claim++;
  row.sending = sequence;
  row.outUntil = state.now + terms.timeoutMs + terms.settleMs;
  row.probing = probing;
}

export function heldBy(state: MemoryState, row: LaneRow, known: Pick<Held, 'purpose' | 'covers'>): Held {
  const d = deliveryAt(state, row.stream, row.sending!)!;
  return {
    stream: row.stream,
    sequence: d.sequence,
    claim: row.claim,
    ...known,
    inDoubt: row.doubtAt !== null,
    reaped: d.taint === 'reaped',
    probing: false,
    probes: 0,
    revision: d.revision,
    attempts: d.attempts,
    firstAt: d.firstAt,
    stoodAtFirst: d.stoodAtFirst,
    stood: stoodAt(state),
    now: state.now,
    asUpdate: d.asUpdate,
  };
}

function coversOlder(lane: Lane, sequence: number): Held['covers'] {
  if (!lane.deliveries.some((d) => d.sequence < sequence)) return null;
  return lane.revocation?.sequence === sequence ? 'closed' : 'superseded';
}

type SetAside = Exclude<ReturnType<Rules['chooseNext']>, { sequence: number }>;

function setAside(state: MemoryState, row: LaneRow, choice: SetAside): void {
  row.wakeAt = choice.kind === 'wait-until-none-is-out' ? row.outUntil : null;
  const revoked = row.revokeAt ?? 0;
  switch (choice.kind) {
    case 'wait-until-none-is-out':
      row.wait = 'timer';
      return;
    case 'person':
      row.wait = 'person';
      return;
    case 'finish':
      row.wait = null;
      row.done = row.last;
      row.revokeAt = nextRevocation(state, row.stream, revoked);
      return;
    case 'end-unsent':
      for (const d of deliveriesOf(state, row.stream))
        if (choice.sequences.includes(d.sequence) && isOpen(d)) d.state = 'closed';
      row.wait = 'turn';
      row.revokeAt = nextRevocation(state, row.stream, revoked);
  }
}

/** Only a mutant does this. */
function advanceEarly(state: MemoryState, row: LaneRow): void {
  for (const d of deliveriesOf(state, row.stream))
    if (d.sequence <= row.sending! && isOpen(d)) d.state = d.sequence === row.sending ? 'acknowledged' : 'superseded';
  Object.assign(row, { done: row.sending, worker: null, sending: null, outUntil: null, doubtAt: null });
  row.wait = row.done < row.last ? 'turn' : null;
}

export function freeStrays(state: MemoryState, { worker, known }: Extract<Call, { do: 'free-strays' }>): number[] {
  const strays = [...state.lanes.values()].filter((l) => l.worker === worker && !known.includes(l.stream));
  const { breaker } = state;
  if (breaker.probeWorker === worker && strays.some((l) => l.probing)) {
    breaker.probeWorker = null;
    breaker.wakeAt = state.now;
  }
  for (const lane of strays) {
    Object.assign(lane, { worker: null, sending: null, wait: 'turn', probing: false });
    if (lane.doubtAt === null) lane.outUntil = null;
  }
  return strays.map((l) => l.stream).sort((a, b) => a - b);
}

export function renew(state: MemoryState, worker: number): boolean {
  const me = state.workers.get(worker);
  if (me) me.leaseUntil = state.now + LEASE_MS;
  return me !== undefined;
}

/** Dead workers' lanes are in doubt, and wait until no copy can be out. */
export function reap(state: MemoryState, rules: Rules, dead: readonly number[]): number[] {
  const freed: number[] = [];
  for (const worker of dead) {
    state.workers.delete(worker);
    for (const lane of state.lanes.values()) {
      if (lane.worker !== worker) continue;
      freed.push(lane.stream);
      lane.worker = null;
      lane.doubtAt = rules.doubtAfterReap(lane);
      lane.asked = false;
      lane.probing = false;
      lane.wait = 'timer';
      lane.wakeAt = Math.max(lane.outUntil ?? 0, state.now);
      const d = deliveryAt(state, lane.stream, lane.sending!)!;
      d.attempts++;
      if (lane.doubtAt !== null) d.taint = 'reaped';
      d.firstAt ??= state.now;
      d.stoodAtFirst ??= stoodAt(state);
    }
    if (state.breaker.probeWorker === worker) Object.assign(state.breaker, { probeWorker: null, wakeAt: state.now });
  }
  return freed.sort((a, b) => a - b);
}
