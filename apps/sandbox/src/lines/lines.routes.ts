import { gzipSync } from 'node:zlib';

import type { DoneFuncWithErrOrRes, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { comparedFields, type ComparedField, type Line } from '#wire';

import type { Secret } from '../stand-in/secrets.js';
import { Digests, type By, type Days } from './digests.js';
import { csvOf, writeXlsx } from './daily-file.js';
import { pageOf } from './page.js';
import { rowOf } from './row.js';
import type { StandingBooks } from './standing.js';

export interface LinesDoor {
  books: StandingBooks;
  /** Shown as bearer token; absent: anybody may ask. */
  key?: Secret;
}

/** The present states of these, or of all, page by page. */
interface StatusesAsked {
  keys?: string[];
  limit?: number;
  cursor?: string | null;
}

type Query = Record<string, string | undefined>;
const mostRows = 5_000;
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** What stands at the partner now, over each way that a partner could show it. */
export function linesRoutes(app: FastifyInstance, { books, key }: LinesDoor): void {
  const digests = new Digests(books);
  const route = (
    method: 'GET' | 'POST',
    url: string,
    operation: string,
    answer: (request: FastifyRequest, reply: FastifyReply) => unknown,
  ): void => {
    app.route({
      method,
      url,
      config: { operation },
      onSend: compress,
      handler: async (request, reply) => {
        const isKnown = key === undefined || request.headers.authorization === `Bearer ${key.read()}`;
        if (!isKnown) return reply.code(401).send({ detail: 'unauthorized' });
        return answer(request, reply);
      },
    });
  };

  route('GET', '/lines/digests', 'digests', (request, reply) => {
    const asked = daysOf(request.query);
    const compares = comparesOf(request.query);
    if (!asked || !compares) return reply.code(400).send({ detail: 'from and to are days, compares are fields' });
    return { digests: digests.of(asked, byOf(request.query), compares) };
  });

  route('GET', '/lines/lines', 'lines', (request, reply) => {
    const asked = daysOf(request.query);
    const compares = comparesOf(request.query);
    if (!asked || !compares) return reply.code(400).send({ detail: 'from and to are days, compares are fields' });
    const { bucket, fields } = request.query as Query;
    const lines = digests.lines(asked, compares, bucket === undefined ? undefined : Number(bucket));
    const shown = fields === 'no' ? lines.map(withoutFields) : lines;
    return reply
      .type('application/x-ndjson; charset=utf-8')
      .send(shown.map((line) => `${JSON.stringify(line)}\n`).join(''));
  });

  route('GET', '/lines/list', 'list', (request, reply) => {
    const query = request.query as Query;
    const limit = Math.min(Number(query['limit'] ?? 500), mostRows);
    const asked = daysOf(query);
    if (!asked || !(limit > 0)) return reply.code(400).send({ detail: 'from and to are days, limit a number' });
    return pageOf(books, asked, { limit, cursor: query['cursor'], page: query['page'] });
  });

  route('POST', '/lines/status-list', 'status-list', (request) => {
    const { keys, limit = mostRows, cursor } = (request.body ?? {}) as StatusesAsked;
    if (Array.isArray(keys)) return { rows: keys.flatMap((one) => books.get(one)).map(rowOf) };
    const days = books.days();
    const all = { from: days[0] ?? '', to: days.at(-1) ?? '' };
    return pageOf(books, all, { limit: Math.min(limit, mostRows), cursor: cursor ?? undefined, page: undefined });
  });

  route('GET', '/lines/look-up', 'look-up', (request) => ({
    rows: books.get((request.query as Query)['key'] ?? '').map(rowOf),
  }));

  route('GET', '/lines/daily.csv', 'daily-file', (request, reply) => {
    const { separator = ',', bom } = request.query as Query;
    const form = { separator, bom: bom === '1' };
    return reply.type('text/csv; charset=utf-8').send(csvOf(books, daysOf(request.query), form));
  });

  route('GET', '/lines/daily.xlsx', 'daily-file', (request, reply) =>
    reply.type(spreadsheet).send(writeXlsx(books, daysOf(request.query))),
  );
}

const isDay = (text: string | undefined): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '');

function daysOf(query: unknown): Days | undefined {
  const { from, to } = query as Query;
  return isDay(from) && isDay(to) ? { from, to } : undefined;
}

const byOf = (query: unknown): By => {
  const { by } = query as Query;
  return by === 'day' || by === 'bucket' ? by : 'all';
};

/** Both sides hash the same fields: the asker names those of its contract. */
function comparesOf(query: unknown): readonly ComparedField[] | undefined {
  const named = (query as Query)['compares'];
  if (named === undefined) return comparedFields;
  const fields = named.split(',') as ComparedField[];
  return fields.every((field) => comparedFields.includes(field)) ? fields : undefined;
}

const withoutFields = ({ key, receivedOn, hash }: Line): Line => ({ key, receivedOn, hash });

/** After faults have bent what is said. */
function compress(request: FastifyRequest, reply: FastifyReply, payload: unknown, done: DoneFuncWithErrOrRes): void {
  const wanted = /\bgzip\b/.test(String(request.headers['accept-encoding']));
  if (!wanted || typeof payload !== 'string') return done(null, payload);
  void reply.header('content-encoding', 'gzip').removeHeader('content-length');
  done(null, gzipSync(payload));
}
