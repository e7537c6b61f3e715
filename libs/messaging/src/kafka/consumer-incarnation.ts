import type { Consumer, EachBatchPayload } from 'kafkajs';
import { reasonOf, type Log } from '../log.js';
import { backOff, pause, settlesWithin } from '../waiting.js';
import { asMoved, findCoordinator, says } from './coordinator.js';
import { KafkaLine } from './kafka-line.js';
import type { KafkaSettings } from './settings.js';

/** Lets handlers be begun or not, for back-pressure: while it doesn't admit, partitions are paused. */
export interface Gate {
  admits(): boolean;
  whenAdmits(): Promise<void>;
}

export interface Timing {
  /** A handler that takes longer is left to itself, its partition paused; the others go on. Below the rebalance time-out. */
  patienceMs: number;
  /** A member without a fetch, heartbeat or finished batch for so long is replaced; one that joins has JOINS_WITHIN_MS. */
  silentAfterMs: number;
  retryFirstMs: number;
  retryAtMostMs: number;
}

export const usualTiming: Timing = {
  patienceMs: 20_000,
  silentAfterMs: 45_000,
  retryFirstMs: 100,
  retryAtMostMs: 30_000,
};

/** Answers by which kafkajs must join its group again. */
const REJOIN = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'NOT_COORDINATOR_FOR_GROUP'];

const LEAVE_WITHIN_MS = 1_000;
const REBALANCE_MS = 30_000;

/**
 * A join waits until each earlier member has come too or is given up. One that is cut off meanwhile is such a member for the
 * next: replaced sooner, a group whose members died would never come together again.
 */
const JOINS_WITHIN_MS = REBALANCE_MS + 15_000;

export type RawMessages = Pick<EachBatchPayload['batch'], 'topic' | 'partition' | 'messages'>;

export interface Consuming {
  settings: KafkaSettings;
  /** Both with namespace. */
  groupId: string;
  topics: string[];
  handle: (messages: RawMessages) => Promise<void>;
  /** Handlers by partition that haven't ended, also those of earlier incarnations: one at a time in this process. */
  underWay: Map<string, Promise<void>>;
  gate: Gate | undefined;
  partitionsAtOnce: number;
  partSize: number;
  timing: Timing;
  /** One that says a thing seldom. */
  log: Log;
}

/**
 * One kafkajs consumer, from joining the group to its end. A batch's offset is resolved and committed only after its
 * handler succeeded; a batch that wasn't committed comes again, here or at another member.
 */
export class ConsumerIncarnation {
  private readonly line: KafkaLine;
  private readonly consumer: Consumer;
  private readonly failures = new Map<string, number>();
  private readonly over = new AbortController();
  private readonly ending = Promise.withResolvers<string>();
  private rebalance: Error | undefined;
  private joins = 0;
  private isMember = false;
  private lastSign = performance.now();
  private watch: NodeJS.Timeout | undefined;

