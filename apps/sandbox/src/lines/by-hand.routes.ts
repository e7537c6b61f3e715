import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { comparedFields, normalForm, normalKey, type Compared } from '#wire';

import type { Change } from './falsifiable.js';
import type { LinesToFalsify } from './falsify.routes.js';
import { rowOf } from './row.js';

/**
 * One case of the partner's book changed by hand, as its own clerk or a mistake of its would: nothing is told to the hub.
 * `POST /falsify/undo` puts it back, too.
 */
export function byHandRoutes(app: FastifyInstance, lines: LinesToFalsify): void {
  const codeOf = (request: FastifyRequest): string => (request.params as { code: string }).code;
  const none = (reply: FastifyReply): FastifyReply => reply.code(404).send({ held: false });
  const changed = (reply: FastifyReply, change: Change, shown: string): unknown => {
    if (lines.get(change.do === 'add' ? change.like : change.key).length === 0) return none(reply);
    lines.change([change]);
    return { rows: lines.get(shown).map(rowOf) };
  };

  app.get('/book/:code', (request, reply) => {
    const standing = lines.get(codeOf(request));
    return standing.length === 0 ? none(reply) : { rows: standing.map(rowOf) };
  });

  app.put('/book/:code', (request, reply) => {
    const fields = fieldsOf(request.body);
    const key = codeOf(request);
    return fields ? changed(reply, { do: 'set', key, fields }, key) : malformed(reply);
  });

  app.delete('/book/:code', (request, reply) => changed(reply, { do: 'drop', key: codeOf(request) }, ''));

  /** Once more under its own code; under another with `{ as }`, with what `fields` says instead; moved there with `{ to }`. */
  app.post('/book/:code/copies', (request, reply) => {
    const { as, to, fields = {} } = (request.body ?? {}) as { as?: string; to?: string; fields?: unknown };
    const key = codeOf(request);
    const said = fieldsOf(fields);
    const other = normalKey(to ?? as ?? key);
    if (!said || other === undefined) return malformed(reply);
    if (to !== undefined) return changed(reply, { do: 'rename', key, to: other }, other);
    if (as !== undefined) return changed(reply, { do: 'add', key: other, like: key, fields: said }, other);
    return changed(reply, { do: 'double', key }, key);
  });
}

const malformed = (reply: FastifyReply): FastifyReply =>
  reply
    .code(400)
    .send({ detail: `as and to are codes; fields are of ${comparedFields.join(', ')}, each in its normal form` });

/** In normal forms, as the digest's protocol wants them; undefined where one has none. */
function fieldsOf(body: unknown): Compared | undefined {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return undefined;
  const fields: Compared = {};
  for (const [name, value] of Object.entries(body as Record<string, never>)) {
    const field = comparedFields.find((one) => one === name);
    const form = field && normalForm(field, value);
    if (!field || form === undefined) return undefined;
    fields[field] = form;
  }
  return fields;
}
