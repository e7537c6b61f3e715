import type { ClaimedLane } from './lanes/claimed-lane.js';

export interface Plannable {
  streamId: string;
  sequence: number;
  eventId: string;
  type: string;
  sender: string;
  enteredBy: string;
  alsoEnteredBy: readonly string[];
  procedure: string;
  openedOn: string;
  /** The unit that received the case; null: none is kept. */
  unit: string | null;
  recordedAt: Date;
}

export interface Recipient {
  agency: string;
  /** Short types that this agency's contract declares as full states. */
  fullStates?: readonly string[];
}

export interface PlanDecision {
  recipients: Recipient[];
  /** Those of them that must be asked for answers. */
  collectFrom: { agency: string; everyMs: number }[];
  /**
   * Who may be here in another's place since some earlier event: what of these types it hasn't got is planned for it, so that
   * it has the case in full before this event. Short types.
   */
  takesOver?: (Recipient & { types: readonly string[] })[];
}

/** First attempts that may leave at once, without a turn: so many of an agency whose lanes don't wait. */
export interface Direct {
  worker: string;
  places: ReadonlyMap<string, { lanes: number; outSeconds: number; withCase: boolean }>;
}

export interface Planned {
  /** How far each stream is planned that had anything to plan. */
  reached: ReadonlyMap<string, number>;
  /** Agencies some of whose lanes wait their turn. */
  woken: Set<string>;
  /** Lanes that this worker holds already. */
  claimed: ClaimedLane[];
}
