import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { agencyOfKey, isUnavailable, operatorOfKey, type Database } from '#ledger';
import { problemAnswer, refusal, type Refusal } from '#wire';

/** Whose key came with a request: an agency's opens its own statements, an operator's all of them. */
export type StatementReader = { agency: string } | { operator: string };

declare module 'fastify' {
  interface FastifyRequest {
    statementReader: StatementReader | null;
  }
}

const BEARER = /^Bearer +([\x21-\x7e]{1,200})$/i;
const MAX_PDF_BYTES = 20 * 1024 * 1024;

/** A hook and no guard: nobody unknown makes us read a PDF. Routes say that they are such in their @RouteConfig. */
export function admitStatementReaders(fastify: FastifyInstance, db: Database): void {
  fastify.decorateRequest('statementReader', null);
  fastify.addContentTypeParser(
    'application/pdf',
    { parseAs: 'buffer', bodyLimit: MAX_PDF_BYTES },
    (_request, body, done) => done(null, body),
  );
  fastify.addHook('onRequest', async (request, reply) => {
    if (!isOurs(request)) return;
    try {
      const reader = await readerOf(request, db);
      if (!('code' in reader)) request.statementReader = reader;
      else await answer(request, reply, reader);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      await answer(request, reply, { code: 'unavailable' });
    }
  });
  // A body that can't be read is refused before any filter of ours is reached.
  fastify.addHook('onSend', async (request, reply, payload) => {
    const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json');
    if (!isOurs(request) || reply.statusCode < 400 || isProblem) return payload;
    const { status, headers, body } = problemAnswer(byStatus(reply.statusCode), request.headers['accept-language']);
    void reply.code(status).headers(headers).removeHeader('content-length');
    return JSON.stringify(body);
  });
}

const isOurs = ({ is404, routeOptions }: FastifyRequest): boolean =>
  !is404 && (routeOptions.config as { statements?: true }).statements === true;

function byStatus(status: number): Refusal {
  if (status === 413) return { code: 'too-large' };
  if (status === 415) return { code: 'unsupported-media-type' };
  return { code: status < 500 ? 'malformed-json' : 'internal' };
}

async function readerOf({ headers }: FastifyRequest, db: Database): Promise<StatementReader | Refusal> {
  if (headers.authorization === undefined) return refusal('missing-credentials', 'header:authorization', 'required');
  const key = BEARER.exec(headers.authorization.trim())?.[1];
  if (key === undefined) return refusal('wrong-credentials', 'header:authorization', 'bearer');
  const agency = await agencyOfKey(db, key);
  if (agency !== undefined) return { agency };
  const operator = await operatorOfKey(db, key);
  return operator === undefined ? refusal('wrong-credentials', 'header:authorization', 'known-key') : { operator };
}

function answer(request: FastifyRequest, reply: FastifyReply, why: Refusal): FastifyReply {
  const { status, headers, body } = problemAnswer(why, request.headers['accept-language']);
  return reply.code(status).headers(headers).send(body);
}

/** Whose key came with the request. */
export const Reader = createParamDecorator(
  (_data: unknown, context: ExecutionContext): StatementReader | null =>
    context.switchToHttp().getRequest<FastifyRequest>().statementReader,
);
