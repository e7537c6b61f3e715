import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DoorKeeper } from '../admit/authenticate.hook.js';
import { Refused } from '../admit/refusal.js';
import { MAX_FILING_BYTES } from '../admit/read-body.js';

const ROUTES = '/partners/:agency/LLTP/';
/** Bodies under way, over all callers: each stands in memory several times while it is read. */
const MAX_UNDER_WAY = 2 * MAX_FILING_BYTES;

export const isAtFilingDoor = (request: FastifyRequest): boolean =>
  !request.is404 && request.routeOptions.url?.startsWith(ROUTES) === true;

/**
 * The key stands in the query string: it is read here, before the body, and goes no further. Nothing that is logged,
 * counted or answered takes a request's address.
 */
export function admitFilings(fastify: FastifyInstance, { credentials, isOpen }: DoorKeeper): void {
  let underWay = 0;
  fastify.addHook('onRequest', async (request, reply) => {
    if (!isAtFilingDoor(request)) return;
    if (!isOpen()) throw new Refused({ code: 'unavailable' });
    const { CodeGet: key } = request.query as { CodeGet?: unknown };
    const { agency } = request.params as { agency: string };
    const isKey = typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key);
    if (!isKey || (await credentials.agencyOf(key)) !== agency) throw new Refused({ code: 'wrong-credentials' });
    request.agency = agency;
    if (request.method !== 'POST') return;
    const bytes = Math.min(Number(request.headers['content-length'] ?? MAX_FILING_BYTES), MAX_FILING_BYTES);
    if (underWay + bytes > MAX_UNDER_WAY) throw new Refused({ code: 'unavailable' });
    underWay += bytes;
    reply.raw.once('close', () => (underWay -= bytes));
  });
}
