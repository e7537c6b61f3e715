/**
 * What an event is for one agency, declared by its contract. `full`: the partner's whole state of the case, replaced by the
 * next one. `delta`: everything else that may follow it. `barrier`: a newer full state never makes it, or anything before
 * it, needless. `result` and `revocation` are barriers with rules of their own.
 */
export type Form = 'full' | 'delta' | 'barrier' | 'result' | 'revocation';

/**
 * `doubted`: an attempt of it may have been done without our knowing. `reaped`: its worker died over it; only the partner's
 * own answer to that key ends this, so until then the same key may go again, and nothing else may take its place.
 */
export type Taint = 'none' | 'doubted' | 'reaped';

export type DeliveryState = 'open' | 'parked' | 'acknowledged' | 'superseded' | 'closed';

export interface LaneDelivery {
  sequence: number;
  form: Form;
  state: DeliveryState;
  taint: Taint;
}

/** A lane that nobody holds, as its next claim sees it. */
export interface Lane {
  /** Everything up to here has ended. */
  done: number;
  /** The sequence of which nobody knows whether the partner has it. `asked`: a look-up proved nothing since the last attempt. */
  doubt: { sequence: number; asked: boolean } | null;
  /** A request may still be on its way to the partner. */
  copyMayBeOut: boolean;
  /** Above `done`, in order, the nearest first; a lane that is far behind shows only its nearest ones. */
  deliveries: readonly LaneDelivery[];
  /** The earliest planned revocation that hasn't ended. `results`: what it takes back; `told`: the partner may hold one of them. */
  revocation: { sequence: number; results: readonly number[]; told: boolean } | null;
}

export const hasEnded = (state: DeliveryState): boolean => state !== 'open' && state !== 'parked';
