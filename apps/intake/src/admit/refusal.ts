import type { Fault, Problem, ProblemCode } from '#wire';

/** Why something isn't taken. Faults name places and rules, never a value of the data. */
export interface Refusal {
  code: ProblemCode;
  faults?: Fault[];
  hashes?: NonNullable<Problem['hashes']>;
  /** Methods that the address takes, with `method-not-allowed`. */
  allow?: string;
}

export const refusal = (code: ProblemCode, path: string, rule: string, detail?: string): Refusal => ({
  code,
  faults: [{ path, rule, ...(detail === undefined ? {} : { detail }) }],
});

/** A refusal on its way to the filter, where Fastify or Nest wants something thrown. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code);
  }
}
