const OFFSET_MS = 7 * 3_600_000;

/**
 * A row of a case's progress as both sides may write it: when, to the second in Asia/Ho_Chi_Minh, and to which status. Two rows
 * with the same are one, however often they were sent: a partner without keys appends what is sent once more.
 */
export function progressRow(status: number, at: string | null): string {
  const time = at === null ? NaN : Date.parse(at);
  return `${Number.isNaN(time) ? (at ?? '') : new Date(time + OFFSET_MS).toISOString().slice(0, 19)}/${status}`;
}

/** Distinct, in the order of their times. */
export const progressOf = (rows: Iterable<string>): string => [...new Set(rows)].sort().join(',');

export const rowsOf = (progress: string | null | undefined): string[] => (progress ? progress.split(',') : []);

/** Rows of ours that they don't show. */
export function rowsLacking(ours: string | null | undefined, theirs: string | null | undefined): string[] {
  const there = new Set(rowsOf(theirs));
  return rowsOf(ours).filter((row) => !there.has(row));
}

/** When the last row to this status was, RFC 3339; null where none is shown, or its time isn't one. */
export function movedTo(status: string, progress: string | null | undefined): string | null {
  const time = rowsOf(progress)
    .filter((row) => row.endsWith(`/${status}`))
    .at(-1)
    ?.slice(0, -status.length - 1);
  return time && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(time) ? `${time}+07:00` : null;
}
