import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUnavailable } from '#ledger';
import { problemAnswer, Refused, type Refusal } from '#wire';
import { StatementOffice } from './statement-office.js';

/** What the statements' door refuses leaves as a problem in two languages. */
@Catch()
export class RefuseStatementFilter implements ExceptionFilter {
  constructor(private readonly office: StatementOffice) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const { status, headers, body } = problemAnswer(
      this.refusalOf(error),
      http.getRequest<FastifyRequest>().headers['accept-language'],
    );
    void reply.code(status).headers(headers).send(body);
  }

  private refusalOf(error: unknown): Refusal {
    if (error instanceof Refused) return error.refusal;
    if (isUnavailable(error)) return { code: 'unavailable' };
    this.office.noteFailure(error);
    return { code: 'internal' };
  }
}
