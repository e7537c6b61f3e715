/** Words of II.06a/VPCP/KSTT. */
export type Verdict = 'early' | 'on-time' | 'overdue' | 'open-in-time' | 'open-overdue';

/** Days are ISO, in Asia/Ho_Chi_Minh. */
export interface Term {
  status: number;
  dueOn: string | null;
  finishedOn: string | null;
}

/**
 * By the practice of case systems: days are compared, not hours; without a term, or withdrawn (7), a case is on time; registered
 * and not received (1, 3) are not counted; while it is waited for others (5, 6, 8) it is in time. null: not counted, or ended
 * without an end date.
 */
export function verdictOf({ status, dueOn, finishedOn }: Term, today: string): Verdict | null {
  if (status === 1 || status === 3) return null;
  if (status === 7) return 'on-time';
  if (status === 5 || status === 6 || status === 8) return 'open-in-time';
  const isFinished = status === 9 || status === 10;
  if (dueOn === null) return isFinished ? 'on-time' : 'open-in-time';
  if (!isFinished) return today > dueOn ? 'open-overdue' : 'open-in-time';
  if (finishedOn === null) return null;
  if (finishedOn === dueOn) return 'on-time';
  return finishedOn < dueOn ? 'early' : 'overdue';
}
