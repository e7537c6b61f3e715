import { afterAll, afterEach, describe, expect, jest } from '@jest/globals';
import { eventually } from '../../../wire/src/testing/eventually.js';
import { itWithOwnKafka, OwnServer, rememberingLog, someNamespace } from '../testing/services.js';
import { Proxy } from '../../../../test/journeys/proxy.js';
import type { Batch } from './batch.js';
import { KafkaBatchStrategy, type KafkaBatchOptions } from './kafka-batch.strategy.js';
import { PartitionedProducer } from './partitioned-producer.js';
import { ensureTopics } from './topics.js';

jest.setTimeout(300_000);

describe('consuming while Kafka goes away', () => {
  let kafka: OwnServer;
  const toClose: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
  });
  afterAll(() => kafka?.remove());

  function world(more: Partial<KafkaBatchOptions> = {}, port = kafka.port) {
    const settings = { brokers: [`127.0.0.1:${port}`], clientId: 'spec', namespace: someNamespace() };
    const log = rememberingLog();
    const producer = new PartitionedProducer(settings, log);
    toClose.push(() => producer.close());
    const strategy = new KafkaBatchStrategy({
      settings,
      groupId: 'group',
      topics: async () => {
        await ensureTopics(settings, [{ name: 't', partitions: 4 }]);
        return { t: ['t'] };
      },
      log,
      fromBeginning: true,
      drainMs: 1_000,
      ...more,
    });
    toClose.push(() => strategy.close());
    const seen: number[] = [];
    const handle = async ({ messages }: Batch<number>) => void seen.push(...messages.map(({ value }) => value ?? -1));
    strategy.addHandler('t', async (batch: Batch<number>) => (await handle(batch)) as never, true);
    strategy.listen(() => {});
    let sent = 0;
    const publish = async (count: number) => {
      const from = sent;
      sent += count;
      const messages = Array.from({ length: count }, (_, i) => ({
        topic: 't',
        key: String((from + i) % 7),
        value: String(from + i),
      }));
      await eventually(() => producer.send(messages), 90_000);
    };
    return { log, producer, strategy, seen, publish };
  }

  function expectAllInOrder(seen: number[], count: number): void {
    const once = [...new Set(seen)];
    expect(once).toHaveLength(count);
    for (let key = 0; key < 7; key++) {
      const its = once.filter((n) => n % 7 === key);
      expect(its).toEqual([...its].sort((a, b) => a - b));
    }
  }

  itWithOwnKafka('starts without Kafka, and consumes when it has come', async () => {
    kafka = await OwnServer.kafka();
    const { producer, strategy, seen, publish } = world();
    await producer.connect();
    expect(strategy.isUp()).toBe(false);
    await kafka.start();
    await publish(100);
    await eventually(() => expectAllInOrder(seen, 100), 90_000);
    expect(strategy.isUp()).toBe(true);
  });

  itWithOwnKafka('goes on after a kill -9 of Kafka with nothing lost and in order', async () => {
    const { producer, strategy, seen, publish } = world();
    await producer.connect();
    await publish(1_000);
    await eventually(() => expect(seen.length).toBeGreaterThan(0), 90_000);
    for (let round = 1; round <= 2; round++) {
      await kafka.kill();
      await eventually(() => expect(strategy.isUp()).toBe(false));
      await kafka.start();
      await publish(1_000);
    }
    await eventually(() => expectAllInOrder(seen, 3_000), 90_000);
    await eventually(() => expect(strategy.isUp()).toBe(true));
  });

  async function behindAWire(): Promise<Proxy> {
    let wire: Proxy | undefined;
    const behind = await OwnServer.kafka(async (port) => (wire = await Proxy.to('127.0.0.1', port)).port);
    if (!wire) throw new Error('no wire');
    toClose.push(async () => {
      await wire?.close();
      await behind.remove();
    });
    await behind.start();
    return wire;
  }

  itWithOwnKafka('leaves a wire on which nothing comes back, though Kafka answers on a new one', async () => {
    const wire = await behindAWire();
    const { log, producer, seen, publish } = world({}, wire.port);
    await producer.connect();
    await publish(100);
    await eventually(() => expectAllInOrder(seen, 100), 90_000);
    // Those that are open swallow from now on; new ones don't.
    wire.hold();
    await publish(100);
    await eventually(() => expectAllInOrder(seen, 200), 90_000);
    expect(log.lines.join('\n')).toMatch(/a request had no answer/);
    expect(log.lines.join('\n')).not.toMatch(/silent for/);
  });

  itWithOwnKafka(
    'joins again while its earlier member hangs in the group, however soon silence is noticed',
    async () => {
      const wire = await behindAWire();
      const { log, producer, seen, publish } = world({ timing: { silentAfterMs: 2_500 } }, wire.port);
      await producer.connect();
      await publish(100);
      await eventually(() => expectAllInOrder(seen, 100), 90_000);
      wire.hold();
      await publish(100);
      await eventually(() => expectAllInOrder(seen, 200), 90_000);
      expect(log.lines.filter((line) => /silent for/.test(line))).toHaveLength(1);
    },
  );

  itWithOwnKafka('replaces a consumer that has fallen silent', async () => {
    const { log, producer, seen, publish } = world({ timing: { silentAfterMs: 3_000 } });
    await producer.connect();
    await publish(100);
    await eventually(() => expectAllInOrder(seen, 100), 90_000);
    await kafka.freeze();
    try {
      await eventually(() => expect(log.lines.join('\n')).toMatch(/a Kafka consumer is replaced .*silent for/));
    } finally {
      await kafka.thaw();
    }
    await publish(100);
    await eventually(() => expectAllInOrder(seen, 200), 90_000);
  });
});
