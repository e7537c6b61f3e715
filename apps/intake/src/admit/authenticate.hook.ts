import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CredentialCache } from './credential-cache.js';
import { refusal, Refused } from './refusal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key came with the request; set on every keyed route before its body is read. */
    agency: string;
  }
}

const BEARER = /^Bearer +([\x21-\x7e]{1,200})$/i;

export interface DoorKeeper {
  credentials: CredentialCache;
  isOpen: () => boolean;
}

/** Every /v1 route, and a partner's door that says so in its @RouteConfig. */
const isKeyed = ({ routeOptions }: FastifyRequest): boolean =>
  routeOptions.url?.startsWith('/v1/') === true || (routeOptions.config as { keyed?: true }).keyed === true;

/** A hook and no guard: a guard runs after the body was read, and nobody unknown shall make us read ten megabytes. */
export function authenticate(fastify: FastifyInstance, { credentials, isOpen }: DoorKeeper): void {
  fastify.decorateRequest('agency', '');
  fastify.addHook('onRequest', (request, _reply, done) => {
    // The route that was found, not what was typed: /%761/… and http://host/v1/… lead to the same door.
    if (request.is404 || !isKeyed(request)) return done();
    if (!isOpen()) return done(new Refused({ code: 'unavailable' }));
    const { authorization } = request.headers;
    if (authorization === undefined)
      return done(new Refused(refusal('missing-credentials', 'header:authorization', 'required')));
    const key = BEARER.exec(authorization.trim())?.[1];
    if (key === undefined) return done(new Refused(refusal('wrong-credentials', 'header:authorization', 'bearer')));
    const remembered = credentials.remembered(key);
    if (remembered) return done(admit(request, remembered.agency));
    credentials.agencyOf(key).then(
      (agency) => done(admit(request, agency)),
      (error: Error) => done(error),
    );
  });
}

function admit(request: FastifyRequest, agency: string | undefined): Error | undefined {
  if (agency === undefined) return new Refused(refusal('wrong-credentials', 'header:authorization', 'known-key'));
  request.agency = agency;
  return undefined;
}

/** The agency whose key came with the request. */
export const Caller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string => context.switchToHttp().getRequest<FastifyRequest>().agency,
);
