import { join } from 'node:path';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { Book, type Arrival, type OwnAct } from '../stand-in/book.js';
import { Faults } from '../stand-in/faults.js';
import { lineRows, mute, type Manner } from '../stand-in/manner.js';
import type { Secret } from '../stand-in/secrets.js';
import { sessionControl, Sessions } from '../stand-in/sessions.js';
import type { PartnerBook, StandIn } from '../stand-in/stand-in.js';
import { textAt } from '../stand-in/text-at.js';
import { FirstLltpCases, FirstLltpRecorder } from './cases.js';
import { FirstLltpFunctions, type FirstLltpParts } from './functions.js';
import { firstLltpControl } from './lltp-gen1.control.js';
import { ProcessFirstCases } from './process-cases.schedule.js';
import { firstLltpWording } from './wording.js';

export interface FirstLltpSettings {
  booksDir: string;
  secret: Secret;
  /** The consumer key of the exchange platform. */
  consumer: string;
  path: string;
}

const functions = ['nhanHoSoDangKy', 'traTrangThaiHs', 'traDsTrangThaiHs', 'danhDauHsThanhCong', 'traDanhMuc'] as const;

/** The judicial-record software, first interface (about 2019), behind an exchange platform's token. */
export class FirstLltpStandIn implements StandIn {
  readonly name = 'lltp-gen1';
  readonly book: PartnerBook;
  readonly faults = new Faults();
  readonly wording = firstLltpWording();
  private readonly sessions = new Sessions();
  readonly lines: NonNullable<StandIn['lines']>;
  readonly manner: Manner = { ...mute, answerRows: ['LISTCONTENT', ...lineRows], keepsLines: true };
  private readonly parts: FirstLltpParts;
  private readonly functions: FirstLltpFunctions;

  constructor(private readonly settings: FirstLltpSettings) {
    const cases: FirstLltpCases = new FirstLltpCases((line) => this.book.append(line));
    this.lines = { books: cases.lines, statuses: [2, 4, 9], key: settings.secret };
    this.book = new Book<Arrival | OwnAct>(join(settings.booksDir, 'lltp-gen1.ndjson'), (line) => cases.take(line));
    const record = new FirstLltpRecorder(this.book, cases);
    const process = new ProcessFirstCases(cases, record);
    this.parts = { cases, record, process, faults: this.faults, wording: this.wording };
    this.functions = new FirstLltpFunctions(this.parts);
  }

  partner(app: FastifyInstance): void {
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    app.post('/token', { config: { operation: 'token' } }, (request, reply) => this.logIn(request, reply));
    for (const operation of functions) {
      app.post(`${this.settings.path}/${operation}`, { config: { operation } }, (request, reply) => {
        if (!this.isIn(request)) return this.turnAway(reply);
        return void reply.send(this.functions[operation](membersOf(request.body)));
      });
    }
  }

  control(app: FastifyInstance): void {
    sessionControl(app, this.sessions);
    firstLltpControl(app, this.parts);
  }

  aim({ body, routeOptions }: FastifyRequest): { operation: string; codes: string[] } {
    const code = textAt(membersOf(body), 'idReceivedDec');
    return { operation: routeOptions.config.operation ?? '', codes: code === '' ? [] : [code] };
  }

  busyAnswer(): { status: number; headers?: Record<string, string>; body: unknown } {
    return { status: 503, headers: { 'retry-after': '1' }, body: { message: this.wording.busy } };
  }

  holds(code: string): object | undefined {
    return this.parts.cases.get(code);
  }

  held(): Iterable<object> {
    return this.parts.cases.all();
  }

  start(): void {
    this.parts.process.start();
  }

  stop(): Promise<void> {
    this.parts.process.stop();
    this.book.close();
    return Promise.resolve();
  }

  private logIn(request: FastifyRequest, reply: FastifyReply): void {
    const pair = Buffer.from(`${this.settings.consumer}:${this.settings.secret.read()}`).toString('base64');
    const isKnown = request.headers.authorization === `Basic ${pair}`;
    if (!isKnown || membersOf(request.body)['grant_type'] !== 'client_credentials') return this.turnAway(reply);
    return void reply.send({
      access_token: this.sessions.open(),
      scope: 'am_application_scope default',
      token_type: 'Bearer',
      expires_in: Math.floor(this.sessions.lifetimeMs / 1_000),
    });
  }

  private isIn({ headers }: FastifyRequest): boolean {
    return this.sessions.isOpen(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]);
  }

  private turnAway(reply: FastifyReply): void {
    const { unauthorizedCode: code, unauthorized: message } = this.wording;
    return void reply.code(401).send({ fault: { code, message } });
  }
}

const membersOf = (body: unknown): Record<string, unknown> =>
  body !== null && typeof body === 'object' && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
