/**
 * Payloads of streams that aren't cases: payments, petitions, catalogue rows, accounts, figures. Nothing personal in any of
 * them: who paid, asked or opened an account stays in the system that knows it.
 */
export interface PaymentRequested {
  code: string;
  purpose: 'land' | 'fee' | 'fine';
  /** Đồng, an integer. */
  amount: number;
  requestedAt: string;
  caseCode?: string;
}

export interface PaymentSettled {
  outcome: 'succeeded' | 'failed';
  /** What was paid, đồng; 0 where it failed. */
  amount: number;
  at: string;
}

export interface PetitionReceived {
  code: string;
  receivedAt: string;
  dueAt?: string;
}

export interface PetitionAnswered {
  at: string;
}

/** How a procedure is linked over levels or between agencies; `none`: it isn't, or nobody says. */
export type ProcedureLink = 'three-level' | 'two-level' | 'horizontal' | 'vertical' | 'none';

/** A row of a place's list of procedures; said again it replaces the earlier one. */
export interface ProcedureListed {
  code: string;
  name: string;
  field?: string;
  link: ProcedureLink;
  onlineLevel: 0 | 1 | 2 | 3 | 4;
  onPortal: boolean;
  at: string;
}

export interface AccountOpened {
  code: string;
  at: string;
}

export interface UnitListed {
  code: string;
  name: string;
  form: 'commune' | 'ward' | 'township';
  at: string;
}

/** Days of Asia/Ho_Chi_Minh, both included. */
export interface FigurePeriod {
  from: string;
  to: string;
}

export interface FigurePublished {
  /** The stream: `figure/<definition>/<period>`, with a group `figure/<definition>/<period>/<group>`. */
  figure: string;
  definition: { id: string; version: string };
  unit: string;
  period: FigurePeriod;
  /** When it was counted. */
  asOf: string;
  /** Which cell of its table; absent: the table's total. */
  group?: { by: string; code: string };
  /** null: suppressed, or not computable: a percentage whose denominator is 0. */
  value: number | null;
  numerator?: number;
  denominator?: number;
  /** Too few are counted, or the cell would give away one that has too few. */
  suppressed?: boolean;
  /** What this takes the place of. */
  revises?: { sequence: number; value: number | null; reason: 'late-facts' | 'definition' };
}
