import { join } from 'node:path';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { Book, type Arrival, type OwnAct } from '../stand-in/book.js';
import { Faults } from '../stand-in/faults.js';
import type { Secret } from '../stand-in/secrets.js';
import { tenStatuses, type PartnerBook, type StandIn } from '../stand-in/stand-in.js';
import { textAt } from '../stand-in/text-at.js';
import { CounterCases } from './cases.js';
import { FileStore, isHash } from './file-store.js';
import { giveCode } from './give-code.js';
import { oneStopManner } from './manner.js';
import { Submissions } from './submissions.js';
import { takeEvents } from './take-event.route.js';
import { takeFiledCases } from './take-filed-cases.route.js';
import { takeSubmissions } from './take-submissions.route.js';

export interface OneStopSettings {
  booksDir: string;
  /** The agency that it stands for. */
  id: string;
  deliveryKey: Secret;
  intakeKey: Secret;
  intakeUrl: string;
  units: { until2025: string; since2026: string };
}

const resultIssued = 'vn.lienthong.case.result-issued.v1';

/** A one-stop system, of the province or of one of its units: enters cases at the hub and is told what became of them. */
export class OneStopStandIn implements StandIn {
  readonly name = 'mot-cua';
  readonly book: PartnerBook;
  readonly faults = new Faults();
  readonly manner = oneStopManner;
  readonly wording = { busy: 'Hệ thống một cửa đang bận' };
  readonly lines: NonNullable<StandIn['lines']>;
  private readonly cases: CounterCases;
  private readonly submissions: Submissions;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(private readonly settings: OneStopSettings) {
    const cases: CounterCases = new CounterCases(settings.id, (line) => book.append(line));
    const book: PartnerBook = new Book<Arrival | OwnAct>(join(settings.booksDir, `${settings.id}.ndjson`), (line) =>
      cases.take(line),
    );
    this.book = book;
    this.cases = cases;
    this.lines = { books: cases.lines, statuses: tenStatuses, key: settings.deliveryKey };
    const files = new FileStore(join(settings.booksDir, `${settings.id}.files`));
    this.submissions = new Submissions(settings, files, (...took) => cases.entered(...took));
  }

  partner(app: FastifyInstance): void {
    const { cases, faults } = this;
    takeEvents(app, { cases, faults, key: this.settings.deliveryKey, arrived: (code, type) => this.react(code, type) });
    takeFiledCases(app, { cases, faults, codeGet: this.settings.deliveryKey, nextCode: () => this.nextCode() });
  }

  control(app: FastifyInstance): void {
    takeSubmissions(app, this.submissions);
    app.post('/codes', () => ({ code: this.nextCode() }));
    app.get('/cases/:code', (request) => {
      const { code } = request.params as { code: string };
      return { code, status: 0, events: [], ...this.cases.get(code), submissions: this.submissions.of(code) };
    });
    app.get('/files/:sha256', async (request, reply) => {
      const { sha256 } = request.params as { sha256: string };
      const bytes = isHash(sha256) ? await this.submissions.file(sha256) : undefined;
      return bytes ? reply.type('application/octet-stream').send(bytes) : reply.code(404).send({ held: false });
    });
  }

  aim(request: FastifyRequest): { operation: string; codes: string[] } {
    const body = (request.body ?? {}) as Record<string, unknown>;
    const code = (request.params as { code?: string }).code ?? body['maHoSoMCDT'] ?? body['MaHoSo'];
    const operation = request.routeOptions.config.operation ?? textAt(body, 'type');
    return { operation, codes: typeof code === 'string' ? [code] : [] };
  }

  busyAnswer(): { status: number; headers?: Record<string, string>; body: unknown } {
    return { status: 503, headers: { 'retry-after': '1' }, body: { detail: this.wording.busy } };
  }

  holds(code: string): object | undefined {
    return this.cases.get(code);
  }

  held(): Iterable<object> {
    return this.cases.all();
  }

  start(): void {
    this.submissions.start();
    for (const { code, events } of this.cases.all()) for (const { type } of events) this.react(code, type);
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    await this.submissions.stop();
    this.book.close();
  }

  private nextCode(): string {
    return giveCode(this.cases, this.settings.units, new Date());
  }

  /** The plan is on disk with its submission: a restart starts its delay again and its key keeps it from being sent twice. */
  private react(code: string, type: string): void {
    const plan = type === resultIssued ? this.submissions.planAfterResult(code) : undefined;
    if (!plan) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.submissions.carryOut(code, plan);
    }, plan.delayMs);
    this.timers.add(timer);
  }
}
