import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { connectorFor } from '#connectors';
import { ContractBook, Database, migrate, readFile, isUnavailable, type ClaimedLane } from '#ledger';
import { Bell, ensureTopics, PartitionedProducer, RetryQueues, type KafkaSettings } from '#messaging';
import { createLog, Secrets } from '#service';
import { flow, topicFor, topicsFor, type ContractVersion } from '#wire';
import { DeliverLanes } from './deliver/deliver-lanes.js';
import { stepsOf } from './deliver/kept-steps.js';
import { routeNoteOf } from './deliver/route-note.js';
import { OutcomeWriter } from './deliver/outcome-writer.js';
import { Partners } from './deliver/partners.js';
import { CarryOutOperations } from './operate/carry-out-operations.js';
import { MergeStreams } from './operate/merge-streams.js';
import { RehearseRetry } from './operate/rehearse-retry.js';
import { ReplayLanes } from './operate/replay-lanes.js';
import { Feeds } from './feeds/feeds.js';
import { hearRing } from './plan/hear-ring.js';
import { PlanDeliveries } from './plan/plan-deliveries.js';
import { RelayOutbox } from './relay/relay-outbox.js';
import { WakeLanes } from './retry/wake-lanes.js';
import { Round } from './rounds.js';
import { settings } from './settings.js';
import { Worker } from './worker.js';

export const log = createLog('delivery', settings.logLevel);

export const kafka: KafkaSettings = {
  brokers: settings.kafkaBrokers,
  clientId: settings.instance,
  namespace: settings.namespace,
};

const LOOK_MS = 1_000;
const PROBES_MS = 200;
const SWEEP_TIMERS_MS = 1_000;
const SWEEP_PLAN_MS = 5_000;
const STRAYS_MS = 5_000;
const CLEAR_FEEDS_MS = 60_000;
const OPERATIONS_MS = 300;
const QUERY_MS = 30_000;
const KAFKA_AGAIN_MS = 2_000;

