import { join } from 'node:path';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { Book, type Arrival, type OwnAct } from '../stand-in/book.js';
import { Faults } from '../stand-in/faults.js';
import type { Secret } from '../stand-in/secrets.js';
import { tenStatuses, type PartnerBook, type StandIn } from '../stand-in/stand-in.js';
import { filedAs, openVneidCases, type VneidCases } from './cases.js';
import { FileCase } from './file-case.js';
import { vneidManner } from './manner.js';
import { takeReturns } from './take-return.route.js';
import { vneidWording } from './wording.js';

type Body = Record<string, unknown>;

export interface VneidSettings {
  booksDir: string;
  returnPath: string;
  /** The hub's intake, the agency that this is there, and its key. */
  intakeUrl: string;
  agency: string;
  key: Secret;
}

/** VNeID, which files cases with the province (flow a) and takes statuses, results and revocations back (flow d). */
export class VneidStandIn implements StandIn {
  readonly name = 'vneid';
  readonly book: PartnerBook;
  readonly faults = new Faults();
  readonly wording = vneidWording();
  readonly manner = vneidManner(this.wording);
  readonly lines: NonNullable<StandIn['lines']>;
  private readonly cases: VneidCases;
  private readonly filing: FileCase;

  constructor(private readonly settings: VneidSettings) {
    const opened = openVneidCases(
      (replay) => new Book<Arrival | OwnAct>(join(settings.booksDir, 'vneid.ndjson'), replay),
    );
    this.book = opened.book;
    this.cases = opened.cases;
    this.lines = { books: opened.cases.lines, statuses: tenStatuses };
    this.filing = new FileCase(settings.intakeUrl, settings.agency, settings.key);
  }

  partner(app: FastifyInstance): void {
    const { cases, faults, wording } = this;
    takeReturns(app, { cases, faults, wording, path: this.settings.returnPath });
  }

  control(app: FastifyInstance): void {
    const codeOf = (params: unknown): string => (params as { code: string }).code;

    /** A citizen files: the body is TaoHoSo's without its code. */
    app.post('/filings', async (request) => {
      const code = await this.filing.nextCode();
      return { code, answer: await this.file(code, request.body as Body) };
    });

    /** The same citizen sends it again, as a supplement or because the answer was lost. */
    app.post('/filings/:code', async (request) => ({
      answer: await this.file(codeOf(request.params), request.body as Body),
    }));

    /** It has heard of the case by another way. */
    app.post('/cases/:code/status', (request, reply) => {
      const { status } = (request.body ?? {}) as { status?: number };
      if (status === undefined || !Number.isInteger(status) || status < 1 || status > 10)
        return reply.code(400).send({ detail: 'status is 1 to 10' });
      this.cases.acted('status', codeOf(request.params), status);
      return this.cases.get(codeOf(request.params));
    });
  }

  aim(request: FastifyRequest): { operation: string; codes: string[] } {
    const body = request.body as Record<string, unknown> | null | undefined;
    const code = body?.['maHoSoMCDT'];
    const operation = request.routeOptions.config.operation ?? '';
    return {
      operation: body?.['type'] === 'thuhoi' ? `${operation}.thuhoi` : operation,
      codes: typeof code === 'string' ? [code] : [],
    };
  }

  busyAnswer(): { status: number; body: unknown } {
    return { status: 200, body: { code: '03', message: this.wording.interrupted } };
  }

  holds(code: string): object | undefined {
    return this.cases.get(code);
  }

  held(): Iterable<object> {
    return this.cases.all();
  }

  start(): void {}

  /** Taken: received (2); what was asked for once more is worked on again (4); the very same again changes nothing. */
  private async file(code: string, body: Body): Promise<Body> {
    const answer = await this.filing.file({ ...body, maHoSoMCDT: code });
    if (answer['statusCode'] !== '00') return answer;
    const held = this.cases.get(code);
    if (!held?.filed) this.cases.acted('filed', code, 2, { filed: filedAs(body) });
    else if (held.status === 5) this.cases.acted('supplemented', code, 4, { filed: filedAs(body) });
    return answer;
  }

  stop(): Promise<void> {
    this.book.close();
    return Promise.resolve();
  }
}
