import type { WorkingCalendar } from '../calendar/working-calendar.js';
import type { RouteStepRule } from './routing.js';

const MILLIONTHS = 1_000_000;

/** Whole numbers, so that they add up exactly: millionths of the term, or hundredths of an hour. */
export function weightsOf(steps: readonly RouteStepRule[]): number[] {
  return steps.map(({ share, hours }) => Math.round(share === undefined ? (hours ?? 0) * 100 : share * MILLIONTHS));
}

/** Whether nothing is rounded away: six digits of a share, two of an hour. */
export const isExact = ({ share, hours }: RouteStepRule): boolean => {
  const [value, unit] = share === undefined ? [hours ?? 0, 100] : [share, MILLIONTHS];
  return Math.abs(value * unit - Math.round(value * unit)) < 1e-6;
};

/** Shares add up to the whole term; hours are parts of whatever they add up to. */
export const addUp = (steps: readonly RouteStepRule[]): boolean =>
  steps.every(({ hours }) => hours !== undefined) ||
  weightsOf(steps).reduce((sum, weight) => sum + weight, 0) === MILLIONTHS;

/**
 * When each step is due: the term divided as its steps' weights, the last step's end being the term's, to the millisecond.
 * In working time of the calendar that the case knows; in elapsed time where there is none, or the term holds no work.
 */
export function stepDues(
  steps: readonly RouteStepRule[],
  receivedAt: Date,
  dueAt: Date,
  calendar?: WorkingCalendar,
): Date[] {
  const weights = weightsOf(steps);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const [from, to] = [receivedAt.getTime(), dueAt.getTime()];
  const work = calendar?.workedBetween(from, to) ?? 0;
  let done = 0;
  return weights.map((weight, n) => {
    done += weight;
    if (n === weights.length - 1) return new Date(to);
    const at = calendar && work > 0 ? calendar.addWorked(from, partOf(work, done, whole)) : undefined;
    return new Date(at ?? from + partOf(to - from, done, whole));
  });
}

const partOf = (ms: number, part: number, whole: number): number => Number((BigInt(ms) * BigInt(part)) / BigInt(whole));
