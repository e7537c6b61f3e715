import type { Consumer, EachBatchPayload } from 'kafkajs';
import { reasonOf, seldom, type Log } from '../log.js';
import { backOff, pause, settlesWithin } from '../waiting.js';
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
  /** No fetch, heartbeat or finished batch for so long: the consumer is replaced. */
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

type RawBatch = EachBatchPayload['batch'];

/**
 * One kafkajs consumer, from joining the group to its end. A batch's offset is resolved and committed only after its
 * handler succeeded; a batch that wasn't committed comes again, here or at another member.
 */
export class ConsumerIncarnation {
  private readonly line: KafkaLine;
  private readonly consumer: Consumer;
  private readonly quiet: Log;
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly failures = new Map<string, number>();
  private readonly over = new AbortController();
  private readonly ending = Promise.withResolvers<string>();
  private rebalance: unknown;
  private hasJoined = false;
  private lastSign = performance.now();
  private watch: NodeJS.Timeout | undefined;

  constructor(
    settings: KafkaSettings,
    groupId: string,
    private readonly handle: (batch: RawBatch) => Promise<void>,
    private readonly gate: Gate | undefined,
    private readonly timing: Timing,
    private readonly log: Log,
  ) {
    this.quiet = seldom(log);
    this.line = new KafkaLine(settings, log);
    this.consumer = this.line.kafka.consumer({
      groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: 10_000,
      heartbeatInterval: 2_000,
      rebalanceTimeout: 30_000,
      maxBytes: 4_194_304,
      maxBytesPerPartition: 1_048_576,
      // A partition that was paused is fetched again when the fetch under way returns: so short.
      maxWaitTimeInMs: 200,
      // kafkajs' own restarts aren't used: a new incarnation forgets nothing that matters.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 8, restartOnFailure: async () => false },
    });
    const { GROUP_JOIN, FETCH, HEARTBEAT, CRASH } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, () => {
      this.hasJoined = true;
      this.rebalance = undefined;
    });
    this.consumer.on(FETCH, () => this.sign());
    this.consumer.on(HEARTBEAT, () => this.sign());
    this.consumer.on(CRASH, ({ payload }) => this.end(reasonOf(payload.error)));
  }

  /** Consumes until it must be replaced (the reason is returned) or is stopped. Rejects where it can't even begin. */
  async run(topics: string[], partitionsAtOnce: number): Promise<string> {
    this.watch = setInterval(() => this.lookAfter(), this.timing.silentAfterMs / 5);
    await this.consumer.connect();
    await this.consumer.subscribe({ topics, fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsAtOnce,
      eachBatch: (payload) => this.take(payload),
    });
    return this.ending.promise;
  }

  isUp(): boolean {
    return this.hasJoined && !this.over.signal.aborted && this.line.isOpen();
  }

  /** Makes `run` return; what is under way goes on until `stop`. */
  end(reason: string): void {
    this.ending.resolve(reason);
  }

  /** Begins no new batch, lets those under way end and commit, and leaves the group. What is late is cut off, uncommitted. */
  async stop(withinMs: number): Promise<void> {
    this.end('stopped');
    const left = Promise.all([...this.underWay.values(), this.consumer.disconnect()]);
    if (!(await settlesWithin(withinMs, left))) this.log.warn({ withinMs }, 'a consumer was cut off before its handlers ended');
    clearInterval(this.watch);
    this.over.abort();
    this.line.cut();
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    if (this.over.signal.aborted || !payload.isRunning() || payload.isStale()) return;
    if (this.rebalance !== undefined) throw this.rebalance;
    const name = `${batch.topic}/${batch.partition}`;
    const earlier = this.underWay.get(name);
    if (earlier) return this.holdBack(payload, earlier);
    if (this.gate && !this.gate.admits()) return this.holdBack(payload, this.gate.whenAdmits());
    await payload.heartbeat();

    const handled = this.begin(name, batch);
    const beat = setInterval(() => void this.beat(payload), 1_000);
    const inTime = await settlesWithin(this.timing.patienceMs, handled);
    clearInterval(beat);
    this.sign();
    if (!inTime) {
      this.quiet.error({ topic: batch.topic, partition: batch.partition }, 'a handler takes very long; its partition waits for it');
      return this.holdBack(payload, handled);
    }
    const failure = await handled.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (failure) this.tryAgainLater(payload, name, failure.error);
    else await this.commit(payload, name);
    if (this.rebalance !== undefined) throw this.rebalance;
  }

  /** Remembered until it ends, also beyond a rebalance: a partition has one handler at a time in this process. */
  private begin(name: string, batch: RawBatch): Promise<void> {
    const handled = this.handle(batch).finally(() => this.underWay.delete(name));
    this.underWay.set(name, handled);
    handled.catch(() => {});
    return handled;
  }

  /** A rebalance is answered after the handlers under way: kafkajs joins again when it is thrown from `take`. */
  private async beat(payload: EachBatchPayload): Promise<void> {
    try {
      await payload.heartbeat();
    } catch (error) {
      this.rebalance = error;
    }
  }

  private async commit({ batch, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload, name: string): Promise<void> {
    if (this.over.signal.aborted) return;
    this.failures.delete(name);
    resolveOffset(batch.lastOffset());
    const offset = String(BigInt(batch.lastOffset()) + 1n);
    await commitOffsetsIfNecessary({
      topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }],
    });
  }

  private tryAgainLater(payload: EachBatchPayload, name: string, error: unknown): void {
    const { topic, partition } = payload.batch;
    const attempt = (this.failures.get(name) ?? 0) + 1;
    this.failures.set(name, attempt);
    const inMs = backOff(attempt - 1, this.timing.retryFirstMs, this.timing.retryAtMostMs);
    const where = { topic, partition, offset: payload.batch.firstOffset(), attempt, inMs };
    this.quiet.warn({ ...where, reason: reasonOf(error) }, 'a batch failed; it is tried again, its partition waits');
    this.holdBack(payload, pause(inMs, this.over.signal));
  }

  /** Unresolved and paused: after `until` the same messages are fetched again. */
  private holdBack(payload: EachBatchPayload, until: Promise<void>): void {
    const resume = payload.pause();
    void until.then(resume, resume);
  }

  private sign(): void {
    this.lastSign = performance.now();
  }

  private lookAfter(): void {
    const silentForMs = performance.now() - this.lastSign;
    if (silentForMs > this.timing.silentAfterMs) this.end(`silent for ${Math.round(silentForMs / 1000)} s`);
  }
}
