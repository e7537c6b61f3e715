import { join } from 'node:path';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { Book, type Arrival, type OwnAct } from '../stand-in/book.js';
import { Faults } from '../stand-in/faults.js';
import type { Secret } from '../stand-in/secrets.js';
import { tenStatuses, type PartnerBook, type StandIn } from '../stand-in/stand-in.js';
import { answerPolls } from './answer-poll.route.js';
import { LltpCases, LltpRecorder } from './cases.js';
import { lltpControl } from './lltp.control.js';
import { lltpManner } from './manner.js';
import { ProcessCases } from './process-cases.schedule.js';
import { putInto, shownAs } from './shown-line.js';
import { takeApplications, type LltpParts } from './take-application.route.js';
import { lltpWording } from './wording.js';

/** The judicial-record software, second interface (2024): flows b and c. */
export class LltpStandIn implements StandIn {
  readonly name = 'lltp';
  readonly book: PartnerBook;
  readonly faults = new Faults();
  readonly wording = lltpWording();
  readonly manner = lltpManner(this.wording);
  readonly lines: NonNullable<StandIn['lines']>;
  private readonly parts: LltpParts;

  constructor(settings: { booksDir: string; key: Secret; paths: { apply: string; poll: string } }) {
    const cases: LltpCases = new LltpCases((line) => this.book.append(line), { show: shownAs, put: putInto });
    this.lines = { books: cases.lines, statuses: tenStatuses, key: settings.key };
    this.book = new Book<Arrival | OwnAct>(join(settings.booksDir, 'lltp.ndjson'), (line) => cases.take(line));
    const record = new LltpRecorder(this.book, cases);
    const process = new ProcessCases(cases, record, this.wording);
    this.parts = {
      cases,
      record,
      process,
      faults: this.faults,
      wording: this.wording,
      key: settings.key,
      paths: settings.paths,
    };
  }

  partner(app: FastifyInstance): void {
    takeApplications(app, this.parts);
    answerPolls(app, this.parts);
  }

  control(app: FastifyInstance): void {
    lltpControl(app, this.parts);
  }

  aim(request: FastifyRequest): { operation: string; codes: string[] } {
    const code = (request.body as Record<string, unknown> | null | undefined)?.['maHoSoMCDT'];
    return { operation: request.routeOptions.config.operation ?? '', codes: typeof code === 'string' ? [code] : [] };
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
}
