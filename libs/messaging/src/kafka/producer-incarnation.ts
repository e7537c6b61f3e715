import { Partitioners, type Message, type PartitionMetadata, type Producer } from 'kafkajs';
import { reasonOf, type Log } from '../log.js';
import { settlesWithin } from '../waiting.js';
import { KafkaLine } from './kafka-line.js';
import { PartitionQueue } from './partition-queue.js';
import { withNamespace, type KafkaSettings } from './settings.js';
import { partitionsOf } from './topics.js';

export interface OutgoingMessage {
  /** Without namespace. */
  topic: string;
  key: string;
  value: string;
  headers?: Record<string, string>;
}

/** A broker's usual limit for a batch is 1,048,588 bytes. */
const MAX_MESSAGE_BYTES = 1_000_000;
const ANSWER_WITHIN_MS = 30_000;
const ABOUT_CONTENT = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP'];
const partitionOf = Partitioners.DefaultPartitioner();

/**
 * One idempotent producer, from its connection to the first doubt about it. From then on nothing leaves it any more, and
 * whatever it held is rejected: a sender that repeats the rejected messages in order keeps the order per key.
 */
export class ProducerIncarnation {
  private readonly queues = new Map<string, PartitionQueue>();
  private readonly partitions = new Map<string, PartitionMetadata[]>();
  private readonly line: KafkaLine;
  private readonly producer: Producer;
  private inCallOrder: Promise<unknown> = Promise.resolve();
  private end: Error | undefined;
  private readonly ending = Promise.withResolvers<Error>();
  /** Resolves with the reason once this incarnation sends nothing more. */
  readonly ended = this.ending.promise;

  private constructor(
    private readonly settings: KafkaSettings,
    log: Log,
  ) {
    this.line = new KafkaLine(settings, log, () => {
      // With a send under way kafkajs reconnects under the same producer id, so that its repeat is recognised.
      if (!this.isBusy()) this.retire(new Error('Kafka closed the connection'));
    });
    this.producer = this.line.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      // About 18 s, longer than a leader's election takes.
      retry: { initialRetryTime: 100, maxRetryTime: 3_000, retries: 10 },
    });
    this.producer.on(this.producer.events.REQUEST_TIMEOUT, ({ payload }) => this.line.breakOff(payload.broker));
  }

  static async open(settings: KafkaSettings, log: Log, signal: AbortSignal): Promise<ProducerIncarnation> {
    const incarnation = new ProducerIncarnation(settings, log);
    const giveUp = () => incarnation.retire(new Error('the producer was closed'));
    signal.addEventListener('abort', giveUp);
    try {
      await incarnation.producer.connect();
      return incarnation;
    } catch (error) {
      incarnation.retire(new Error(reasonOf(error)));
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  isUp(): boolean {
    return !this.end && this.line.isOpen();
  }

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    refuseTooLarge(messages);
    // Asking for a new topic's partitions takes a moment; calls are queued in the order in which they were made all the same.
    const queued = this.inCallOrder.then(async () => {
      for (const topic of new Set(messages.map((message) => message.topic))) await this.learnPartitions(topic);
      if (this.end) throw this.end;
      return this.queue(messages);
    });
    this.inCallOrder = queued.then(
      () => {},
      () => {},
    );
    await Promise.all((await queued).map((part) => part.published));
  }

  /** Lets what is under way end, within a bound, and retires. */
  async finish(withinMs: number): Promise<void> {
    await settlesWithin(withinMs, this.inCallOrder);
    await settlesWithin(withinMs, Promise.all([...this.queues.values()].map((queue) => queue.whenEmpty())));
    this.retire(new Error('the producer was closed'));
  }

  /** Idempotent. Connections are cut first: a retry inside kafkajs could otherwise publish after its successor. */
  private retire(reason: Error): void {
    if (this.end) return;
    this.end = reason;
    this.line.cut();
    for (const queue of this.queues.values()) queue.reject(reason);
    void this.producer.disconnect().catch(() => {});
    this.ending.resolve(reason);
  }

  private isBusy(): boolean {
    return [...this.queues.values()].some((queue) => queue.isBusy());
  }

  private async learnPartitions(topic: string): Promise<void> {
    if (this.partitions.has(topic)) return;
    const partitions = await partitionsOf(this.settings, withNamespace(this.settings, topic));
    if (!partitions) throw new Error(`there is no topic ${withNamespace(this.settings, topic)}`);
    // Kept as they are: a topic that grows keeps its keys' partitions until the next incarnation.
    this.partitions.set(topic, partitions);
  }

  private queue(messages: readonly OutgoingMessage[]): { published: Promise<void> }[] {
    const byQueue = new Map<PartitionQueue, Message[]>();
    for (const { topic, key, value, headers = {} } of messages) {
      const message = { key, value, headers };
      const queue = this.queueOf(topic, message);
      const its = byQueue.get(queue);
      if (its) its.push(message);
      else byQueue.set(queue, [message]);
    }
    return [...byQueue].flatMap(([queue, its]) => queue.add(its));
  }

  private queueOf(name: string, message: Message): PartitionQueue {
    const topic = withNamespace(this.settings, name);
    const partition = partitionOf({ topic, partitionMetadata: this.partitions.get(name) ?? [], message });
    const id = `${topic}/${partition}`;
    let queue = this.queues.get(id);
    if (!queue) {
      queue = new PartitionQueue((its) => this.publish(topic, partition, its));
      this.queues.set(id, queue);
    }
    return queue;
  }

  /** One partition a send, see tulios/kafkajs #1303, #1798: with several, acknowledged messages were lost. */
  private async publish(topic: string, partition: number, messages: readonly Message[]): Promise<void> {
    try {
      const sent = this.producer.send({ topic, acks: -1, messages: messages.map((m) => ({ ...m, partition })) });
      if (!(await settlesWithin(ANSWER_WITHIN_MS, sent))) throw new Error('Kafka did not answer');
      const covered = (await sent).some((a) => a.topicName === topic && a.partition === partition && a.errorCode === 0);
      if (!covered) throw new Error(`Kafka's answer leaves out ${topic}/${partition}`);
    } catch (error) {
      if (!isAboutContent(error)) this.retire(error instanceof Error ? error : new Error(reasonOf(error)));
      throw error;
    }
  }
}

/** Refused before it was numbered: the producer is sound, and only this partition's messages are rejected. */
function isAboutContent(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'type' in cause && ABOUT_CONTENT.includes(String(cause.type));
}

function refuseTooLarge(messages: readonly OutgoingMessage[]): void {
  for (const { topic, value } of messages)
    if (Buffer.byteLength(value) > MAX_MESSAGE_BYTES)
      throw new Error(`a message for ${topic} is larger than Kafka takes`);
}
