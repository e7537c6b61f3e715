import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ConfigResourceTypes } from 'kafkajs';
import { eventually } from '../../../wire/src/testing/eventually.js';
import { readTopic, type Held } from '../testing/read-topic.js';
import { fromEnv, itWithOwnKafka, OwnServer, rememberingLog, someNamespace } from '../testing/services.js';
import { asAdmin } from './as-admin.js';
import { KafkaUnavailable, PartitionedProducer } from './partitioned-producer.js';
import type { OutgoingMessage } from './producer-incarnation.js';
import { ensureTopics } from './topics.js';

jest.setTimeout(300_000);

const numbered = (topic: string, from: number, to: number, keys: number): OutgoingMessage[] =>
  Array.from({ length: to - from }, (_, i) => ({ topic, key: `case/${(from + i) % keys}`, value: String(from + i) }));

/** Numbers of one key must come in order once repeats are left out. */
function orderByKey(held: Held[]): Map<string, number[]> {
  const seen = new Set<string>();
  const order = new Map<string, number[]>();
  for (const { key, value } of held) {
    if (seen.has(value)) continue;
    seen.add(value);
    order.set(key, [...(order.get(key) ?? []), Number(value)]);
  }
  return order;
}

function expectInOrder(held: Held[]): void {
  for (const numbers of orderByKey(held).values()) expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
}

describe('publishing to Kafka', () => {
  const settings = { brokers: fromEnv('KAFKA_BROKERS').split(','), clientId: 'spec', namespace: someNamespace() };
  const log = rememberingLog();
  const producer = new PartitionedProducer(settings, log);
  const limitMessages = (name: string, bytes: number) =>
    asAdmin(settings, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: `${settings.namespace}.${name}`,
            configEntries: [{ name: 'max.message.bytes', value: String(bytes) }],
          },
        ],
      }),
    );
  const read = (topic: string) => readTopic(settings.brokers[0] ?? '', `${settings.namespace}.${topic}`);

  beforeAll(async () => {
    await ensureTopics(settings, [{ name: 'many', partitions: 8 }]);
    await producer.connect();
    expect(producer.isUp()).toBe(true);
  });
  afterAll(() => producer.close());

  it('brings 10,000 messages over 8 partitions once each, in order per key, with their headers', async () => {
    for (let from = 0; from < 10_000; from += 500) await producer.send(numbered('many', from, from + 500, 97));
    const held = await read('many');
    expect(held).toHaveLength(10_000);
    expect(new Set(held.map(({ value }) => value)).size).toBe(10_000);
    expect(new Set(held.map(({ partition }) => partition)).size).toBe(8);
    expectInOrder(held);
  });

  it('keeps the order of calls that were not awaited, also those made before the topic was known', async () => {
    await ensureTopics(settings, [{ name: 'unawaited', partitions: 3 }]);
    const calls: Promise<void>[] = [];
    for (let n = 0; n < 2_000; n++) calls.push(producer.send(numbered('unawaited', n, n + 1, 5)));
    await Promise.all(calls);
    const held = await read('unawaited');
    expect(held).toHaveLength(2_000);
    expectInOrder(held);
  });

  it('passes the trace context on', async () => {
    await ensureTopics(settings, [{ name: 'traced', partitions: 1 }]);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await producer.send([{ topic: 'traced', key: 'a', value: '{}', headers: { traceparent } }]);
    expect((await read('traced'))[0]?.headers).toEqual({ traceparent });
  });

  it('splits what is larger than a batch may be, in order', async () => {
    await ensureTopics(settings, [{ name: 'large', partitions: 1 }]);
    const large = Array.from({ length: 12 }, (_, n) => ({
      topic: 'large',
      key: 'a',
      value: `${n}`.padEnd(300_000, ' '),
    }));
    await producer.send(large);
    expect((await read('large')).map(({ value }) => Number(value))).toEqual([...large.keys()]);
  });

  it('refuses an unknown topic and a message too large by themselves, and goes on', async () => {
    await ensureTopics(settings, [{ name: 'known', partitions: 1 }]);
    await expect(producer.send([{ topic: 'unknown', key: 'a', value: '1' }])).rejects.toThrow('there is no topic');
    const tooLarge = { topic: 'known', key: 'a', value: 'x'.repeat(1_000_001) };
    await expect(producer.send([tooLarge])).rejects.toThrow('larger than Kafka takes');
    await producer.send([{ topic: 'known', key: 'a', value: '2' }]);
    expect((await read('known')).map(({ value }) => value)).toEqual(['2']);
  });

  it('rejects only a batch that the topic refuses for its content, with the same producer', async () => {
    await ensureTopics(settings, [
      { name: 'strict', partitions: 1 },
      { name: 'beside', partitions: 1 },
    ]);
    await limitMessages('strict', 1_000);
    const large = { topic: 'strict', key: 'a', value: 'x'.repeat(10_000) };
    const [refused, beside] = await Promise.allSettled([
      producer.send([large]),
      producer.send(numbered('beside', 0, 100, 1)),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('larger') } });
    expect(beside.status).toBe('fulfilled');
    await producer.send([{ topic: 'strict', key: 'a', value: 'small' }]);
    expect((await read('strict')).map(({ value }) => value)).toEqual(['small']);
    expect(log.lines.join()).not.toContain('thrown away');
  });

  it('creates topics once, whoever asks, and leaves those that are there', async () => {
    const topics = [{ name: 'twice', partitions: 2 }];
    await Promise.all([ensureTopics(settings, topics), ensureTopics(settings, topics)]);
    await ensureTopics(settings, [{ name: 'twice', partitions: 5 }]);
    await producer.send(numbered('twice', 0, 50, 50));
    expect(new Set((await read('twice')).map(({ partition }) => partition))).toEqual(new Set([0, 1]));
  });
});

