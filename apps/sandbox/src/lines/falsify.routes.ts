import type { FastifyInstance } from 'fastify';

import { comparedFields, lineDiscrepancies, type ComparedField, type LineDiscrepancy } from '#wire';

import type { Falsifiable, FalsifiableLines } from './falsifiable.js';
import { plant } from './plant.js';
import type { StandingBooks } from './standing.js';

interface Asked {
  type?: unknown;
  key?: unknown;
  count?: unknown;
  seed?: unknown;
  fields?: unknown;
}

export type LinesToFalsify = Pick<
  FalsifiableLines<Falsifiable>,
  keyof StandingBooks | 'all' | 'touched' | 'change' | 'undo'
>;

const mostAtOnce = 10_000;

/** Makes the partner's books false behind everybody's back, so that a reconciliation has something to find. */
export function falsifyRoutes(app: FastifyInstance, lines: LinesToFalsify, statuses: readonly number[]): void {
  app.get('/falsify', () => ({ types: lineDiscrepancies, touched: lines.touched() }));

  app.post('/falsify', (request, reply) => {
    const { type, key, count = 1, seed = 0, fields } = (request.body ?? {}) as Asked;
    if (!isType(type)) return reply.code(400).send({ detail: `type is one of ${lineDiscrepancies.join(', ')}` });
    if (!Number.isInteger(count) || Number(count) < 1 || Number(count) > mostAtOnce)
      return reply.code(400).send({ detail: `count is 1 to ${mostAtOnce}` });
    if (!Number.isInteger(seed) || (key !== undefined && typeof key !== 'string'))
      return reply.code(400).send({ detail: 'seed is a whole number, key a code' });
    if (fields !== undefined && !areFields(fields))
      return reply.code(400).send({ detail: `fields are of ${comparedFields.join(', ')}` });
    const how = {
      type,
      count: Number(count),
      seed: Number(seed),
      statuses,
      ...(typeof key === 'string' ? { key } : {}),
      ...(fields === undefined ? {} : { fields }),
    };
    const sown = plant(lines.all(), how, new Set(lines.touched()));
    lines.change(sown.flatMap(({ changes }) => changes));
    return { type, planted: sown.map(({ planted }) => planted) };
  });

  app.post('/falsify/undo', () => ({ restored: lines.undo() }));
}

const isType = (type: unknown): type is LineDiscrepancy => (lineDiscrepancies as readonly unknown[]).includes(type);
const areFields = (fields: unknown): fields is ComparedField[] =>
  Array.isArray(fields) && fields.every((field) => (comparedFields as readonly unknown[]).includes(field));
