import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { Book, type Arrival, type OwnAct } from '../stand-in/book.js';
import { Faults } from '../stand-in/faults.js';
import { itemHash } from '../stand-in/item-hash.js';
import { dayOf } from '../stand-in/real-dates.js';
import type { Secret } from '../stand-in/secrets.js';
import { sessionControl, Sessions } from '../stand-in/sessions.js';
import { tenStatuses, type PartnerBook, type StandIn } from '../stand-in/stand-in.js';
import { textAt } from '../stand-in/text-at.js';
import { openMinistryCases, type MinistryCases } from './cases.js';
import { filled, membersOf, rowsOf } from './check-case.js';
import { ministryManner } from './manner.js';
import { readMultipart } from './read-multipart.js';
import { TakeCases, type Said } from './take-cases.js';
import { ministryWording } from './wording.js';

export interface MinistrySettings {
  booksDir: string;
  secret: Secret;
  clientId: string;
  paths: Record<'token' | 'nextValue' | 'upload' | 'create' | 'progress' | 'status', string>;
}

/** A ministry's central case system (2026): token, next code, file, case, progress, status; each a call of its own. */
export class MinistryStandIn implements StandIn {
  readonly name = 'bo-noi-vu';
  readonly book: PartnerBook;
  readonly faults = new Faults();
  readonly wording = ministryWording();
  private readonly sessions = new Sessions();
  readonly manner = ministryManner(this.wording, this.sessions);
  readonly lines: NonNullable<StandIn['lines']>;
  private readonly cases: MinistryCases;
  private readonly take: TakeCases;

  constructor(private readonly settings: MinistrySettings) {
    const opened = openMinistryCases(
      (replay) => new Book<Arrival | OwnAct>(join(settings.booksDir, 'bo-noi-vu.ndjson'), replay),
    );
    this.book = opened.book;
    this.cases = opened.cases;
    this.lines = { books: this.cases.lines, statuses: tenStatuses, key: settings.secret };
    this.take = new TakeCases(this.cases, this.faults, this.wording);
  }

  partner(app: FastifyInstance): void {
    const { paths } = this.settings;
    app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.post(paths.token, { config: { operation: 'token' } }, (request, reply) => this.logIn(request, reply));
    const route = (path: string, operation: string, work: (request: FastifyRequest) => Said | object): void => {
      app.post(path, { config: { operation } }, (request, reply) => {
        const said = this.isIn(request) ? work(request) : unauthorized(this.wording.unauthorized);
        if (!('http' in said)) return void reply.send(said);
        const { http, code, message, data = null } = said as Said;
        return void reply.code(http).send({ code, message, data });
      });
    };
    route(paths.nextValue, 'GetNextValue', ({ body }) => this.issue(textAt(membersOf(body), 'code')));
    route(paths.upload, 'upload', (request) => this.upload(request));
    route(paths.create, 'NoiHoSo', ({ body }) => this.take.create(membersOf(body)));
    route(paths.progress, 'CapNhatTienTrinh', ({ body }) => this.take.progress(rowsOf(body)));
    route(paths.status, 'CapNhatTrangThai', ({ body }) => this.take.status(rowsOf(body)));
  }

  control(app: FastifyInstance): void {
    sessionControl(app, this.sessions);
  }

  aim({ body, routeOptions }: FastifyRequest): { operation: string; codes: string[] } {
    const codes = [membersOf(body), ...rowsOf(body)]
      .map((item) => textAt(item, 'MaHoSo'))
      .filter((code) => code !== '');
    return { operation: routeOptions.config.operation ?? '', codes };
  }

  busyAnswer(): { status: number; headers?: Record<string, string>; body: unknown } {
    return {
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 503, message: this.wording.busy, data: null },
    };
  }

  holds(code: string): object | undefined {
    return this.cases.get(code);
  }

  held(): Iterable<object> {
    return this.cases.all();
  }

  start(): void {}

  stop(): Promise<void> {
    this.book.close();
    return Promise.resolve();
  }

  private logIn({ body }: FastifyRequest, reply: FastifyReply): void {
    const { client_id: id, client_secret: secret } = membersOf(body);
    if (id !== this.settings.clientId || secret !== this.settings.secret.read()) {
      const { http, ...said } = unauthorized(this.wording.unauthorized);
      return void reply.code(http).send({ ...said, data: null });
    }
    const expires = Math.floor(this.sessions.lifetimeMs / 1_000);
    const data = { access_token: this.sessions.open(), expires_in: expires, token_type: 'Bearer', scope: 'default' };
    return void reply.send({ code: 200, data });
  }

  private isIn({ headers }: FastifyRequest): boolean {
    return this.sessions.isOpen(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]);
  }

  /** A code that was issued and isn't used stays unused: the next is another. */
  private issue(of: string): Said | object {
    if (of === '') return { http: 400, code: 400, message: filled(this.wording.missing, { field: 'code' }) };
    const serial = String(this.cases.issued + 1).padStart(7, '0');
    const value = `${of}-${dayOf(new Date()).replaceAll('-', '')}-${serial}`;
    this.cases.record({ operation: 'GetNextValue', code: value, hash: itemHash({ code: of }), effect: 'applied' });
    return { value };
  }

  private upload({ headers, body }: FastifyRequest): Said | object {
    const parts = Buffer.isBuffer(body) ? readMultipart(headers['content-type'] ?? '', body) : undefined;
    const file = parts?.find(({ name }) => name === 'files');
    if (!file) return { http: 400, code: 400, message: filled(this.wording.missing, { field: 'files' }) };
    if (file.bytes.length > this.wording.mostFileBytes) return { http: 413, code: 413, message: this.wording.tooLarge };
    const arrived = this.wording.files === 'whole' ? file.bytes : file.bytes.subarray(1);
    const hash = createHash('sha256').update(arrived).digest('hex');
    const id = `TT-${this.cases.uploaded + 1}`;
    this.cases.record({ operation: 'upload', code: id, hash, effect: 'applied' });
    const answer = { data: [{ IdTepTin: id, HashTepTin: hash }] };
    return this.wording.throughProxy ? { data: [{ response: answer }] } : answer;
  }
}

const unauthorized = (message: string): Said => ({ http: 401, code: 401, message });
