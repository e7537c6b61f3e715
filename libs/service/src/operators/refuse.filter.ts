import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.js';
import { problemAnswer, Refused, refusal, type ProblemCode, type Refusal } from '#wire';

/** Everything that leaves as an error leaves here: one form, two languages, and nothing of what came in. */
@Catch()
export class RefuseFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly isUnavailable: (error: unknown) => boolean,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent || request.raw.socket.destroyed) return;
    if (error instanceof HttpException && isProblem(error.getResponse())) {
      void reply.code(error.getStatus()).header('content-type', PROBLEM).send(error.getResponse());
      return;
    }
    const { status, headers, body } = problemAnswer(this.refusalOf(error), request.headers['accept-language']);
    void reply.code(status).headers(headers).send(body);
  }

  refusalOf(error: unknown): Refusal {
    if (error instanceof Refused) return error.refusal;
    if (this.isUnavailable(error)) return { code: 'unavailable' };
    const { statusCode, code, name } = error as { statusCode?: unknown; code?: unknown; name?: unknown };
    const status = error instanceof HttpException ? error.getStatus() : statusCode;
    if (typeof status === 'number' && status >= 400 && status < 500)
      return refusal(byStatus[status] ?? 'invalid-envelope', '/', typeof code === 'string' ? code : 'http');
    // Class and code only: a message may quote data.
    this.log.error({ error: [name, code].filter(Boolean).join(' ') }, 'unexpected error');
    return { code: 'internal' };
  }
}

const PROBLEM = 'application/problem+json; charset=utf-8';

/** Said in full already by who threw it. */
const isProblem = (answer: unknown): boolean =>
  typeof (answer as { type?: unknown; code?: unknown } | null)?.type === 'string' &&
  typeof (answer as { code?: unknown }).code === 'string';

const byStatus: Record<number, ProblemCode> = {
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  415: 'unsupported-media-type',
};
