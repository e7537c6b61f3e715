import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemAnswer, type Refusal } from '#wire';

export { problemOf } from '#wire';

/** Sends a refusal as application/problem+json, with the headers that belong to its kind. */
export function answerProblem(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): void {
  const { status, headers, body } = problemAnswer(refusal, request.headers['accept-language']);
  void reply.code(status).headers(headers).send(body);
}
