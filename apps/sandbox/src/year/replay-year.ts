import type { YearPlan } from './plan-year.js';
import { writeCase, type CaseSubmission, type EventSubmission } from './write-case.js';

export type Submission = CaseSubmission | EventSubmission;

/**
 * The year as it was: day by day, each day's receipts and progress in the order of their times. Holds a day and what is
 * yet to happen to the cases that are open on it, never the year.
 */
export function* replayYear(plan: YearPlan): Generator<Submission> {
  const ahead = new Map<number, EventSubmission[]>();
  let next = plan.cases > 0 ? plan.caseAt(0) : undefined;
  let place = next?.received ?? 0;
  while (next || ahead.size > 0) {
    const day: Submission[] = [];
    while (next?.received === place) {
      const written = writeCase(plan, next);
      day.push(written.case);
      for (const { place: on, submission } of written.events) {
        const waiting = ahead.get(on);
        if (waiting) waiting.push(submission);
        else ahead.set(on, [submission]);
      }
      next = next.index + 1 < plan.cases ? plan.caseAt(next.index + 1) : undefined;
    }
    day.push(...(ahead.get(place) ?? []));
    ahead.delete(place);
    yield* inOrderOfTime(day);
    place += 1;
  }
}

const timeOf = (submission: Submission): string =>
  'case' in submission ? submission.case.receivedAt : submission.event.time;

/** Stable: what a case's one-stop says at one second stays in the order in which it says it. */
const inOrderOfTime = (day: Submission[]): Submission[] =>
  day.sort((a, b) => {
    const [first, second] = [timeOf(a), timeOf(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  });