/** What this process is made of and in which order it starts and ends. Truth is in PostgreSQL; everything here may be killed. */
@Injectable()
export class DeliveryOffice implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly db = new Database(settings.databaseUrl, settings.instance, log, 12, QUERY_MS);
  readonly producer = new PartitionedProducer(kafka, log);
  readonly planDeliveries: PlanDeliveries;
  private readonly book = new ContractBook(this.db, log);
  private readonly worker = new Worker(this.db, settings.instance, log, () => process.exit(1));
  private readonly secrets = new Secrets(settings.secretsDir);
  private readonly partners: Partners;
  private readonly lanes: DeliverLanes;
  private readonly operations: CarryOutOperations;
  private readonly operating: Round;
  private readonly relay: RelayOutbox;
  private readonly bell: Bell;
  private readonly feeds: Feeds;
  readonly retries: RetryQueues;
  private readonly rounds: Round[];
  private started = false;
  private stopping = false;

  constructor() {
    this.partners = new Partners(this.book, (protocol, agency, contract) =>
      connectorFor(protocol, {
        agency,
        contract,
        publish: (message) => this.publishToAgency(message),
        append: (to, events) => this.feeds.append(to, events),
      }),
    );
    const tools = {
      secret: (name: string) => this.secrets.get(name),
      file: (sha256: string) => this.file(sha256),
      mayStillSend: () => this.worker.isAlive(),
      steps: (lane: ClaimedLane) => stepsOf({ db: this.db, worker: this.worker }, lane),
      route: (lane: ClaimedLane, contract: ContractVersion) =>
        routeNoteOf(this.book.routing.inForce(), lane, contract, this.book.calendar.inForce()),
    };
    const partner = (agency: string, version: string) => this.partners.find(agency, version);
    this.lanes = new DeliverLanes({
      db: this.db,
      book: this.book,
      worker: this.worker,
      writer: new OutcomeWriter(this.db, this.worker, log),
      log,
      tools,
      partner,
      onTimer: (lane, committed) =>
        this.retries.schedule({
          agency: lane.agencyId,
          stream: lane.streamId,
          sequence: lane.sequence,
          attempt: lane.claim,
          delayMs: committed.wakeInMs ?? 0,
        }),
    });
    const kick = (agencies: Iterable<string>): void => this.lanes.kick(agencies);
    this.planDeliveries = new PlanDeliveries(
      this.db,
      this.book,
      settings.planBatch,
      {
        promise: (most) => this.lanes.promise(most),
        begin: (claimed, places, startedAt) => this.lanes.begin(claimed, places, startedAt),
        worker: () => this.worker.id,
        planned: kick,
      },
      log,
    );
    this.relay = new RelayOutbox(this.db, this.producer, settings.relayBatch, log);
    const wakeLanes = new WakeLanes(this.db, kick, log);
    const redis = { redisUrl: settings.redisUrl, namespace: settings.namespace, log };
    this.retries = new RetryQueues({ ...redis, onWake: (jobs) => wakeLanes.wake(jobs) });
    this.bell = new Bell({ ...redis, name: 'outbox' });
    this.feeds = new Feeds(this.db, this.book, new Bell({ ...redis, name: 'feeds' }));
    const rehearse = { db: this.db, worker: this.worker, book: this.book, tools, partner };
    this.operations = new CarryOutOperations({
      db: this.db,
      worker: this.worker,
      log,
      rehearse: new RehearseRetry(rehearse),
      replay: new ReplayLanes({ ...rehearse, question: (agency, ask) => this.lanes.question(agency, ask) }),
      merge: new MergeStreams({ ...rehearse, log, plan: (streams) => this.planDeliveries.run(streams) }),
      kick,
    });
    this.operating = new Round('operations', OPERATIONS_MS, () => this.operations.round(), log);
    this.rounds = [
      new Round('look', LOOK_MS, () => this.lanes.look(), log),
      new Round('probes', PROBES_MS, () => this.lanes.probe(), log),
      new Round('timers', SWEEP_TIMERS_MS, () => wakeLanes.sweep(), log),
      new Round('unplanned', SWEEP_PLAN_MS, () => this.planDeliveries.sweep(), log),
      new Round('feeds', CLEAR_FEEDS_MS, () => this.feeds.clear(), log),
      new Round('strays', STRAYS_MS, () => this.lanes.freeStrays(), log),
    ];
  }

  /** Before anything else: the schema, the contracts, this worker. Waits for PostgreSQL as long as it takes. */
  async open(): Promise<void> {
    for (;;) {
      try {
        await migrate(settings.databaseUrl);
        await this.book.start();
        await this.worker.start();
        return;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        log.warn({ code: codeOf(error) }, 'waiting for PostgreSQL');
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
  }

  /** Topics exist before anyone subscribes; Kafka may be away, then this waits while deliveries already go on. */
  async openTopics(): Promise<void> {
    await ensureTopics(kafka, topicsFor(this.book.all().map(({ id }) => id)));
  }

  onApplicationBootstrap(): void {
    this.started = true;
    const stopping = (): boolean => this.stopping;
    this.bell.onRing(hearRing({ relay: this.relay, plan: this.planDeliveries, stopping, log }));
    for (const round of [...this.rounds, this.operating]) round.start();
    void this.retries.start(this.book.all().map((agency) => agency.id));
    this.book.onChange(() => void this.retries.start(this.book.all().map((agency) => agency.id)));
    void this.connectKafka();
  }

  /** Nest has stopped the consumer by now: no new plans. Lanes are handed back by ending what is under way. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.started) return;
    this.stopping = true;
    await Promise.all(this.rounds.map((round) => round.stop()));
    const left = await this.lanes.stop(settings.drainMs);
    // A batch that still asks its partner isn't waited for: whoever takes the operation looks at those lanes again.
    void this.operating.stop();
    await this.operations.stop();
    if (left > 0) log.warn({ lanes: left }, 'still under way at the bound: their lanes will be in doubt');
    // The producer is closed alongside: a send that hangs on a dead broker must not hold the process.
    await Promise.allSettled([
      this.relay.stop(),
      this.producer.close(),
      this.retries.close(),
      this.bell.close(),
      this.feeds.close(),
      this.partners.close(),
    ]);
    this.book.stop();
    await this.worker.stop();
    await this.db.close();
  }

  /** The relay starts when Kafka can be had; until then the plan reads the ledger and deliveries go on. */
  private async connectKafka(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.producer.connect();
        await this.openTopics();
        this.relay.start();
        return;
      } catch (error) {
        log.warn({ code: (error as { name?: string }).name ?? 'unknown' }, 'waiting for Kafka');
        await new Promise((resolve) => setTimeout(resolve, KAFKA_AGAIN_MS));
      }
    }
  }

  private async publishToAgency(message: {
    agency: string;
    key: string;
    value: string;
    headers: Record<string, string>;
  }): Promise<void> {
    const { agency, ...rest } = message;
    await this.producer.send([{ topic: topicFor(flow.agencyEvents, agency), ...rest }]);
  }

  private async file(sha256: string): Promise<Buffer> {
    const found = await readFile(this.db, sha256);
    if (!found) throw Object.assign(new Error('file not held'), { code: 'FILE_NOT_HELD' });
    return found.bytes;
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? 'unknown';
