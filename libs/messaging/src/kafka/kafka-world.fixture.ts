import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { eventually } from '../../../wire/src/testing/eventually.js';
import { fromEnv, rememberingLog, someNamespace } from '../testing/services.js';
import type { Batch } from './batch.js';
import { KafkaBatchStrategy, type KafkaBatchOptions } from './kafka-batch.strategy.js';
import { PartitionedProducer } from './partitioned-producer.js';
import { ensureTopics } from './topics.js';

export const PATTERN = 'things';

/** Topics of a spec's own, what is published to the newest of them, and consumers that end with each test. */
export function kafkaWorld() {
  const settings = { brokers: fromEnv('KAFKA_BROKERS').split(','), clientId: 'spec', namespace: someNamespace() };
  const producer = new PartitionedProducer(settings, rememberingLog());
  const running: KafkaBatchStrategy[] = [];
  let topic = '';
  let count = 0;

  beforeAll(() => producer.connect());
  afterAll(() => producer.close());
  afterEach(async () => {
    await Promise.all(running.splice(0).map((strategy) => strategy.close()));
  });

  /** The name that the n-th topic from here will have. */
  const nameAhead = (n: number): string => `topic-${count + n}`;

  const newTopic = async (partitions: number): Promise<string> => {
    topic = `topic-${++count}`;
    // A broker may be asked for the new topic's leaders before it has heard of the topic.
    await eventually(() => ensureTopics(settings, [{ name: topic, partitions }]));
    return topic;
  };

  /** Whole numbers, as values. */
  const publish = (from: number, to: number, key = (n: number) => `case/${n % 11}`) =>
    producer.send(
      Array.from({ length: to - from }, (_, i) => ({ topic, key: key(from + i), value: String(from + i) })),
    );

  const consume = (handler: (batch: Batch<number>) => unknown, more: Partial<KafkaBatchOptions> = {}) => {
    const log = rememberingLog();
    const one = topic;
    const strategy = new KafkaBatchStrategy({
      settings,
      groupId: `group-${one}`,
      topics: async () => ({ [PATTERN]: [one] }),
      log,
      fromBeginning: true,
      ...more,
    });
    strategy.addHandler(PATTERN, async (batch) => handler(batch as Batch<number>) as never, true);
    strategy.listen((error) => expect(error).toBeUndefined());
    running.push(strategy);
    return { strategy, log };
  };

  return { settings, nameAhead, newTopic, publish, consume };
}
