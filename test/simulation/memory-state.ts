import type { Lane } from '#domain';
import type { DeliveryRow, LaneRow, Snapshot } from './lane-store.js';

interface MemoryWorker {
  instance: string;
  leaseUntil: number;
}

/** One agency's part of the ledger, as plain data: it can be copied, and two orders of the same calls compared. */
export interface MemoryState {
  now: number;
  workers: Map<number, MemoryWorker>;
  /** The letters of each stream's events, in order; and the number each drew, among all, before it committed. */
  events: Map<number, { letter: string; ordinal: number }[]>;
  planned: Map<number, number>;
  lanes: Map<number, LaneRow>;
  deliveries: Map<number, DeliveryRow[]>;
  breaker: Snapshot['breaker'];
  paused: boolean;
  stoodMs: number;
  stoodSince: number | null;
}

export const emptyLedger = (): MemoryState => ({
  now: 0,
  workers: new Map(),
  events: new Map(),
  planned: new Map(),
  lanes: new Map(),
  deliveries: new Map(),
  breaker: { open: false, probes: 0, probeWorker: null, wakeAt: null },
  paused: false,
  stoodMs: 0,
  stoodSince: null,
});

export const isOpen = (d: DeliveryRow): boolean => d.state === 'open' || d.state === 'parked';
export const deliveriesOf = (state: MemoryState, stream: number): DeliveryRow[] => state.deliveries.get(stream) ?? [];
export const deliveryAt = (state: MemoryState, stream: number, sequence: number): DeliveryRow | undefined =>
  deliveriesOf(state, stream).find((d) => d.sequence === sequence);
export const stoodAt = (state: MemoryState): number =>
  state.stoodMs + (state.stoodSince === null ? 0 : state.now - state.stoodSince);

/** The earliest revocation above a sequence that hasn't ended. */
export const nextRevocation = (state: MemoryState, stream: number, above: number): number | null =>
  deliveriesOf(state, stream).find((d) => d.sequence > above && d.form === 'revocation' && isOpen(d))?.sequence ?? null;

/** As many open ones as a claim looks at. */
const NEAREST = 64;

export function laneAsSeen(state: MemoryState, row: LaneRow): Lane {
  const all = deliveriesOf(state, row.stream);
  return {
    done: row.done,
    doubt: row.doubtAt === null ? null : { sequence: row.doubtAt, asked: row.asked },
    copyMayBeOut: row.outUntil !== null && row.outUntil > state.now,
    deliveries: all.filter((d) => d.sequence > row.done && isOpen(d)).slice(0, NEAREST),
    revocation: row.revokeAt === null ? null : revocationOf(all, row.revokeAt),
  };
}

function revocationOf(all: readonly DeliveryRow[], sequence: number): NonNullable<Lane['revocation']> {
  const told = all.findLast((d) => d.sequence < sequence && d.form === 'revocation' && d.state === 'acknowledged');
  const results = all.filter((d) => d.form === 'result' && d.sequence < sequence && d.sequence > (told?.sequence ?? 0));
  return {
    sequence,
    results: results.map((d) => d.sequence),
    told: results.length === 0 || results.some((d) => d.state === 'acknowledged' || d.taint !== 'none'),
  };
}

export function snapshotOf(state: MemoryState): Snapshot {
  const streams = [...state.lanes.keys()].sort((a, b) => a - b);
  return {
    workers: [...state.workers.keys()].sort((a, b) => a - b),
    lanes: streams.map((stream) => state.lanes.get(stream)!),
    deliveries: streams.flatMap((stream) => deliveriesOf(state, stream).map((d) => ({ stream, ...d }))),
    breaker: state.breaker,
  };
}
