import { join } from 'node:path';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { listedRow, procedureRow } from '../csdl-tthc/answers.js';
import { Procedures } from '../csdl-tthc/procedures.js';
import { Book, type Arrival, type OwnAct } from '../stand-in/book.js';
import { Faults } from '../stand-in/faults.js';
import type { Secret } from '../stand-in/secrets.js';
import { tenStatuses, type PartnerBook, type StandIn } from '../stand-in/stand-in.js';
import { sessionControl, Sessions } from '../stand-in/sessions.js';
import { textAt } from '../stand-in/text-at.js';
import { openPortalCases, type PortalCases } from './cases.js';
import { portalManner } from './manner.js';
import { codeOf, rowsOf, SyncCases, type Answer } from './sync-cases.js';
import { portalWording } from './wording.js';

export interface PortalSettings {
  booksDir: string;
  password: Secret;
  username: string;
  dstcode: string;
  madonvi: string;
}

type Body = Record<string, unknown>;

/** The national portal's case sync (2025 shape): log in, then everything in one envelope. All answers have HTTP 200. */
export class PortalStandIn implements StandIn {
  readonly name = 'cong-dvc';
  readonly book: PartnerBook;
  readonly faults = new Faults();
  readonly wording = portalWording();
  private readonly sessions = new Sessions();
  readonly manner = portalManner(this.wording, this.sessions);
  readonly lines: NonNullable<StandIn['lines']>;
  private readonly cases: PortalCases;
  private readonly sync: SyncCases;
  private readonly procedures = new Procedures();
  private answers = 0;

  constructor(private readonly settings: PortalSettings) {
    const opened = openPortalCases(
      (replay) => new Book<Arrival | OwnAct>(join(settings.booksDir, 'cong-dvc.ndjson'), replay),
    );
    this.book = opened.book;
    this.cases = opened.cases;
    this.lines = { books: this.cases.lines, statuses: tenStatuses, key: settings.password };
    this.sync = new SyncCases(this.cases, this.faults, this.wording);
  }

  partner(app: FastifyInstance): void {
    const bodyOf = (request: FastifyRequest): Body => (request.body ?? {}) as Body;

    app.post('/login', { config: { operation: 'login' } }, (request, reply) => {
      const { username, password } = bodyOf(request);
      const right = username === this.settings.username && password === this.settings.password.read();
      if (!this.rightDestination(request))
        return void reply.send(this.shown({ code: this.wording.refusedCode, message: this.wording.wrongDestination }));
      if (!right)
        return void reply.send(this.shown({ code: this.wording.badLoginCode, message: this.wording.badLogin }));
      return void reply.send({ session: this.sessions.open(), error_code: 0 });
    });
    app.post('/integration', (request, reply) =>
      reply.send(this.shown(this.admit(request) ?? this.sync.run(bodyOf(request)))),
    );
    app.post('/share', (request, reply) => reply.send(this.shown(this.admit(request) ?? this.look(bodyOf(request)))));
  }

  control(app: FastifyInstance): void {
    sessionControl(app, this.sessions);
    this.procedures.control(app);
  }

  aim(request: FastifyRequest): { operation: string; codes: string[] } {
    const body = (request.body ?? {}) as Body;
    const operation = request.routeOptions.config.operation ?? textAt(body, 'service');
    const codes = [...rowsOf(body['data']), ...rowsOf([body['data'] ?? {}])].map(codeOf);
    if (typeof body['mahoso'] === 'string') codes.push(body['mahoso']);
    return { operation, codes };
  }

  busyAnswer(): { status: number; headers?: Record<string, string>; body: unknown } {
    return { status: 503, headers: { 'retry-after': '1' }, body: { error_code: '503', message: this.wording.busy } };
  }

  holds(code: string): object | undefined {
    return this.cases.get(code);
  }

  held(): Iterable<object> {
    return this.cases.all();
  }

  start(): void {
    this.answers = 0;
  }

  stop(): Promise<void> {
    this.book.close();
    return Promise.resolve();
  }

  private look(body: Body): Answer {
    if (body['service'] === 'LayDanhMucCoQuan') return { code: '0', result: this.wording.units };
    if (body['service'] === 'LayDanhSachTTHC') return { code: '0', result: this.listed() };
    if (body['service'] === 'LayThuTuc') return { code: '0', result: this.procedure(textAt(body, 'maTTHC')) };
    if (body['service'] !== 'TraCuuHoSo')
      return { code: this.wording.refusedCode, message: this.wording.unknownService };
    const code = textAt(body, 'mahoso');
    const held = this.cases.get(code) ?? this.cases.filed(code);
    return { code: '0', result: held ? [{ MAHOSO: code, TRANGTHAIHOSO: String(held.status) }] : [] };
  }

  private listed(): object[] {
    const { shortList } = this.wording;
    const all = this.procedures.all();
    return (shortList > 0 ? all.slice(0, shortList) : all).map(listedRow);
  }

  private procedure(code: string): object[] {
    const row = this.procedures.get(code);
    return row ? [procedureRow(row)] : [];
  }

  private admit(request: FastifyRequest): Answer | undefined {
    const body = (request.body ?? {}) as Body;
    if (!this.rightDestination(request))
      return { code: this.wording.refusedCode, message: this.wording.wrongDestination };
    if (!this.sessions.isOpen(body['session']))
      return { code: this.wording.sessionExpiredCode, message: this.wording.sessionExpired };
    if (!fits(body['madonvi'], this.settings.madonvi))
      return { code: this.wording.refusedCode, message: this.wording.wrongUnit };
    return undefined;
  }

  private rightDestination(request: FastifyRequest): boolean {
    return fits(request.headers['dstcode'], this.settings.dstcode);
  }

  private shown({ code, message, result }: Answer): object {
    this.answers += 1;
    const asNumber = this.wording.codesAs === 'number' || (this.wording.codesAs === 'mixed' && this.answers % 2 === 0);
    // A province's adapter wraps what it got as text.
    if (result !== undefined && this.wording.wrapped) return { message: JSON.stringify({ result }) };
    return {
      error_code: asNumber ? Number(code) : code,
      ...(message === undefined ? {} : { message }),
      ...(result === undefined ? {} : { result }),
    };
  }
}

/** Something must be said; what, only where a value is configured. */
const fits = (said: unknown, configured: string): boolean =>
  typeof said === 'string' && said !== '' && (configured === '' || said === configured);
