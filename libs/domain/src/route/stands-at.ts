import type { StepNow } from './routing.js';
import type { RouteUnit } from './units.js';

/** A report about a case. */
export interface ReportedBy {
  sender: string;
}

/**
 * The step where a case stands, from 0: that of whoever reported last and is on its route. An agency that serves several
 * steps reports of the first of them from where the case stood, else of its last. Same reports, same step.
 */
export function standsAt(steps: readonly StepNow[], reports: readonly ReportedBy[]): number {
  let at = 0;
  for (const { sender } of reports) {
    const serves = steps.flatMap((step, n) => (servedBy(step, sender) ? [n] : []));
    at = serves.find((n) => n >= at) ?? serves.at(-1) ?? at;
  }
  return at;
}

/** The agency serves the step's unit, or served one that it has succeeded. */
export const servedBy = (step: StepNow, agency: string): boolean => unitServedBy(step, agency) !== undefined;

/** That unit: the latest of them. */
export const unitServedBy = ({ now, ended }: StepNow, agency: string): RouteUnit | undefined =>
  [...ended, now].findLast((unit) => unit?.agency === agency);
