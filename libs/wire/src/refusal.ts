import { languageOf, problem, problems, type Fault, type Language, type Problem, type ProblemCode } from './problem.js';

/** Why something isn't taken. Faults name places and rules, never a value of the data. */
export interface Refusal {
  code: ProblemCode;
  faults?: Fault[];
  hashes?: NonNullable<Problem['hashes']>;
  /** With `feed-cleared`. */
  oldest?: number;
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

const RETRY_AFTER_SECONDS = 1;

/** The problem as the caller reads it. '/' stands for the body as a whole. */
export function problemOf({ code, faults, hashes, oldest }: Refusal, language: Language): Problem {
  return problem(code, language, {
    ...(faults ? { faults: faults.map((fault) => ({ ...fault, path: fault.path === '' ? '/' : fault.path })) } : {}),
    ...(hashes ? { hashes } : {}),
    ...(oldest === undefined ? {} : { oldest }),
  });
}

/** A refusal as application/problem+json, with the headers that belong to its kind. */
export function problemAnswer(
  refused: Refusal,
  acceptLanguage: string | undefined,
): { status: number; headers: Record<string, string>; body: Problem } {
  const language = languageOf(acceptLanguage);
  const { status } = problems[refused.code];
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-language': language,
    vary: 'accept-language',
  };
  if (status === 503 || status === 429) headers['retry-after'] = String(RETRY_AFTER_SECONDS);
  if (status === 401)
    headers['www-authenticate'] = refused.code === 'missing-credentials' ? 'Bearer' : 'Bearer error="invalid_token"';
  if (refused.allow !== undefined) headers.allow = refused.allow;
  return { status, headers, body: problemOf(refused, language) };
}
