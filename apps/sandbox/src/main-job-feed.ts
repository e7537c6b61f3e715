import { call } from './main-job-calls.js';
import type { YearPlan } from './year/plan-year.js';
import { replayYear } from './year/replay-year.js';

const batch = 500;

export interface Fed {
  /** Handed to the one-stop so far, its journal's earlier ones included. */
  handedOver: number;
  /** Everything handed over. */
  done: boolean;
}

/**
 * Hands the year to the one-stop, no faster than it takes it. What its journal holds from a run that was cut it
 * recognises by key.
 */
export async function feedYear(oneStop: string, plan: YearPlan, fed: Fed): Promise<void> {
  let lines: string[] = [];
  const hand = async (): Promise<void> => {
    if (lines.length === 0) return;
    const answer = await call<{ invalid: number; faults: { detail: string }[] }>(`${oneStop}/submissions`, {
      method: 'POST',
      lines: lines.join('\n'),
    });
    if (answer.invalid > 0)
      throw new Error(
        `the one-stop takes ${answer.invalid} submissions for invalid: ${answer.faults[0]?.detail ?? ''}`,
      );
    fed.handedOver += lines.length;
    lines = [];
  };
  for (const submission of replayYear(plan)) {
    lines.push(JSON.stringify(submission));
    if (lines.length === batch) await hand();
  }
  await hand();
  fed.done = true;
}

/** How many submissions the replay makes, hand-overs after a result included. */
export function countSubmissions(plan: YearPlan): number {
  let count = 0;
  for (const submission of replayYear(plan)) count += 'case' in submission && submission.afterResult ? 2 : 1;
  return count;
}
