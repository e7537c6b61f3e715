import type { FigurePeriod, Measure, ProcedureLink, UnitListed } from '#wire';
import type { Runner } from '../database.js';
import { today } from '../hub-clock.js';
import { boundsFor } from '../reports/case-report.js';
import { boundsOf, type Practice } from '../reports/counted-cases.js';
import { practiceOn } from '../reports/definitions.js';
import { ACCOUNTS, casesBy, PAYMENTS, PETITIONS, PROCEDURES, UNITS } from './count.statements.js';

export type CaseMeasure = Extract<Measure, `cases-${string}`>;
export type FigureCounts = Record<CaseMeasure | 'open-past-due', number>;

/** What is counted: a period, and of one sender alone where it is named. */
export interface Scope {
  period: FigurePeriod;
  enteredBy?: string;
}

const asked = async <R extends object>(db: Runner, name: string, text: string, scope: Scope): Promise<R[]> =>
  (await db.query<R>({ name, text, values: [scope.period.from, scope.period.to, scope.enteredBy ?? null] })).rows;

export type FigureCaseRow = FigureCounts & { unit: string | null; procedure: string };

/** How cases are counted where no rules were applied: as the rules that come with the hub say. */
export const usualPractice: Practice = {
  endedAt: ['9.finishedAt', '10.finishedAt', '9.at', '10.at'],
  refused: 'excluded',
  withdrawn: 'on-time',
  withoutDue: 'on-time',
  pauses: [5, 6, 8],
};

/** From facts that the caller has refreshed. */
export async function countCases(db: Runner, { period: { from, to }, enteredBy }: Scope): Promise<FigureCaseRow[]> {
  const practice = (await practiceOn(db, to)) ?? usualPractice;
  const bounds = boundsFor({ period: { first: from, last: to }, today: today() });
  const { rows } = await db.query<FigureCaseRow>({
    text: casesBy(practice),
    values: [...boundsOf(bounds), enteredBy ?? null],
  });
  return rows;
}

/** Of several rows, one. */
export function sumOf(rows: readonly FigureCaseRow[]): FigureCounts {
  const sum = (name: keyof FigureCounts): number => rows.reduce((all, row) => all + row[name], 0);
  return {
    'cases-received': sum('cases-received'),
    'cases-received-online': sum('cases-received-online'),
    'cases-carried-over': sum('cases-carried-over'),
    'cases-resolved': sum('cases-resolved'),
    'cases-resolved-early': sum('cases-resolved-early'),
    'cases-resolved-on-time': sum('cases-resolved-on-time'),
    'cases-resolved-overdue': sum('cases-resolved-overdue'),
    'cases-open': sum('cases-open'),
    'open-past-due': sum('open-past-due'),
  };
}

export type PaymentCounts = Record<
  'payments-requested' | 'payments-succeeded' | 'amount-requested' | 'amount-succeeded',
  number
>;

/** Sums stay exact to 2^53 đồng, ninety thousand times a province's year; beyond it the figure isn't guessed. */
export async function countPayments(db: Runner, scope: Scope): Promise<PaymentCounts> {
  const [row] = await asked<Record<keyof PaymentCounts, string | number>>(db, 'figures.payments', PAYMENTS, scope);
  const exact = (name: keyof PaymentCounts): number => {
    const value = Number(row![name]);
    if (!Number.isSafeInteger(value)) throw new RangeError(`${name} is beyond 2^53`);
    return value;
  };
  return {
    'payments-requested': exact('payments-requested'),
    'payments-succeeded': exact('payments-succeeded'),
    'amount-requested': exact('amount-requested'),
    'amount-succeeded': exact('amount-succeeded'),
  };
}

export type PetitionCounts = Record<'petitions-received' | 'petitions-answered' | 'petitions-answered-in-time', number>;

export const countPetitions = async (db: Runner, scope: Scope): Promise<PetitionCounts> =>
  (await asked<PetitionCounts>(db, 'figures.petitions', PETITIONS, scope))[0]!;

export interface ProcedureCount {
  link: ProcedureLink;
  level: number;
  onPortal: boolean;
  field: string | null;
  count: number;
}

export const countProcedures = (db: Runner, scope: Scope): Promise<ProcedureCount[]> =>
  asked(db, 'figures.procedures', PROCEDURES, scope);

export const countUnits = (db: Runner, scope: Scope): Promise<{ form: UnitListed['form']; count: number }[]> =>
  asked(db, 'figures.units', UNITS, scope);

export const countAccounts = async (db: Runner, scope: Scope): Promise<number> =>
  (await asked<{ count: number }>(db, 'figures.accounts', ACCOUNTS, scope))[0]!.count;

/** A period's counts, each asked once however many figures are made of it. */
export class PeriodCounts {
  private readonly asked = new Map<string, Promise<unknown>>();

  constructor(
    private readonly db: Runner,
    private readonly scope: Scope,
  ) {}

  cases = (): Promise<FigureCaseRow[]> => this.once('cases', () => countCases(this.db, this.scope));
  payments = (): Promise<PaymentCounts> => this.once('payments', () => countPayments(this.db, this.scope));
  petitions = (): Promise<PetitionCounts> => this.once('petitions', () => countPetitions(this.db, this.scope));

  private once<T>(what: string, ask: () => Promise<T>): Promise<T> {
    const before = this.asked.get(what) as Promise<T> | undefined;
    const answer = before ?? ask();
    this.asked.set(what, answer);
    return answer;
  }
}
