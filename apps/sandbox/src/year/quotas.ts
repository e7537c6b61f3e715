import { largestRemainder } from './largest-remainder.js';
import { procedureClasses, type ProcedureClass, type ProvinceYear } from './province-year.js';

/** Resolved before the day of the deadline, on it, or not in the year. None is overdue. */
export interface ByOutcome {
  early: number;
  onTheDay: number;
  open: number;
}

/** How many cases of each sort a run makes. Every sum is exact. */
export interface Quotas {
  cases: number;
  /** All of the year's, the carried-over ones among them. */
  outcomes: ByOutcome;
  judicial: ByOutcome;
  other: ByOutcome;
  /** Entered before the year; all of them are resolved in it. */
  carriedJudicial: ByOutcome;
  carriedOther: ByOutcome;
  procedures: Record<ProcedureClass, number>;
}

/** Names of figures.csv, which reports use too. */
export const figureNames = {
  procedures: 'procedures handled at the centre',
  'three-level': 'linked over three levels',
  'two-level': 'linked over two levels',
  horizontal: 'linked horizontally (department and vertical agency)',
  vertical: "vertical agencies' procedures received at the centre",
  unclassified: 'procedures that the source leaves unclassified',
  received: 'cases received',
  carriedOver: 'of them carried over',
  resolved: 'cases resolved',
  earlyShare: 'resolved before the deadline',
  early: 'resolved before the deadline, cases',
  onTheDay: 'resolved on the day of the deadline',
  overdue: 'resolved overdue',
  open: 'left at the end of the year',
  judicial: 'cases on judicial records',
} as const;
export type FigureName = keyof typeof figureNames;

export const total = ({ early, onTheDay, open }: ByOutcome): number => early + onTheDay + open;

/**
 * Every figure of the year for `cases` cases, by largest remainder; all 129,023 give the published figures themselves.
 * The catalogue isn't a flow: its procedures shrink only where there are fewer cases than procedures.
 */
export function quotasFor(year: ProvinceYear, cases: number): Quotas {
  const published = publishedOf(year);
  if (!Number.isInteger(cases) || cases < 1 || cases > published('received')) {
    throw new RangeError(`cases is a whole number from 1 to ${published('received')}, the published year`);
  }
  const early = published('early');
  const resolved = published('resolved');
  const open = published('received') - resolved;
  const outcomes = byOutcome([early, resolved - early, open], cases);
  const [judicialCases = 0] = largestRemainder(
    [published('judicial'), published('received') - published('judicial')],
    cases,
  );
  const judicial = byOutcome([outcomes.early, outcomes.onTheDay, outcomes.open], judicialCases);
  const other = less(outcomes, judicial);

  const [carried = 0] = largestRemainder(
    [published('carriedOver'), published('received') - published('carriedOver')],
    cases,
  );
  const [carriedJudicial = 0, carriedOther = 0] = largestRemainder([judicialCases, cases - judicialCases], carried);
  const quotas = {
    cases,
    outcomes,
    judicial,
    other,
    carriedJudicial: resolvedOnly(judicial, carriedJudicial),
    carriedOther: resolvedOnly(other, carriedOther),
  };
  return { ...quotas, procedures: proceduresOf(quotas, procedureClasses.map(published)) };
}

/** Each procedure has at least one case that was received and resolved in the year. */
function proceduresOf(quotas: Omit<Quotas, 'procedures'>, published: number[]): Record<ProcedureClass, number> {
  const room = newResolved(quotas.other, quotas.carriedOther) + (total(quotas.judicial) > 0 ? 1 : 0);
  const most = published.reduce((a, b) => a + b, 0);
  const scaled = largestRemainder(published, Math.min(most, room));
  return Object.fromEntries(procedureClasses.map((name, place) => [name, scaled[place] ?? 0])) as Record<
    ProcedureClass,
    number
  >;
}

const newResolved = (all: ByOutcome, carried: ByOutcome): number =>
  all.early + all.onTheDay - carried.early - carried.onTheDay;

function byOutcome(weights: [number, number, number], cases: number): ByOutcome {
  const [early = 0, onTheDay = 0, open = 0] = largestRemainder(weights, cases);
  return { early, onTheDay, open };
}

const resolvedOnly = ({ early, onTheDay }: ByOutcome, cases: number): ByOutcome =>
  byOutcome([early, onTheDay, 0], cases);

const less = (a: ByOutcome, b: ByOutcome): ByOutcome => ({
  early: a.early - b.early,
  onTheDay: a.onTheDay - b.onTheDay,
  open: a.open - b.open,
});

export function publishedOf(year: ProvinceYear): (name: FigureName) => number {
  const byName = new Map(year.figures.map((figure) => [figure.name, figure.published]));
  return (name) => {
    const value = byName.get(figureNames[name]);
    if (value === undefined) throw new Error(`figures.csv has no "${figureNames[name]}"`);
    return value;
  };
}

/** What a run of these quotas must show, by figure; the percentage as the source prints it, two places. */
export function expectedFigures(quotas: Quotas): Record<FigureName, number> {
  const { outcomes, procedures } = quotas;
  const resolved = outcomes.early + outcomes.onTheDay;
  return {
    procedures: procedureClasses.reduce((sum, name) => sum + procedures[name], 0),
    ...procedures,
    received: quotas.cases,
    carriedOver: total(quotas.carriedJudicial) + total(quotas.carriedOther),
    resolved,
    earlyShare: percent(outcomes.early, resolved),
    early: outcomes.early,
    onTheDay: outcomes.onTheDay,
    overdue: 0,
    open: outcomes.open,
    judicial: total(quotas.judicial),
  };
}

export const percent = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;
