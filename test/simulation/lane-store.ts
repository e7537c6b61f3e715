import type { DeliveryState, Form, Taint } from '#domain';
import type { OutcomeKind } from '#ledger';

/** Streams and workers are numbered from 1 by the world; a store that has ids of its own keeps them to itself. */
type StreamNumber = number;
export type WorkerNumber = number;

/** A lane in a worker's hands, as the store gave it. Times are milliseconds of the world's clock. */
export interface Held {
  stream: StreamNumber;
  sequence: number;
  claim: number;
  purpose: 'send' | 'ask';
  inDoubt: boolean;
  reaped: boolean;
  covers: 'superseded' | 'closed' | null;
  probing: boolean;
  probes: number;
  revision: number;
  attempts: number;
  firstAt: number | null;
  stoodAtFirst: number | null;
  stood: number;
  now: number;
  asUpdate: boolean;
}

export interface End {
  held: Held;
  kind: OutcomeKind;
  waitMs: number;
  inDoubt: boolean;
  expired: boolean;
  stands: boolean;
  goOn: boolean;
  probe: { alive: boolean; waitMs: number } | null;
  /** Whose turn it is, where it is parked. */
  owner: 'data' | 'theirs' | null;
  asUpdate: boolean;
  /** Requests that left under this claim. */
  tries: number;
}

export interface Ended {
  stream: StreamNumber;
  sequence: number;
  wait: 'turn' | 'timer' | 'person' | null;
  wakeInMs: number | null;
  next: Held | null;
}

/** Everything that the engine asks of its ledger, one commit each. */
export type Call =
  | { do: 'enlist'; worker: WorkerNumber; instance: string }
  | { do: 'renew'; worker: WorkerNumber }
  | { do: 'reap-dead'; worker: WorkerNumber }
  | { do: 'reap-predecessors'; worker: WorkerNumber; instance: string }
  | { do: 'retire'; worker: WorkerNumber }
  | { do: 'enter'; stream: StreamNumber; letters: string; opens: boolean; ordinals: number[] }
  | { do: 'plan'; streams: StreamNumber[]; direct: { worker: WorkerNumber; lanes: number } | null }
  | { do: 'claim'; worker: WorkerNumber; limit: number; probe: { probes: number } | null }
  | { do: 'settle'; worker: WorkerNumber; ends: End[] }
  | { do: 'wake'; stream: StreamNumber }
  | { do: 'sweep' }
  | { do: 'free-strays'; worker: WorkerNumber; known: StreamNumber[] }
  | { do: 'open-breaker'; waitMs: number }
  | { do: 'take-probe'; worker: WorkerNumber }
  | { do: 'close-breaker'; worker: WorkerNumber }
  | { do: 'pause' }
  | { do: 'resume' }
  | { do: 'retry'; stream: StreamNumber }
  | { do: 'close'; stream: StreamNumber; sequence: number }
  | { do: 'edit'; stream: StreamNumber; sequence: number }
  | { do: 'record'; stream: StreamNumber; sequence: number; held: boolean };

/** What each call gives back, comparable as JSON. */
export type Answer =
  Held[] | Ended[] | StreamNumber[] | { looked: number; claimed: Held[] } | { probes: number } | boolean;

export interface LaneRow {
  stream: StreamNumber;
  done: number;
  last: number;
  sending: number | null;
  claim: number;
  worker: WorkerNumber | null;
  doubtAt: number | null;
  asked: boolean;
  wait: 'turn' | 'timer' | 'person' | null;
  wakeAt: number | null;
  outUntil: number | null;
  revokeAt: number | null;
  probing: boolean;
}

export interface DeliveryRow {
  sequence: number;
  form: Form;
  state: DeliveryState;
  taint: Taint;
  revision: number;
  attempts: number;
  firstAt: number | null;
  stoodAtFirst: number | null;
  asUpdate: boolean;
}

/** Everything that two stores must agree on after each call. */
export interface Snapshot {
  workers: WorkerNumber[];
  lanes: LaneRow[];
  deliveries: (DeliveryRow & { stream: StreamNumber })[];
  breaker: { open: boolean; probes: number; probeWorker: WorkerNumber | null; wakeAt: number | null };
}

/** What holds for the agency of a world. */
export interface Terms {
  timeoutMs: number;
  settleMs: number;
  canAsk: boolean;
}

export const LEASE_MS = 5_000;
export const SWEPT_AFTER_MS = 2_000;

/** F: full state, D: delta, B: barrier, Q: result, R: revocation. By the type of the event, as `formOf` reads it. */
export const TYPES: Readonly<Record<string, string>> = {
  F: 'case.status-changed',
  D: 'case.supplemented',
  B: 'case.withdrawn',
  Q: 'case.result-issued',
  R: 'case.result-revoked',
};
export const FULL_STATES = ['case.status-changed'];
