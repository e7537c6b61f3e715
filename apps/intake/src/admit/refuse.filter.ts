import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUnavailable } from '#ledger';
import type { Log } from '#service';
import type { ProblemCode } from '#wire';
import { codeOf } from '../code-of.js';
import { answerDoor, answerFiledDoor } from '../portal/door-answer.js';
import { answerTo, sendFiling } from '../vneid/filing-answer.js';
import { isAtFilingDoor } from '../vneid/admit-filing.hook.js';
import { answerProblem } from './answer-problem.js';
import { refusal, Refused, type Refusal } from './refusal.js';

/** Everything that leaves as an error leaves here: one form, two languages, and nothing of what came in. */
@Catch()
export class RefuseFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly methodsAt: (path: string) => string[],
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent || request.raw.socket.destroyed) return;
    const refused = this.refusalOf(error, request);
    if (isAtTheFiledDoor(request)) answerFiledDoor(reply, refused);
    else if (isAtFilingDoor(request)) sendFiling(reply, answerTo(refused));
    else if (isAtTheDoor(request)) answerDoor(reply, refused);
    else answerProblem(request, reply, refused);
  }

  private refusalOf(error: unknown, request: FastifyRequest): Refusal {
    if (error instanceof Refused) return error.refusal;
    const path = request.url.split('?', 1)[0]!;
    if (request.is404) {
      const allow = this.methodsAt(path);
      if (allow.length > 0)
        return { ...refusal('method-not-allowed', 'path:', `methods:${allow.join('|')}`), allow: allow.join(', ') };
      return refusal('not-found', 'path:', 'known');
    }
    if (isUnavailable(error)) return { code: 'unavailable' };
    const status =
      error instanceof HttpException
        ? error.getStatus()
        : ((error as { statusCode?: unknown } | null)?.statusCode ?? 500);
    if (typeof status === 'number' && status >= 400 && status < 500) return ofStatus(status, error);
    this.log.error({ error: codeOf(error), at: framesOf(error) }, 'unexpected error');
    return { code: 'internal' };
  }
}

/** Whoever speaks the portal's protocol is answered in it, also where its body can't be read. */
const isAtTheDoor = (request: FastifyRequest): boolean =>
  !request.is404 && request.routeOptions.url?.startsWith('/partners/') === true;

const isAtTheFiledDoor = (request: FastifyRequest): boolean =>
  isAtTheDoor(request) && request.routeOptions.url?.endsWith('/filed') === true;

const byStatus: Record<number, ProblemCode> = {
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  415: 'unsupported-media-type',
};

/** Fastify's own refusals (a broken URL, a wrong content length), by its code: its words may repeat what came in. */
function ofStatus(status: number, error: unknown): Refusal {
  const rule = (error as { code?: unknown }).code;
  return refusal(byStatus[status] ?? 'invalid-envelope', '/', typeof rule === 'string' ? rule : 'http');
}

/** Where it happened, without the message. */
const framesOf = (error: unknown): string[] =>
  error instanceof Error
    ? (error.stack ?? '')
        .split('\n')
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 8)
    : [];
