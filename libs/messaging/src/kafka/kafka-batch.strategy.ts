import { BaseRpcContext, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { reasonOf, seldom, type Log } from '../log.js';
import { backOff, pause } from '../waiting.js';
import { readMessage, type Batch } from './batch.js';
import { ConsumerIncarnation, usualTiming, type Gate, type RawMessages, type Timing } from './consumer-incarnation.js';
import { withNamespace, withoutNamespace, type KafkaSettings } from './settings.js';
import { existingTopics } from './topics.js';

export interface KafkaBatchOptions {
  settings: KafkaSettings;
  /** Without namespace. */
  groupId: string;
  /** Pattern → topics without namespace. Asked again and again; it may create what is missing (`ensureTopics`). */
  topics: () => Promise<Record<string, string[]>>;
  refreshTopicsMs?: number;
  gate?: Gate;
  log: Log;
  fromBeginning: true;
  /** How many partitions are handled at once. */
  partitionsAtOnce?: number;
  /** The most messages that one call of a handler gets. */
  batchSize?: number;
  drainMs?: number;
  timing?: Partial<Timing>;
}

/**
 * Kafka for @nestjs/microservices: a whole batch of one partition goes to one @EventPattern handler, and its offset is
 * committed after the handler's promise or stream ended well. A batch that fails is tried again and never skipped.
 */
export class KafkaBatchStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('kafka-batches');
  override readonly propagatesEventHandlerErrors = true;
  private readonly closing = new AbortController();
  private readonly timing: Timing;
  private readonly quiet: Log;
  /** Topic with namespace → pattern. */
  private subscribed = new Map<string, string>();
  private readonly underWay = new Map<string, Promise<void>>();
  private incarnation: ConsumerIncarnation | undefined;
  private consuming: Promise<void> | undefined;
  private hasNothing = false;

  constructor(private readonly options: KafkaBatchOptions) {
    super();
    this.timing = { ...usualTiming, ...options.timing };
    this.quiet = seldom(options.log);
  }

  /** Calls back at once: the process starts, and stays, while Kafka is away. */
  override listen(callback: (error?: unknown) => void): void {
    this.consuming ??= this.keepConsuming();
    callback();
  }

  /** Lets handlers under way end and commits them, within `drainMs`, and leaves the group. */
  override async close(): Promise<void> {
    this.closing.abort();
    this.incarnation?.end('closed');
    await this.consuming;
  }

  /** Consuming, or nothing to consume. */
  isUp(): boolean {
    return this.incarnation ? this.incarnation.isUp() : this.hasNothing;
  }

  override on(): never {
    throw new Error('this transport has no events');
  }

  override unwrap<T>(): T {
    throw new Error('kafkajs stays inside libs/messaging');
  }

  private async keepConsuming(): Promise<void> {
    const { signal } = this.closing;
    for (let failures = 0; !signal.aborted;) {
      try {
        const wanted = await this.wantedTopics();
        this.hasNothing = wanted.size === 0;
        const subscription = await this.thoseThatExist(wanted);
        if (subscription.size === 0) await pause(this.refreshMs(wanted.size > 0), signal);
        else if (await this.consume(subscription)) failures = 0;
      } catch (error) {
        this.quiet.warn({ reason: reasonOf(error) }, 'Kafka is not being consumed; trying on');
      }
      await pause(backOff(failures++, 200, 5_000), signal);
    }
  }

  /** One incarnation, to its end. True where it had got as far as consuming. */
  private async consume(subscription: Map<string, string>): Promise<boolean> {
    const { settings, groupId, gate, log, partitionsAtOnce = 4, batchSize = 500, drainMs = 10_000 } = this.options;
    const incarnation = new ConsumerIncarnation({
      settings,
      groupId: withNamespace(settings, groupId),
      topics: [...subscription.keys()],
      handle: (messages) => this.hand(messages, subscription.get(messages.topic)),
      underWay: this.underWay,
      gate,
      partitionsAtOnce,
      partSize: batchSize,
      timing: this.timing,
      log: this.quiet,
    });
    this.subscribed = subscription;
    this.incarnation = incarnation;
    const refreshed = new AbortController();
    try {
      if (this.closing.signal.aborted) return false;
      void this.keepSubscription(incarnation, refreshed.signal);
      const reason = await incarnation.run();
      if (!this.closing.signal.aborted) log.info({ groupId, reason }, 'a Kafka consumer is replaced');
      return true;
    } finally {
      refreshed.abort();
      await incarnation.stop(drainMs);
      this.incarnation = undefined;
    }
  }

  /** Ends the incarnation when other topics are wanted, or one that was missing has come. */
  private async keepSubscription(incarnation: ConsumerIncarnation, signal: AbortSignal): Promise<void> {
    let someMissing = false;
    for (;;) {
      await pause(this.refreshMs(someMissing), signal);
      if (signal.aborted) return;
      try {
        const wanted = await this.wantedTopics();
        const there = sameTopics(wanted, this.subscribed) ? wanted : await this.thoseThatExist(wanted);
        if (signal.aborted) return;
        if (!sameTopics(there, this.subscribed)) return incarnation.end('other topics are wanted');
        someMissing = there.size < wanted.size;
      } catch (error) {
        this.quiet.warn({ reason: reasonOf(error) }, 'the topics to consume could not be read; those known stay');
      }
    }
  }

  private async wantedTopics(): Promise<Map<string, string>> {
    const wanted = new Map<string, string>();
    for (const [pattern, topics] of Object.entries(await this.options.topics())) {
      this.handlerOf(pattern);
      for (const name of topics) {
        const topic = withNamespace(this.options.settings, name);
        if (wanted.has(topic) && wanted.get(topic) !== pattern)
          throw new Error(`two patterns claim the topic ${topic}`);
        wanted.set(topic, pattern);
      }
    }
    return wanted;
  }

  private async thoseThatExist(wanted: Map<string, string>): Promise<Map<string, string>> {
    if (wanted.size === 0) return wanted;
    const existing = await existingTopics(this.options.settings);
    const there = new Map([...wanted].filter(([topic]) => existing.has(topic)));
    const missing = [...wanted.keys()].filter((topic) => !existing.has(topic));
    if (missing.length > 0) this.quiet.warn({ missing }, 'topics to consume do not exist yet; waiting for them');
    return there;
  }

  /** A handler that throws doesn't reject: its observable errors, so that is what is awaited. */
  private hand({ topic, partition, messages }: RawMessages, pattern = ''): Promise<void> {
    const handler = this.handlerOf(pattern);
    const name = withoutNamespace(this.options.settings, topic);
    const batch: Batch = { topic: name, partition, messages: messages.map(readMessage) };
    const context = new BaseRpcContext([batch.topic, batch.partition]);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.onProcessingStartHook(this.transportId, context, async () => {
      try {
        const outcome: unknown = await handler(batch, context);
        if (isObservable(outcome)) await lastValueFrom(outcome, { defaultValue: undefined });
        resolve();
      } catch (error) {
        reject(error);
      } finally {
        this.onProcessingEndHook?.(this.transportId, context);
      }
    });
    return promise;
  }

  private handlerOf(pattern: string) {
    const handler = this.getHandlerByPattern(pattern);
    if (!handler?.isEventHandler) throw new Error(`no @EventPattern handles ${pattern}`);
    if (handler.next) throw new Error(`more than one @EventPattern handles ${pattern}`);
    return handler;
  }

  private refreshMs(someMissing: boolean): number {
    const { refreshTopicsMs = 10_000 } = this.options;
    return someMissing ? Math.min(1_000, refreshTopicsMs) : refreshTopicsMs;
  }
}

function sameTopics(a: Map<string, string>, b: Map<string, string>): boolean {
  return a.size === b.size && [...a].every(([topic, pattern]) => b.get(topic) === pattern);
}
