import type { ReadCase } from '#connectors';
import { itemHash, type CaseStatus } from '#wire';

/** What a sender said last of a case: the application and the results by hash, the status as it is. */
export interface DoorState {
  application: string;
  status: CaseStatus;
  results: string;
}

export const NO_RESULTS = '-';
const FORM = /^portal1 ([0-9a-f]{64}) (\d{1,2}) ([0-9a-f]{64}|-)$/;

export const textOf = ({ application, status, results }: DoorState): string =>
  `portal1 ${application} ${status} ${results}`;

/** Null where another door of the same sender wrote it, or nobody did: then everything is new. */
export function stateIn(text: string | null): DoorState | null {
  const [, application = '', status, results = ''] = FORM.exec(text ?? '') ?? [];
  return status === undefined ? null : { application, status: Number(status) as CaseStatus, results };
}

/** Results count from the status that says they are there; `isEcho`: they are another agency's, which it got from here. */
export function stateOf({ application, documents, results, status }: ReadCase, isEcho: boolean): DoorState {
  const hasResults = status >= 9 && results.length > 0 && !isEcho;
  return {
    application: itemHash({ application, documents }),
    status,
    results: hasResults ? itemHash(results) : NO_RESULTS,
  };
}
