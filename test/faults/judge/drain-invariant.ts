import type { CrossRead } from './cross-read.js';
import { drainsOf, inversionsOf, tellsOrder, worstShare, type Drain } from './drains.js';

/** Whether a partner came back to enough lanes of both classes, each with a deadline of its own. */
export const hasTellingDrain = (read: CrossRead): boolean => drainsOf(read).some(tellsOrder);

/**
 * 17. Deadline inversions in a drain ≤ its window, within each class; and of the classes one place in five goes to those
 * already late. A fifth of what is claimed and hasn't come may be missing, and what each process carries over.
 */
export function drainsByDeadline(read: CrossRead): string[] {
  return drainsOf(read)
    .filter(tellsOrder)
    .flatMap((drain) => [...overtaken(drain), ...wrongShare(drain)]);
}

const overtaken = (drain: Drain): string[] =>
  drain.waited
    .map((lane) => ({ lane, by: inversionsOf(drain, lane) }))
    .filter(({ by }) => by > drain.window)
    .map(({ lane, by }) => `${drain.partner} ${lane.code}: ${by} with later deadlines came first, ${drain.window} may`);

function wrongShare(drain: Drain): string[] {
  const { of, late, off } = worstShare(drain);
  return off > drain.window / 4
    ? [`${drain.partner}: of the first ${of} places ${late} went to those already late`]
    : [];
}

/** What a drain came to, beside its bounds. */
export const saysOfDrains = (read: CrossRead): string[] =>
  drainsOf(read)
    .filter(tellsOrder)
    .map((drain) => {
      const most = Math.max(...drain.waited.map((lane) => inversionsOf(drain, lane)));
      const { of, late, off } = worstShare(drain);
      return `${drain.partner}: ${drain.waited.length} lanes waited; most inversions of one ${most} (may be ${drain.window}); late had ${late} of ${of} places where it was furthest from a fifth, off by ${off.toFixed(1)} (may be ${drain.window / 4})`;
    });
