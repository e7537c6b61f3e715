import { rowsOf } from './progress.js';
import type { Fields } from './type-of.js';

const MOST_DAYS = 60;
const MOST_ROWS = 50;
const verdicts = ['early', 'on-time', 'overdue', 'open-in-time', 'open-overdue', null];

/**
 * A side that gives hashes only: the one change of ours that makes its hash, tried over what a field may be. It is then proved,
 * not guessed. undefined: more than one field differs, or one whose values can't be gone through (a name, a number).
 */
export function explainHash(
  ours: Fields,
  compares: readonly string[],
  makesTheirs: (fields: Fields) => boolean,
): Fields | undefined {
  for (const field of compares)
    for (const value of valuesOf(field, ours[field] ?? null)) {
      const rows = field === 'progress' ? { progressRows: String(rowsOf(value).length) } : {};
      const changed = { ...ours, ...rows, [field]: value };
      if (makesTheirs(changed)) return changed;
      // A verdict follows from status and days.
      if (!['status', 'dueOn', 'finishedOn'].includes(field) || !compares.includes('judged')) continue;
      const judged = verdicts.find((verdict) => makesTheirs({ ...changed, judged: verdict }));
      if (judged !== undefined) return { ...changed, judged };
    }
  return undefined;
}

function valuesOf(field: string, ours: string | null): (string | null)[] {
  switch (field) {
    case 'status':
      return Array.from({ length: 10 }, (_, i) => String(i + 1));
    case 'judged':
      return verdicts;
    case 'resultStands':
      return ['yes', 'revoked', 'no', null];
    case 'progressRows':
      return [null, ...Array.from({ length: Math.min(MOST_ROWS, Number(ours ?? 0) + 5) }, (_, i) => String(i))];
    case 'progress':
      return [null, ...rowsOf(ours).map((lost, _, rows) => rows.filter((row) => row !== lost).join(',') || null)];
    case 'receivedOn':
    case 'dueOn':
    case 'finishedOn':
      return ours === null ? [] : [null, ...daysAround(ours)];
    default:
      return [null];
  }
}

function daysAround(day: string): string[] {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Array.from({ length: 2 * MOST_DAYS + 1 }, (_, i) =>
    new Date(at + (i - MOST_DAYS) * 86_400_000).toISOString().slice(0, 10),
  );
}
