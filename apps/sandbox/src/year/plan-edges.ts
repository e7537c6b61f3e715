import type { PlannedCase } from './planned-case.js';
import type { Procedure } from './province-year.js';
import type { ByOutcome } from './quotas.js';
import { Chance, Weighted } from './random.js';
import type { WorkingDays } from './working-days.js';

interface Edges {
  calendar: WorkingDays;
  seed: number;
  /** First and last working day of the year. */
  first: number;
  last: number;
  others: readonly Procedure[];
  judicial: Procedure;
  dueOf(procedure: Procedure, received: number): number;
}

/** The more working days a procedure takes, the likelier its case lies across the turn of a year. */
const longRunning = ({ weight, termDays }: Procedure): number => weight * (termDays - 1);

/** Received before the year, resolved in it: due in the year, and for the early ones not on its first working day. */
export function planCarriedOver(edges: Edges, judicial: ByOutcome, other: ByOutcome): PlannedCase[] {
  const { first, seed } = edges;
  const common = new Weighted(edges.others, longRunning);
  return sorts(judicial, other, ['early', 'onTheDay']).map(({ isJudicial, outcome }, index) => {
    const chance = new Chance(seed, 'carried over', index);
    const procedure = isJudicial ? edges.judicial : common.choose(chance);
    const days = daysFrom(first - procedure.termDays, first - 1);
    const earliest = outcome === 'early' ? first + 1 : first;
    return placed(edges, procedure, isJudicial, outcome, chance, days, (due) => due >= earliest);
  });
}

/** Received in the year, due after it. */
export function planOpen(edges: Edges, judicial: number, other: number): PlannedCase[] {
  const { first, last, seed } = edges;
  const common = new Weighted(edges.others, longRunning);
  const open = (count: number): ByOutcome => ({ early: 0, onTheDay: 0, open: count });
  return sorts(open(judicial), open(other), ['open']).map(({ isJudicial }, index) => {
    const chance = new Chance(seed, 'open', index);
    const procedure = isJudicial ? edges.judicial : common.choose(chance);
    const days = daysFrom(Math.max(first, last - procedure.termDays + 1), last);
    return placed(edges, procedure, isJudicial, 'open', chance, days, (due) => due > last);
  });
}

type Sort = { isJudicial: boolean; outcome: keyof ByOutcome };

const sorts = (judicial: ByOutcome, other: ByOutcome, outcomes: readonly (keyof ByOutcome)[]): Sort[] =>
  [true, false].flatMap((isJudicial) =>
    outcomes.flatMap((outcome) =>
      Array.from({ length: (isJudicial ? judicial : other)[outcome] }, () => ({ isJudicial, outcome })),
    ),
  );

const daysFrom = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

function placed(
  edges: Edges,
  procedure: Procedure,
  judicial: boolean,
  outcome: keyof ByOutcome,
  chance: Chance,
  days: readonly number[],
  fits: (due: number) => boolean,
): PlannedCase {
  const received = chance.of(days.filter((day) => fits(edges.dueOf(procedure, day))));
  return { procedure, judicial, outcome, received, due: edges.dueOf(procedure, received) };
}
