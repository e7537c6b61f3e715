import { progressOf, progressRow, rowsOf } from './progress.js';

/** An event that an agency acknowledged or itself reported: what of it a line can show. Times RFC 3339, as they came. */
export interface HeldEvent {
  /** Short: case.received. */
  type: string;
  /** Of the case, as of this event. */
  status: number;
  receivedAt: string | null;
  dueAt: string | null;
  at: string | null;
  finishedAt: string | null;
  procedure: string | null;
  applicantName: string | null;
  applicantId: string | null;
  resultNumber: string | null;
  resultFile: string | null;
}

/** What whoever has taken these events in should show of the case. */
export interface HeldState {
  status: number;
  procedure: string | null;
  receivedAt: string | null;
  dueAt: string | null;
  finishedAt: string | null;
  resultNumber: string | null;
  resultFile: string | null;
  resultStands: 'yes' | 'revoked' | 'no';
  /** Distinct ones (`progressRow`), and how many these are. */
  progress: string;
  progressRows: number;
  applicantName: string | null;
  applicantId: string | null;
}

/**
 * In the order of the stream. A progress row's due time is its step's, not the case's. Number and file are of the result that
 * stands: a revoked one has neither. A case that is taken up again hasn't ended.
 */
export function heldState(events: readonly HeldEvent[]): HeldState {
  const state: HeldState = {
    ...{ status: 1, procedure: null, receivedAt: null, dueAt: null, finishedAt: null, resultNumber: null },
    ...{ resultFile: null, resultStands: 'no', progress: '', progressRows: 0, applicantName: null, applicantId: null },
  };
  for (const event of events) step(state, event);
  return state;
}

function step(state: HeldState, event: HeldEvent): void {
  // A question says nothing of the case.
  if (event.type === 'case.correction-asked') return;
  state.status = event.status;
  switch (event.type) {
    case 'case.received':
    case 'case.supplemented':
      state.procedure = event.procedure ?? state.procedure;
      state.receivedAt = event.receivedAt ?? state.receivedAt;
      state.dueAt = event.dueAt;
      state.applicantName = event.applicantName;
      state.applicantId = event.applicantId;
      break;
    case 'case.status-changed':
    case 'case.withdrawn':
      state.progress = progressOf([...rowsOf(state.progress), progressRow(event.status, event.at)]);
      state.progressRows = rowsOf(state.progress).length;
      break;
    case 'case.result-issued':
      state.resultStands = 'yes';
      state.resultNumber = event.resultNumber;
      state.resultFile = event.resultFile;
      break;
    case 'case.result-revoked':
      state.resultStands = 'revoked';
      state.resultNumber = state.resultFile = null;
      break;
  }
  state.finishedAt = endOf(state, event);
}

function endOf({ finishedAt }: HeldState, event: HeldEvent): string | null {
  if (event.status !== 9 && event.status !== 10) return null;
  if (event.type === 'case.status-changed' && event.finishedAt !== null) return event.finishedAt;
  return finishedAt ?? event.at;
}
