import { largestRemainder } from './largest-remainder.js';
import { planCarriedOver, planOpen } from './plan-edges.js';
import { procedureClasses, type Procedure, type ProvinceYear } from './province-year.js';
import type { PlannedCase } from './planned-case.js';
import { quotasFor, total, type ByOutcome, type Quotas } from './quotas.js';
import { Chance, firstAbove, permutation, Weighted } from './random.js';
import { eveOf } from './working-days.js';

/** Place in the year: cases are numbered by day, and within a day as they came. */
export interface PlacedCase extends PlannedCase {
  index: number;
  /** Of its day, from 1; the day has `ofDay` cases. */
  number: number;
  ofDay: number;
}

/**
 * All cases of a run, by number, each found without the others: only those at the year's two edges (at most 580 and 484)
 * are kept. The same year, number of cases and seed give the same cases for ever.
 */
export class YearPlan {
  readonly quotas: Quotas;
  /** First and last working day of the year. */
  readonly first: number;
  readonly last: number;
  readonly procedures: readonly Procedure[];
  private readonly judicialProcedure: Procedure;
  private readonly others: readonly Procedure[];
  private readonly carried: PlacedCase[];
  /** Unresolved at the end of the year, by day. */
  private readonly open: Map<number, PlannedCase[]>;
  /** Per working day of the year: resolved cases received on it, and the number of the first case after it. */
  private readonly resolved: number[];
  private readonly ends: number[] = [];
  private readonly resolvedBefore: number[] = [];
  private readonly common: Weighted<Procedure>;
  private readonly shuffle: { judicial: Place; outcome: Place; procedure: Place };
  private readonly newJudicial: ByOutcome;
  private readonly newOther: ByOutcome;
  private mixedDay: { place: number; shuffle: Place } | undefined;

  constructor(
    readonly year: ProvinceYear,
    cases: number,
    readonly seed: number,
  ) {
    this.quotas = quotasFor(year, cases);
    const { calendar } = year;
    this.first = calendar.placeFrom(`${year.year}-01-01`);
    this.last = calendar.placeFrom(`${year.year + 1}-01-01`) - 1;
    this.judicialProcedure = judicialProcedureOf(year);
    this.procedures = this.chosenProcedures();
    this.others = this.procedures.filter((procedure) => procedure !== this.judicialProcedure);
    this.common = new Weighted(this.others, ({ weight }) => weight);
    const { judicial, other, carriedJudicial, carriedOther } = this.quotas;
    this.newJudicial = without(judicial, carriedJudicial);
    this.newOther = without(other, carriedOther);
    const edges = {
      calendar,
      seed,
      first: this.first,
      last: this.last,
      others: this.others,
      judicial: this.judicialProcedure,
      dueOf: (procedure: Procedure, received: number) => this.dueOf(procedure, received),
    };
    this.carried = numbered(planCarriedOver(edges, carriedJudicial, carriedOther));
    this.open = byDay(planOpen(edges, judicial.open, other.open));
    this.resolved = this.resolvedPerDay();
    this.number();
    const resolved = this.resolvedBefore.at(-1) ?? 0;
    const otherResolved = this.newOther.early + this.newOther.onTheDay;
    this.shuffle = {
      judicial: permutation(resolved, seed, 'judicial'),
      outcome: permutation(otherResolved, seed, 'outcome'),
      procedure: permutation(otherResolved, seed, 'procedure'),
    };
  }

  get cases(): number {
    return this.quotas.cases;
  }

  /** Carried-over cases come first. */
  caseAt(index: number): PlacedCase {
    const carried = this.carried[index];
    if (carried) return carried;
    const inYear = index - this.carried.length;
    const offset = firstAbove(this.ends, inYear);
    const place = this.first + offset;
    const start = this.ends[offset - 1] ?? 0;
    const ofDay = (this.ends[offset] ?? 0) - start;
    const position = inYear - start;
    const open = this.open.get(place) ?? [];
    const mixed = open.length === 0 ? position : this.shuffleOf(place, ofDay)(position);
    const planned =
      open[mixed] ?? this.resolvedCase((this.resolvedBefore[offset - 1] ?? 0) + mixed - open.length, place);
    const { procedure, judicial, outcome, received, due } = planned;
    return { procedure, judicial, outcome, received, due, index, number: position + 1, ofDay };
  }

