import { afterLookUp, chooseNext, formOf, nextStep } from '#domain';
import type { LaneRow, WorkerNumber } from './lane-store.js';
import type { MemoryState } from './memory-state.js';

/** What decides, as it stands in libs/domain, and what the ledger's statements say. A mutant puts something else in one place. */
export interface Rules {
  chooseNext: typeof chooseNext;
  nextStep: typeof nextStep;
  afterLookUp: typeof afterLookUp;
  formOf: typeof formOf;
  /** May this worker write the outcome of this claim? */
  isFenced(lane: LaneRow, worker: WorkerNumber, claim: number, sequence: number): boolean;
  /** What a reaped lane doubts. */
  doubtAfterReap(lane: LaneRow): number | null;
  /** The sequences of a stream that are to be planned, and what is noted for the next time. */
  unplanned(state: MemoryState, stream: number): number[];
  /** How far `done` may move when a person closes one delivery. */
  doneAfterClosing(lane: LaneRow, closed: number, firstOpen: number): number;
  /** A claim frees its lane for the next delivery before the outcome is written. */
  advancesBeforeCommit: boolean;
}

export const asBuilt: Rules = {
  chooseNext,
  nextStep,
  afterLookUp,
  formOf,
  isFenced: (lane, worker, claim, sequence) =>
    lane.worker !== worker || lane.claim !== claim || lane.sending !== sequence,
  doubtAfterReap: (lane) => lane.sending,
  unplanned: ({ events, planned }, stream) => {
    const above = (planned.get(stream) ?? 0) + 1;
    return Array.from({ length: Math.max(0, (events.get(stream)?.length ?? 0) - above + 1) }, (_, i) => above + i);
  },
  doneAfterClosing: (_lane, _closed, firstOpen) => firstOpen - 1,
  advancesBeforeCommit: false,
};
