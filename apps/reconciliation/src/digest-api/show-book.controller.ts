import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { comparedOf, Database, shownDigests, shownLines } from '#ledger';
import { BUCKETS, normalDay, refusal, Refused, type ComparedField, type Range } from '#wire';
import { AgencyKeys } from './agency-keys.js';

const MOST_DAYS = 3_700;
const DAY_MS = 86_400_000;

/** Our lines of an agency, for that agency alone: it compares on its own (docs/reconcile/digest-api.md). */
@Controller('v1/agencies/:id')
export class ShowBookController {
  constructor(
    private readonly db: Database,
    private readonly keys: AgencyKeys,
  ) {}

  @Get('digests')
  async digests(
    @Param('id') agency: string,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const compares = await this.admitted(agency, request);
    const { by } = query;
    if (by !== undefined && by !== 'day' && by !== 'bucket')
      throw new Refused(refusal('invalid-envelope', 'query:by', 'enum:day,bucket'));
    return { compares, digests: await shownDigests(this.db, agency, rangeIn(query), by) };
  }

  /** Streamed: memory doesn't grow with the book. */
  @Get('lines')
  async lines(
    @Param('id') agency: string,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const compares = await this.admitted(agency, request);
    const body = Readable.from(ndjson(this.db, agency, rangeIn(query), compares));
    const isGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    void reply
      .code(200)
      .type('application/x-ndjson; charset=utf-8')
      .headers({ 'cache-control': 'no-store', ...(isGzip && { 'content-encoding': 'gzip' }) })
      .send(isGzip ? body.pipe(createGzip()) : body);
  }

  /** Said before anything else, so that nobody learns which agencies there are. */
  private async admitted(agency: string, request: FastifyRequest): Promise<ComparedField[]> {
    await this.keys.admit(agency, request.headers.authorization);
    const compares = await comparedOf(this.db, agency);
    if (!compares) throw new Refused(refusal('not-found', 'path:id', 'compared'));
    return compares;
  }
}

async function* ndjson(db: Database, agency: string, range: Range, compares: readonly ComparedField[]) {
  for await (const lines of shownLines(db, agency, range, compares))
    yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function rangeIn(query: Record<string, unknown>): Range {
  const day = (name: 'from' | 'to'): string => {
    const found = typeof query[name] === 'string' ? normalDay(query[name]) : undefined;
    if (found === undefined || found !== query[name])
      throw new Refused(refusal('invalid-envelope', `query:${name}`, 'date'));
    return found;
  };
  const [from, to] = [day('from'), day('to')];
  if (from > to || Date.parse(to) - Date.parse(from) > MOST_DAYS * DAY_MS)
    throw new Refused(refusal('invalid-envelope', 'query:to', `days:1-${MOST_DAYS}`));
  const { bucket } = query;
  if (bucket === undefined) return { from, to };
  if (typeof bucket !== 'string' || !/^\d{1,2}$/.test(bucket) || Number(bucket) >= BUCKETS)
    throw new Refused(refusal('invalid-envelope', 'query:bucket', `integer:0-${BUCKETS - 1}`));
  return { from, to, bucket: Number(bucket) };
}