  constructor(private readonly work: Consuming) {
    this.line = new KafkaLine(work.settings, work.log);
    this.consumer = this.line.kafka.consumer({
      groupId: work.groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: 10_000,
      heartbeatInterval: 2_000,
      rebalanceTimeout: REBALANCE_MS,
      maxBytes: 4_194_304,
      maxBytesPerPartition: 1_048_576,
      // A partition that was paused is fetched again when the fetch under way returns: so short.
      maxWaitTimeInMs: 200,
      // kafkajs asks for a dead broker's partitions in vain until its metadata is old.
      metadataMaxAge: 2_000,
      // kafkajs' own restarts aren't used: a new incarnation forgets nothing that matters.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 16, restartOnFailure: async () => false },
    });
    const { GROUP_JOIN, REBALANCING, FETCH, HEARTBEAT, CRASH, REQUEST_TIMEOUT } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, () => {
      this.joins++;
      this.isMember = true;
      this.rebalance = undefined;
      this.sign();
    });
    this.consumer.on(REBALANCING, () => {
      this.isMember = false;
      this.sign();
    });
    this.consumer.on(FETCH, () => this.sign());
    this.consumer.on(HEARTBEAT, () => this.sign());
    this.consumer.on(REQUEST_TIMEOUT, ({ payload }) => this.line.breakOff(payload.broker));
    this.consumer.on(CRASH, ({ payload }) => this.end(reasonOf(payload.error)));
  }

  /** Consumes until it must be replaced (the reason is returned) or is stopped. Rejects where it can't even begin. */
  async run(): Promise<string> {
    this.watch = setInterval(() => this.lookAfter(), this.work.timing.silentAfterMs / 5);
    const begun = this.begin();
    return Promise.race([begun.then(() => this.ending.promise), this.ending.promise]);
  }

  isUp(): boolean {
    return this.joins > 0 && !this.over.signal.aborted && this.line.isOpen();
  }

  /** Makes `run` return; what is under way goes on until `stop`. */
  end(reason: string): void {
    this.ending.resolve(reason);
  }

  /** Begins no new batch, lets those under way end and commit, and leaves the group. What is late is cut off, uncommitted. */
  async stop(withinMs: number): Promise<void> {
    this.end('stopped');
    const left = this.consumer.disconnect().catch(() => {});
    const handled = Promise.all(this.work.underWay.values());
    // A silent Kafka isn't waited for: without handlers there is nothing to commit, only a group to leave.
    const drained = handled.then(() => settlesWithin(LEAVE_WITHIN_MS, left));
    if (!(await settlesWithin(withinMs, drained)))
      this.work.log.warn({ withinMs }, 'a consumer was cut off before its handlers ended');
    this.over.abort();
    // Without its handlers, kafkajs can leave the group, so that the others needn't wait for its session to end.
    await settlesWithin(LEAVE_WITHIN_MS, left);
    clearInterval(this.watch);
    this.line.cut();
  }

  private async begin(): Promise<void> {
    await this.consumer.connect();
    await findCoordinator(this.work.settings, this.work.groupId);
    await this.consumer.subscribe({ topics: this.work.topics, fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.work.partitionsAtOnce,
      eachBatch: (payload) => this.take(payload).catch((error: unknown) => this.explain(error, payload)),
    });
  }

  private async explain(error: unknown, payload: EachBatchPayload): Promise<never> {
    const isWanted = () => payload.isRunning() && !this.over.signal.aborted;
    throw await asMoved(error, this.work.settings, this.work.groupId, isWanted);
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    if (this.over.signal.aborted || !payload.isRunning() || payload.isStale()) return;
    this.rejoinIfAsked();
    const earlier = this.work.underWay.get(`${topic}/${partition}`);
    if (earlier) return this.holdBack(payload, earlier);
    if (this.work.gate && !this.work.gate.admits()) return this.holdBack(payload, this.work.gate.whenAdmits());
    await payload.heartbeat();

    const handled = this.remember(`${topic}/${partition}`, this.handleInParts(payload));
    const beat = setInterval(() => void this.beat(payload), 1_000);
    const inTime = await settlesWithin(this.work.timing.patienceMs, handled, this.over.signal);
    clearInterval(beat);
    this.sign();
    if (this.over.signal.aborted) return;
    if (!inTime) {
      this.work.log.error({ topic, partition }, 'a handler takes very long; its partition waits for it');
      return this.holdBack(
        payload,
        handled.then((waitMs) => pause(waitMs, this.over.signal)),
      );
    }
    const waitMs = await handled;
    if (waitMs > 0) this.holdBack(payload, pause(waitMs, this.over.signal));
    this.rejoinIfAsked();
  }

  private remember(name: string, handled: Promise<number>): Promise<number> {
    const forgotten = handled.finally(() => this.work.underWay.delete(name));
    forgotten.catch(() => {});
    this.work.underWay.set(
      name,
      forgotten.then(
        () => {},
        () => {},
      ),
    );
    return forgotten;
  }

  /** Each part is committed before the next begins. Returns how long to wait before the rest is tried again, 0 when done. */
  private async handleInParts(payload: EachBatchPayload): Promise<number> {
    const { topic, partition, messages } = payload.batch;
    const { joins } = this;
    for (let from = 0; from < messages.length; from += this.work.partSize) {
      if (from > 0 && (!payload.isRunning() || this.rebalance !== undefined || this.joins !== joins)) return 0;
      const part = messages.slice(from, from + this.work.partSize);
      try {
        await this.work.handle({ topic, partition, messages: part });
      } catch (error) {
        return this.noteFailure(payload, part[0]?.offset, error);
      }
      this.failures.delete(`${topic}/${partition}`);
      // After another join this generation's word doesn't count any more, and the messages come again.
      if (this.joins !== joins || this.over.signal.aborted) return 0;
      await this.commit(payload, part.at(-1)?.offset);
    }
    return 0;
  }

  private async commit(payload: EachBatchPayload, last = payload.batch.lastOffset()): Promise<void> {
    const { topic, partition } = payload.batch;
    payload.resolveOffset(last);
    const offset = String(BigInt(last) + 1n);
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
  }

  private noteFailure({ batch: { topic, partition } }: EachBatchPayload, offset: string | undefined, error: unknown) {
    const failures = (this.failures.get(`${topic}/${partition}`) ?? 0) + 1;
    this.failures.set(`${topic}/${partition}`, failures);
    const inMs = backOff(failures - 1, this.work.timing.retryFirstMs, this.work.timing.retryAtMostMs);
    const where = { topic, partition, offset, failures, inMs, reason: reasonOf(error) };
    this.work.log.warn(where, 'a batch failed; it is tried again, its partition waits');
    return inMs;
  }

  /** A rebalance is answered after the handlers under way: kafkajs joins again when it is thrown from `take`. */
  private async beat(payload: EachBatchPayload): Promise<void> {
    try {
      await payload.heartbeat();
    } catch (error) {
      if (error instanceof Error && says(error, REJOIN)) this.rebalance = error;
    }
  }

  private rejoinIfAsked(): void {
    if (this.rebalance) throw this.rebalance;
  }

  /** Unresolved and paused: after `until` the same messages are fetched again. */
  private holdBack(payload: EachBatchPayload, until: Promise<unknown>): void {
    const resume = payload.pause();
    void until.then(resume, resume);
  }

  private sign(): void {
    this.lastSign = performance.now();
  }

  private lookAfter(): void {
    const silentForMs = performance.now() - this.lastSign;
    const { silentAfterMs } = this.work.timing;
    if (silentForMs > (this.isMember ? silentAfterMs : Math.max(silentAfterMs, JOINS_WITHIN_MS)))
      this.end(`silent for ${Math.round(silentForMs / 1000)} s`);
  }
}
