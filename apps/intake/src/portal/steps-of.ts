import type { ReadCase } from '#connectors';
import { canFollow } from '#domain';
import type { CaseStatus, CaseWithdrawn, StatusChange } from '#wire';
import { NO_RESULTS, stateOf, type DoorState } from './door-state.js';

/** One event that an item stands for, and what the sender has said once it is entered. */
export type Step = { state: DoorState } & (
  | { what: 'received' | 'supplemented'; status: CaseStatus }
  | { what: 'result-issued'; at: string }
  | { what: 'status-changed'; data: StatusChange }
  | { what: 'withdrawn'; data: CaseWithdrawn }
  /** What the hub knows already: a receipt. */
  | { what: 'nothing' }
);

/** Where the case stands in the hub, and what this sender said of it last. */
export interface Standing {
  status: CaseStatus;
  said: DoorState | null;
  /** The newest result came from another agency: what the item shows of results is its echo. */
  resultIsOthers: boolean;
}

/** These go with the supplement itself; the others have an event of their own. */
const withSupplement: readonly CaseStatus[] = [1, 2, 4, 6, 8];

/**
 * An item tells a case in full, so what happened is what differs from the sender's last one: entered in this order, and
 * where that breaks off, the same item again gives the rest. `toldAt` stands in where the item has no time of its own.
 */
export function stepsOf(item: ReadCase, standing: Standing | undefined, toldAt: string): Step[] {
  const target = stateOf(item, standing?.resultIsOthers ?? false);
  const steps: Step[] = [];
  let status: CaseStatus;
  let said: DoorState;
  if (!standing) {
    // A case comes in as registered or received; whatever came after follows as events.
    status = item.status === 1 ? 1 : 2;
    said = { application: target.application, status, results: NO_RESULTS };
    steps.push({ what: 'received', status, state: said });
  } else {
    status = standing.status;
    said = standing.said ?? { application: '', status, results: NO_RESULTS };
    if (said.application !== target.application) {
      if (isNews(target.status, said, status) && withSupplement.includes(target.status)) status = target.status;
      said = { ...said, application: target.application, ...(status === target.status ? { status } : {}) };
      steps.push({ what: 'supplemented', status, state: said });
    }
  }
  if (target.results !== NO_RESULTS && target.results !== said.results) {
    said = { ...said, status: 9, results: target.results };
    status = 9;
    steps.push({ what: 'result-issued', at: item.finishedAt ?? toldAt, state: said });
  }
  if (isNews(target.status, said, status)) steps.push({ ...changeTo(target.status, item, toldAt), state: target });
  const last = steps.at(-1);
  if (!last) return [{ what: 'nothing', state: target }];
  last.state = target;
  return steps;
}

/** Where a step takes its case; undefined: it leaves it where it is. */
const reachedBy = (step: Step): CaseStatus | undefined => {
  if (step.what === 'nothing') return undefined;
  if (step.what === 'result-issued') return 9;
  return 'data' in step ? step.data.status : step.status;
};

/** Whether each step's status may follow the one before. The ledger judges again, under the stream's lock. */
export function canAllFollow(steps: readonly Step[], from: CaseStatus | null): boolean {
  let standsAt = from;
  for (const step of steps) {
    const to = reachedBy(step);
    if (to !== undefined && canFollow(standsAt, to).kind === 'refused') return false;
    standsAt = to ?? standsAt;
  }
  return true;
}

/**
 * A status that the sender hasn't said before and the hub doesn't have. An old "received" of a case that others have
 * moved on meanwhile takes nothing back.
 */
const isNews = (status: CaseStatus, said: DoorState, standsAt: CaseStatus): boolean =>
  status !== said.status && status !== standsAt && !isOldArrival(status, standsAt);

export const isOldArrival = (status: CaseStatus, standsAt: CaseStatus): boolean =>
  status === 2 && canFollow(standsAt, status).kind === 'refused';

function changeTo(
  status: CaseStatus,
  item: ReadCase,
  toldAt: string,
): { what: 'withdrawn'; data: CaseWithdrawn } | { what: 'status-changed'; data: StatusChange } {
  const { note, asked, finishedAt, returnedAt, refusedAt } = item;
  if (status === 7)
    return { what: 'withdrawn', data: { status, at: toldAt, ...(note === undefined ? {} : { reason: note }) } };
  const times: Partial<Record<CaseStatus, string | undefined>> = { 3: refusedAt, 5: asked?.at, 9: finishedAt, 10: returnedAt }; // prettier-ignore
  const reason = status === 5 ? (asked?.request ?? note) : status === 3 ? note : undefined;
  const data: StatusChange = {
    status,
    at: times[status] ?? toldAt,
    ...(reason !== undefined ? { reason } : note !== undefined ? { note } : {}),
    ...(status >= 9 && finishedAt !== undefined ? { finishedAt } : {}),
  };
  return { what: 'status-changed', data };
}
