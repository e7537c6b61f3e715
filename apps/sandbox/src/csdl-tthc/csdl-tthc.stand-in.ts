import { join } from 'node:path';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { Book, type Arrival, type OwnAct } from '../stand-in/book.js';
import { Faults } from '../stand-in/faults.js';
import { mute, type Manner } from '../stand-in/manner.js';
import type { PartnerBook, StandIn } from '../stand-in/stand-in.js';
import { textAt } from '../stand-in/text-at.js';
import { detailOf, itemOf } from './answers.js';
import type { ProcedureRow } from './procedure-row.js';
import { idOf, Procedures } from './procedures.js';

const listPath = '/api/v1/submitting/formality/list-all-public-formality-by-citizen';
const detailPath = '/api/v1/configuring/formality/get-formality-by-citizen';
const mostRows = 200;

/** The public API of 2026: lists by cursor, every answer that is data with HTTP 201. Nothing is entered here, so its book stays empty. */
export class ProceduresStandIn implements StandIn {
  readonly name = 'csdl-tthc';
  readonly book: PartnerBook;
  readonly faults = new Faults();
  readonly manner: Manner = { ...mute, reads: ['list', 'detail'] };
  /** How it goes wrong beyond faults; 0 and false: not at all. */
  readonly wording = {
    /** Rows a page, below what was asked for. */
    pageRows: 0,
    /** After so many pages the cursor stays where it is, though there is more. */
    cursorStaysAfter: 0,
    /** The last page's cursor leads back to the first. */
    cursorCircles: false,
    /** Rows of the page before, once more. */
    overlap: 0,
    /** Only the first so many procedures, with a total that fits them. */
    shortList: 0,
    /** The total grows with every answer. */
    totalMoves: false,
  };
  private readonly procedures = new Procedures();
  private answers = 0;

  constructor(settings: { booksDir: string }) {
    this.book = new Book<Arrival | OwnAct>(join(settings.booksDir, 'csdl-tthc.ndjson'), () => undefined);
  }

  partner(app: FastifyInstance): void {
    app.post(listPath, { config: { operation: 'list' } }, (request, reply) => {
      const { limit, lastId } = request.body as { limit?: unknown; lastId?: unknown };
      if (typeof limit !== 'number' || limit < 1 || limit > mostRows)
        return reply.code(400).send({ code: 'BAD_REQUEST', message: `limit ≤ ${mostRows}` });
      return reply
        .code(201)
        .send({ code: 'OK', data: this.page(limit, typeof lastId === 'string' ? lastId : ''), message: '' });
    });
    app.post(detailPath, { config: { operation: 'detail' } }, (request, reply) => {
      const id = textAt(request.body as Record<string, unknown>, 'id');
      const row = this.procedures.all().find(({ code }) => idOf(code) === id);
      return reply.code(201).send({ code: 'OK', data: row ? detailOf(row) : null, message: '' });
    });
  }

  control(app: FastifyInstance): void {
    this.procedures.control(app);
  }

  aim(request: FastifyRequest): { operation: string; codes: string[] } {
    return { operation: request.routeOptions.config.operation ?? '', codes: [] };
  }

  busyAnswer(): { status: number; body: unknown } {
    return { status: 503, body: { code: 'UNAVAILABLE', message: 'Hệ thống đang bận' } };
  }

  holds(code: string): object | undefined {
    return this.procedures.get(code);
  }

  held(): Iterable<object> {
    return this.procedures.all();
  }

  start(): void {}

  stop(): Promise<void> {
    this.book.close();
    return Promise.resolve();
  }

  private page(limit: number, lastId: string): object {
    const { pageRows, cursorStaysAfter, cursorCircles, overlap, shortList, totalMoves } = this.wording;
    const listed = this.listed(shortList);
    const size = pageRows > 0 ? Math.min(pageRows, limit) : limit;
    const at = listed.findIndex(({ code }) => idOf(code) === lastId) + 1;
    const stays = cursorStaysAfter > 0 && at >= cursorStaysAfter * size;
    const items = stays ? [] : listed.slice(Math.max(0, at - (at > 0 ? overlap : 0)), at + size);
    const last = stays ? undefined : listed.slice(at, at + size).at(-1);
    const isEnd = at + size >= listed.length;
    this.answers += 1;
    return {
      items: items.map(itemOf),
      // At the end the cursor that was asked with comes back.
      lastId: isEnd && cursorCircles ? idOf(listed[0]!.code) : last ? idOf(last.code) : lastId,
      total: listed.length + (totalMoves ? this.answers : 0),
    };
  }

  private listed(shortList: number): ProcedureRow[] {
    const all = this.procedures.all();
    return shortList > 0 ? all.slice(0, shortList) : all;
  }
}
