import type { FastifyReply, FastifyRequest } from 'fastify';
import { languageOf, problem, problems, type Language, type Problem } from '#wire';
import type { Refusal } from './refusal.js';

const RETRY_AFTER_SECONDS = 1;

/** The problem as the caller reads it. '/' stands for the body as a whole. */
export function problemOf({ code, faults, hashes }: Refusal, language: Language): Problem {
  return problem(code, language, {
    ...(faults ? { faults: faults.map((fault) => ({ ...fault, path: fault.path === '' ? '/' : fault.path })) } : {}),
    ...(hashes ? { hashes } : {}),
  });
}

/** Sends a refusal as application/problem+json, with the headers that belong to its kind. */
export function answerProblem(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): void {
  const language = languageOf(request.headers['accept-language']);
  const { status } = problems[refusal.code];
  void reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .header('content-language', language)
    .header('vary', 'accept-language');
  if (status === 503) void reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  if (status === 401)
    void reply.header(
      'www-authenticate',
      refusal.code === 'missing-credentials' ? 'Bearer' : 'Bearer error="invalid_token"',
    );
  if (refusal.allow !== undefined) void reply.header('allow', refusal.allow);
  void reply.send(problemOf(refusal, language));
}