describe('publishing while Kafka goes away', () => {
  let kafka: OwnServer;
  let producer: PartitionedProducer;
  const topics = [{ name: 't', partitions: 8 }];
  const settings = () => ({ brokers: [`127.0.0.1:${kafka.port}`], clientId: 'spec', namespace: '' });

  itWithOwnKafka('starts without Kafka, says so, and publishes when it has come', async () => {
    kafka = await OwnServer.kafka();
    producer = new PartitionedProducer(settings(), rememberingLog());
    await producer.connect();
    expect(producer.isUp()).toBe(false);
    await expect(producer.send(numbered('t', 0, 1, 1))).rejects.toThrow(KafkaUnavailable);
    await kafka.start();
    await eventually(() => ensureTopics(settings(), topics), 90_000);
    await eventually(() => expect(producer.isUp()).toBe(true));
    await producer.send(numbered('t', 0, 500, 97));
    expect(await readTopic(settings().brokers[0] ?? '', 't')).toHaveLength(500);
  });

  itWithOwnKafka('holds every acknowledged message, in order, through two kill -9', async () => {
    let rejected = 0;
    let kills = 0;
    let restarted = Promise.resolve();
    // As the relay does: the same batch again until it is acknowledged, then the next.
    for (let from = 500; from < 20_000;) {
      if (kills < 2 && from >= 5_000 * (kills + 1)) {
        kills++;
        restarted = kafka.kill().then(() => kafka.start());
      }
      try {
        await producer.send(numbered('t', from, from + 500, 97));
        from += 500;
      } catch {
        rejected += 500;
      }
    }
    await restarted;
    const held = await readTopic(settings().brokers[0] ?? '', 't');
    expect(new Set(held.map(({ value }) => value)).size).toBe(20_000);
    expect(held.length - 20_000).toBeLessThanOrEqual(rejected);
    expectInOrder(held);
  });

  afterAll(async () => {
    await producer?.close();
    await kafka?.remove();
  });
});
