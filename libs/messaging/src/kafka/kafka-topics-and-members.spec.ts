import { describe, expect, it, jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { eventually } from '../../../wire/src/testing/eventually.js';
import type { Batch } from './batch.js';
import { kafkaWorld, PATTERN } from './kafka-world.fixture.js';
import { withNamespace } from './settings.js';
import { ensureTopics, partitionsOf } from './topics.js';

jest.setTimeout(300_000);

describe('a consumer whose topics and fellow members change', () => {
  const { settings, newTopic, nameAhead, publish, consume } = kafkaWorld();

  it('takes up a topic that is wanted later, and one that is created later', async () => {
    const first = await newTopic(1);
    await publish(0, 5);
    const wanted = [first];
    const seen = new Set<string>();
    consume(async (batch) => void seen.add(batch.topic), {
      refreshTopicsMs: 100,
      topics: async () => ({ [PATTERN]: wanted }),
    });
    await eventually(() => expect([...seen]).toEqual([first]));
    wanted.push(nameAhead(1), nameAhead(2));
    await newTopic(1);
    await publish(0, 5);
    await eventually(() => expect(seen.size).toBe(2));
    await newTopic(1);
    await publish(0, 5);
    await eventually(() => expect(seen.size).toBe(3));
  });

  it('has topics that can be written to, however many processes make them at once', async () => {
    const topics = Array.from({ length: 30 }, () => ({ name: nameAhead(1), partitions: 4 }));
    for (let round = 0; round < 5; round++) {
      const some = topics.map(({ name, partitions }) => ({ name: `${name}-${round}`, partitions }));
      await Promise.all([0, 1, 2, 3].map(() => ensureTopics(settings, some)));
      for (const { name } of some.slice(0, 3))
        expect(await partitionsOf(settings, withNamespace(settings, name))).toHaveLength(4);
    }
  });

  it('goes on, publishing too, with a topic that was deleted and created again', async () => {
    const one = await newTopic(2);
    await publish(0, 100);
    const seen: unknown[] = [];
    let mayCreate = true;
    const { log } = consume(async ({ messages }) => void seen.push(...messages.map(({ value }) => value)), {
      refreshTopicsMs: 100,
      topics: async () => {
        if (mayCreate) await ensureTopics(settings, [{ name: one, partitions: 2 }]);
        return { [PATTERN]: [one] };
      },
    });
    await eventually(() => expect(seen).toHaveLength(100));
    const admin = new Kafka({ brokers: settings.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    // Created again at once, a consumer may go on at its old offset: what a deleted topic lost is found in the ledger.
    mayCreate = false;
    await admin.deleteTopics({ topics: [`${settings.namespace}.${one}`] });
    await admin.disconnect();
    await eventually(() => expect(log.lines.join()).toContain('do not exist yet'), 90_000);
    mayCreate = true;
    await eventually(() => publish(100, 200), 90_000);
    await eventually(() => expect(new Set(seen).size).toBe(200), 90_000);
  });

  it('shares partitions with a second member, and takes them back, with nothing lost', async () => {
    await newTopic(6);
    const seen = new Set<unknown>();
    const by = [0, 0];
    const member =
      (n: 0 | 1) =>
      async ({ messages }: Batch<number>) => {
        by[n] = (by[n] ?? 0) + messages.length;
        for (const { value } of messages) seen.add(value);
      };
    consume(member(0));
    let sent = 0;
    const publishMore = async () => publish(sent, (sent += 60), (n) => String(n));
    await publishMore();
    await eventually(() => expect(seen.size).toBe(sent));
    const { strategy } = consume(member(1));
    await eventually(async () => {
      await publishMore();
      expect(by[1]).toBeGreaterThan(0);
    });
    await eventually(() => expect(seen.size).toBe(sent));
    await strategy.close();
    await publishMore();
    await eventually(() => expect(seen.size).toBe(sent));
  });

  it('consumes nothing for a pattern that nobody handles, and says so', async () => {
    const one = await newTopic(1);
    const { strategy, log } = consume(async () => {}, { topics: async () => ({ 'other things': [one] }) });
    await eventually(() => expect(log.lines.join()).toContain('no @EventPattern handles other things'));
    expect(strategy.isUp()).toBe(false);
  });
});
