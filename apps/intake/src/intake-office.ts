import { setTimeout as pause } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { connectorFor } from '#connectors';
import {
  agencyOfKey,
  ContractBook,
  Database,
  enter,
  isUnavailable,
  keyHashesOf,
  readConsumers,
  senderViews,
} from '#ledger';
import { Bell, groupLags } from '#messaging';
import { createLog, Secrets } from '#service';
import { flow, topicFor } from '#wire';
import { CredentialCache } from './admit/credential-cache.js';
import { codeOf } from './code-of.js';
import { CollectAnswers, type CollectPorts } from './collect/collect-answers.js';
import { CollectAnswersSchedule } from './collect/collect-answers.schedule.js';
import { CollectCatalogue } from './collect/collect-catalogue.js';
import { CollectList } from './collect/collect-list.js';
import { ConnectorsInForce } from './collect/connectors-in-force.js';
import { contractsInForce } from './enter/contracts-in-force.js';
import { EnterReport, type Door } from './enter/enter-report.js';
import { EntryBatcher } from './enter/entry-batcher.js';
import { openLedger } from './enter/open-ledger.js';
import { watchConsumers } from './feed/consumer-metrics.js';
import { WaitForNews } from './feed/wait-for-news.js';
import { TakeReports } from './inbox/take-reports.js';
import { intakeMetrics } from './intake-metrics.js';
import { FindFiles } from './portal/find-files.js';
import { PortalDoor } from './portal/portal-door.js';
import { ReportProgress } from './portal/report-progress.js';
import { Sessions } from './portal/session.js';
import { SyncCases, type DoorPorts } from './portal/sync-cases.js';
import { TakeFiled } from './portal/take-filed.js';
import { settings } from './settings.js';
import { Filings } from './vneid/filings.js';

export const log = createLog('intake', settings.logLevel);

const CONNECTIONS = 10;
const QUERY_MS = 30_000;
const OPEN_WITHIN_MS = 3_000;
const COLLECT_ENDS_WITHIN_MS = 5_000;
const NEWS_END_WITHIN_MS = 2_000;
const BOUNDS = { batch: 200, underWay: 2, queue: 5_000, answerWithinMs: 10_000 };

