import type { Suspension } from './term.js';

/** What of a case's event tells whether a supplement is awaited. */
export interface CaseStep {
  /** Short, e.g. `case.status-changed`. */
  type: string;
  status?: number;
  at: Date;
}

const SUPPLEMENT_WANTED = 5;

/** When a case waited for its applicant: from status 5 until the supplement came, or until its status says that it goes on. */
export function suspensionsOf(steps: readonly CaseStep[]): Suspension[] {
  const found: Suspension[] = [];
  let since: Date | undefined;
  for (const { type, status, at } of steps) {
    const isWanted = status === SUPPLEMENT_WANTED && type !== 'case.supplemented';
    if (isWanted) since ??= at;
    else if (since && (type === 'case.supplemented' || status !== undefined)) {
      found.push({ from: since, to: at });
      since = undefined;
    }
  }
  if (since) found.push({ from: since });
  return found;
}
