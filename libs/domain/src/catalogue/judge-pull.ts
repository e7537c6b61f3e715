/** A whole list against what is known. Counts of procedures. */
export interface PullCounts {
  /** Known before, of them missing now. */
  known: number;
  lost: number;
  listed: number;
  /** How many the partner itself says there are. */
  said?: number | undefined;
  /** Rows that named no procedure. */
  unread: number;
}

export type PullJudgement = 'take' | 'empty' | 'unread-rows' | 'short-of-total' | 'loses-too-many';

/** Anything but `take` waits for a person: a list that came short would switch off what it lacks. `losesAtMost`: per cent. */
export function judgePull({ known, lost, listed, said, unread }: PullCounts, losesAtMost: number): PullJudgement {
  if (listed === 0) return 'empty';
  if (unread > 0) return 'unread-rows';
  if (said !== undefined && listed < said) return 'short-of-total';
  if (lost * 100 > known * losesAtMost) return 'loses-too-many';
  return 'take';
}
