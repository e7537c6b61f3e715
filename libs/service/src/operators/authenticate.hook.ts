import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refused, refusal } from '#wire';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key came with the request; set on every guarded route before its body is read. */
    operator: string;
  }
}

const BEARER = /^Bearer +([\x21-\x7e]{1,200})$/i;

/**
 * A hook and no guard: nobody unknown makes us read a body. There are no cookies, so no page can act for somebody else.
 * `isGuarded`: routes, as they are declared, that only operators may use.
 */
export function authenticate(
  fastify: FastifyInstance,
  operatorOf: (key: string) => Promise<string | undefined>,
  isGuarded = (route: string): boolean => route.startsWith('/v1/'),
): void {
  fastify.decorateRequest('operator', '');
  fastify.addHook('onRequest', async (request) => {
    // The route that was found, not what was typed.
    if (request.is404 || !isGuarded(request.routeOptions.url ?? '')) return;
    const { authorization } = request.headers;
    if (authorization === undefined)
      throw new Refused(refusal('missing-credentials', 'header:authorization', 'required'));
    const key = BEARER.exec(authorization.trim())?.[1];
    if (key === undefined) throw new Refused(refusal('wrong-credentials', 'header:authorization', 'bearer'));
    const operator = await operatorOf(key);
    if (operator === undefined) throw new Refused(refusal('wrong-credentials', 'header:authorization', 'known-key'));
    request.operator = operator;
  });
}

/** Whose key came with the request. */
export const Operator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string => context.switchToHttp().getRequest<FastifyRequest>().operator,
);