  private resolvedCase(rank: number, received: number): PlannedCase {
    const judicial = this.newJudicial.early + this.newJudicial.onTheDay;
    const drawn = this.drawnBeforeLastDay(rank);
    if (drawn < judicial) {
      const procedure = this.judicialProcedure;
      const due = Math.min(this.dueOf(procedure, received), this.last);
      return {
        procedure,
        judicial: true,
        outcome: drawn < this.newJudicial.early ? 'early' : 'onTheDay',
        received,
        due,
      };
    }
    const other = this.shuffle.outcome(drawn - judicial);
    const procedure = this.procedureOf(this.shuffle.procedure(other));
    if (other < this.newOther.early)
      return { procedure, judicial: false, outcome: 'early', received, due: this.dueOf(procedure, received) };
    // The day that the counter names is never later than the term allows, and in time for the year's end.
    return {
      procedure,
      judicial: false,
      outcome: 'onTheDay',
      received,
      due: Math.min(this.dueOf(procedure, received), this.last),
    };
  }

  /** A judicial record isn't back on the day of receipt: those of the last working day are never drawn as judicial. */
  private drawnBeforeLastDay(rank: number): number {
    const all = this.resolvedBefore.at(-1) ?? 0;
    const before = all - (this.resolved.at(-1) ?? 0);
    if (rank >= before) return rank;
    let drawn = this.shuffle.judicial(rank);
    while (drawn >= before) drawn = this.shuffle.judicial(drawn);
    return drawn;
  }

  /** Each procedure once, then by weight. */
  private procedureOf(turn: number): Procedure {
    return this.others[turn] ?? this.common.choose(new Chance(this.seed, 'procedure', turn));
  }

  /** Of the judicial procedure a day whose eve is worked: the records' office dates its records on the eve. */
  private dueOf(procedure: Procedure, received: number): number {
    const { calendar } = this.year;
    const due = received + procedure.termDays;
    return procedure === this.judicialProcedure && !calendar.isWorked(eveOf(calendar.day(due))) ? due - 1 : due;
  }

  /** The weightiest of each class; the judicial one wherever there is a judicial case. */
  private chosenProcedures(): readonly Procedure[] {
    const { procedures, judicial } = this.quotas;
    const rank = (procedure: Procedure): number => {
      if (procedure !== this.judicialProcedure) return procedure.weight;
      return total(judicial) > 0 ? Number.POSITIVE_INFINITY : -1;
    };
    return procedureClasses.flatMap((name) =>
      this.year.procedures
        .filter((procedure) => procedure.class === name && rank(procedure) >= 0)
        .sort((a, b) => rank(b) - rank(a) || (a.code < b.code ? -1 : 1))
        .slice(0, procedures[name]),
    );
  }

  private resolvedPerDay(): number[] {
    const { calendar, weekdays, months } = this.year;
    const weights = calendar.days.slice(this.first, this.last + 1).map((day, offset) => {
      const season =
        (months[String(Number(day.slice(5, 7)))] ?? 1) * (weekdays[String(calendar.weekday(this.first + offset))] ?? 1);
      return season * (0.9 + 0.2 * new Chance(this.seed, 'day', offset).share());
    });
    const { newJudicial, newOther } = this;
    return largestRemainder(weights, newJudicial.early + newJudicial.onTheDay + newOther.early + newOther.onTheDay);
  }

  private number(): void {
    let end = 0;
    let resolved = 0;
    this.resolved.forEach((count, offset) => {
      this.resolvedBefore.push((resolved += count));
      this.ends.push((end += count + (this.open.get(this.first + offset)?.length ?? 0)));
    });
  }

  private shuffleOf(place: number, ofDay: number): Place {
    if (this.mixedDay?.place !== place)
      this.mixedDay = { place, shuffle: permutation(ofDay, this.seed, `day ${place}`) };
    return this.mixedDay.shuffle;
  }
}

function judicialProcedureOf({ procedures, judicialProcedure }: ProvinceYear): Procedure {
  const found = procedures.find(({ code }) => code === judicialProcedure);
  if (!found) throw new Error(`procedures.csv has no ${judicialProcedure}`);
  return found;
}

type Place = (index: number) => number;

const without = (all: ByOutcome, carried: ByOutcome): ByOutcome => ({
  early: all.early - carried.early,
  onTheDay: all.onTheDay - carried.onTheDay,
  open: all.open,
});

function byDay(cases: readonly PlannedCase[]): Map<number, PlannedCase[]> {
  const days = new Map<number, PlannedCase[]>();
  for (const each of cases) {
    const day = days.get(each.received);
    if (day) day.push(each);
    else days.set(each.received, [each]);
  }
  return days;
}

const numbered = (cases: readonly PlannedCase[]): PlacedCase[] =>
  [...byDay([...cases].sort((a, b) => a.received - b.received)).values()]
    .flatMap((day) => day.map((each, position) => ({ ...each, number: position + 1, ofDay: day.length })))
    .map((each, index) => ({ ...each, index }));