/** What this process is made of and in which order it starts and ends. Only PostgreSQL must be there to accept. */
export class IntakeOffice implements OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly db = new Database(settings.databaseUrl, settings.instance, log, CONNECTIONS, QUERY_MS);
  readonly book = new ContractBook(this.db, log);
  readonly credentials = new CredentialCache((key) => agencyOfKey(this.db, key));
  readonly bell = new Bell({ redisUrl: settings.redisUrl, namespace: settings.namespace, name: 'outbox', log });
  readonly news = new WaitForNews();
  /** Rung where something was appended to a feed; its words are agencies. */
  private readonly feedBell = new Bell({
    redisUrl: settings.redisUrl,
    namespace: settings.namespace,
    name: 'feeds',
    log,
  });
  private readonly batcher = new EntryBatcher(
    {
      enter: (items) => enter(this.db, items, this.book.mayReport),
      isUnavailable,
      committed: (streams) => this.bell.ring(streams),
      measured: (batch) => intakeMetrics.batch(batch),
      failed: (error) => log.error({ code: codeOf(error) }, 'a batch was not entered'),
    },
    BOUNDS,
  );
  readonly enterReport = new EnterReport(this.batcher, contractsInForce(this.book), intakeMetrics.entered);
  readonly takeReports = new TakeReports(this.enterReport, log, intakeMetrics.inboxRefused);
  readonly portalDoor = this.asThePortal();
  readonly takeFiled = new TakeFiled({ db: this.db, book: this.book, enterReport: this.enterReport });
  readonly filings = new Filings(this.db, this.book, this.doorPorts('lltp'));
  private readonly schedule = this.collecting();
  private readonly closing = new AbortController();
  private opening: Promise<void> | undefined;

  private hasOpened = false;
  /** Resolved when the contracts have been read once, or when the process ends. */
  private readonly opened = Promise.withResolvers<void>();

  /** Returns when the ledger is open, or after a moment without it: HTTP is served meanwhile, and says so. */
  async open(): Promise<void> {
    intakeMetrics.watchQueue(() => this.batcher.length);
    this.feedBell.onRing((agencies) => this.news.rung(agencies));
    watchConsumers(
      () => readConsumers(this.db),
      (readers) =>
        groupLags(
          { brokers: settings.kafkaBrokers, clientId: settings.instance, namespace: settings.namespace },
          readers.map(({ agency, group }) => ({ topic: topicFor(flow.agencyEvents, agency), group })),
        ),
    );
    this.opening = openLedger(settings.databaseUrl, this.book, log, this.closing.signal).then(() => {
      if (this.closing.signal.aborted) return;
      this.hasOpened = true;
      this.opened.resolve();
      this.schedule.start();
    });
    await Promise.race([this.opening, pause(OPEN_WITHIN_MS)]);
  }

  /** Until the contracts are known nothing can be judged: not who may send what, nor who may ask. */
  isOpen(): boolean {
    return this.hasOpened;
  }

  /** Inboxes of all agencies; asked again and again, so that a new agency's is taken without a restart. */
  async inboxes(): Promise<Record<string, string[]>> {
    await this.opened.promise;
    return { [flow.agencyInbox.name]: this.book.all().map(({ id }) => topicFor(flow.agencyInbox, id)) };
  }

  async isReady(): Promise<boolean> {
    await this.db.query('ready', 'select 1');
    return this.hasOpened;
  }

  onModuleDestroy(): void {
    this.closing.abort();
    void this.news.close();
    this.opened.resolve();
  }

  /** While sockets are still open: whoever was let in gets an answer. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.opening;
    // A partner that doesn't answer isn't waited for: its case's lease ends, and another poller asks.
    await Promise.race([this.schedule.stop(), pause(COLLECT_ENDS_WITHIN_MS)]);
    await Promise.race([this.news.close(), pause(NEWS_END_WITHIN_MS)]);
    await this.batcher.close();
    await new Promise((resolve) => setImmediate(resolve));
  }

  async onApplicationShutdown(): Promise<void> {
    this.book.stop();
    await this.bell.close();
    await this.feedBell.close();
    await this.db.close();
  }

  private doorPorts(door: Door): Omit<DoorPorts, 'files'> {
    return {
      view: async (sender, code) => (await senderViews(this.db, sender, [code])).get(code),
      enterReport: this.enterReport,
      now: () => `${new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 19)}+07:00`,
      count: (outcome) => intakeMetrics.entered(door, outcome),
    };
  }

  private asThePortal(): PortalDoor {
    const { db, book } = this;
    const ports: DoorPorts = { ...this.doorPorts('portal'), files: new FindFiles(db) };
    const sessions = new Sessions((agency) => keyHashesOf(db, agency), settings.sessionSeconds * 1_000);
    const agencyOf = (key: string): Promise<string | undefined> => this.credentials.agencyOf(key);
    return new PortalDoor(
      { db, book, sessions, agencyOfKey: agencyOf },
      new SyncCases(ports),
      new ReportProgress(ports),
    );
  }

  private collecting(): CollectAnswersSchedule {
    const secrets = new Secrets(settings.secretsDir);
    const publish = (): Promise<never> => Promise.reject(new Error('intake publishes nothing'));
    const connectors = new ConnectorsInForce((agency, contract) =>
      connectorFor(contract.protocol, { agency, contract, publish, append: publish }),
    );
    const ports: CollectPorts = {
      db: this.db,
      enterReport: this.enterReport,
      secret: (name) => secrets.get(name),
      log,
      count: intakeMetrics.collected,
    };
    const answers = new CollectAnswers(ports);
    const list = new CollectList(ports);
    const catalogue = new CollectCatalogue(ports);
    return new CollectAnswersSchedule(
      this.book,
      connectors,
      {
        perCase: (agency, contract, connector) => answers.round(agency, contract, connector),
        list: (agency, contract, connector) => list.round(agency, contract, connector),
        catalogue: (agency, contract, connector) => catalogue.round(agency, contract, connector),
      },
      log,
    );
  }
}
