import { describe, expect, it, jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { throwError } from 'rxjs';
import { eventually } from '../../../wire/src/testing/eventually.js';
import type { Batch } from './batch.js';
import { kafkaWorld } from './kafka-world.fixture.js';

jest.setTimeout(300_000);

const never = new Promise<void>(() => {});

describe('consuming Kafka by batches', () => {
  const { settings, newTopic, publish, consume } = kafkaWorld();

  it('hands over everything once, by partition, in order', async () => {
    await newTopic(8);
    await publish(0, 20_000);
    const byKey = new Map<string | null, number[]>();
    const { strategy } = consume(async ({ messages }) => {
      for (const { key, value } of messages) byKey.set(key, [...(byKey.get(key) ?? []), value ?? -1]);
    });
    await eventually(() => expect([...byKey.values()].flat()).toHaveLength(20_000));
    expect(strategy.isUp()).toBe(true);
    for (const [key, values] of byKey)
      expect(values).toEqual(Array.from({ length: 20_000 }, (_, n) => n).filter((n) => `case/${n % 11}` === key));
  });

  it('keeps the order, and skips nothing, through a handler that fails three times', async () => {
    await newTopic(1);
    await publish(0, 1_000);
    const asked: number[] = [];
    const done: number[] = [];
    let failures = 0;
    const { log } = consume(async ({ messages }) => {
      const values = messages.map(({ value }) => value ?? -1);
      asked.push(values[0] ?? -1);
      if (values.includes(700) && failures++ < 3) throw new Error('not now');
      done.push(...values);
    });
    await eventually(() => expect(done).toHaveLength(1_000));
    expect(done).toEqual([...Array(1_000).keys()]);
    expect(asked).toEqual([0, 500, 500, 500, 500]);
    expect(log.lines.filter((line) => line.includes('a batch failed'))[0]).toContain('not now');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('at once');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('later');
      },
    ],
    ['answers with a stream that fails', () => throwError(() => new Error('in the stream'))],
  ])('tries again when a handler %s', async (_, fail) => {
    await newTopic(1);
    await publish(0, 10);
    let calls = 0;
    const done: unknown[] = [];
    consume((batch) => {
      if (++calls < 3) return fail();
      done.push(...batch.messages.map(({ value }) => value));
      return undefined;
    });
    await eventually(() => expect(done).toEqual([...Array(10).keys()]));
    expect(calls).toBe(3);
  });

  it('commits only after the handler has ended: another member gets a batch whose handler was cut off', async () => {
    await newTopic(1);
    await publish(0, 10);
    let begun = 0;
    const { strategy } = consume(
      async () => {
        begun++;
        await never;
      },
      { drainMs: 200 },
    );
    await eventually(() => expect(begun).toBe(1));
    await strategy.close();
    const done: unknown[] = [];
    consume(async ({ messages }) => void done.push(...messages.map(({ value }) => value)));
    await eventually(() => expect(done).toEqual([...Array(10).keys()]), 90_000);
  });

  it('lets the batch under way end and commits it on close, so that it does not come again', async () => {
    await newTopic(1);
    await publish(0, 10);
    const first = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    const { strategy } = consume(async ({ messages }) => {
      seen.push(...messages.map(({ value }) => value));
      await first.promise;
    });
    await eventually(() => expect(seen).toHaveLength(10));
    const closed = strategy.close();
    first.resolve();
    await closed;
    await publish(10, 20);
    consume(async ({ messages }) => void seen.push(...messages.map(({ value }) => value)));
    await eventually(() => expect(seen).toHaveLength(20));
    expect(seen).toEqual([...Array(20).keys()]);
  });

  it('goes on with the other partitions while one fails for ever', async () => {
    await newTopic(4);
    await publish(0, 400);
    const done = new Map<number, number>();
    let poisoned = -1;
    let failures = 0;
    const { log } = consume(async ({ partition, messages }) => {
      if (poisoned === -1) poisoned = partition;
      if (partition === poisoned && ++failures > 0) throw new Error('poison');
      done.set(partition, (done.get(partition) ?? 0) + messages.length);
    });
    await eventually(() => expect(done.size).toBe(3));
    for (let round = 0; round < 5; round++) {
      const before = [...done.values()].reduce((a, b) => a + b);
      await publish(0, 100);
      await eventually(() => expect([...done.values()].reduce((a, b) => a + b)).toBeGreaterThan(before));
    }
    await eventually(() => expect(failures).toBeGreaterThan(3));
    expect(done.has(poisoned)).toBe(false);
    expect(log.lines.join('\n')).not.toContain('replaced');
  });

  it('leaves a handler that never ends to itself, and serves the other partitions', async () => {
    await newTopic(2);
    await publish(0, 200);
    const done: number[] = [];
    let calls = 0;
    consume(
      async ({ partition }) => {
        if (partition === 0) {
          calls++;
          await never;
        }
        done.push(partition);
      },
      { partitionsAtOnce: 1, timing: { patienceMs: 300 }, drainMs: 200 },
    );
    await eventually(() => expect(done).toHaveLength(1));
    await publish(0, 200);
    await eventually(() => expect(done.length).toBeGreaterThan(1));
    expect(calls).toBe(1);
  });

  it('commits a handler that took longer than the patience, and goes on behind it', async () => {
    await newTopic(1);
    await publish(0, 10);
    const slow = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    const { log } = consume(
      async ({ messages }) => {
        seen.push(...messages.map(({ value }) => value));
        await slow.promise;
      },
      { timing: { patienceMs: 100 } },
    );
    await eventually(() => expect(log.lines.join()).toContain('takes very long'));
    await publish(10, 20);
    slow.resolve();
    await eventually(() => expect(seen).toHaveLength(20));
    expect(seen).toEqual([...Array(20).keys()]);
  });

  it('begins nothing while the gate does not admit, and everything after it does', async () => {
    await newTopic(3);
    await publish(0, 300);
    const open = Promise.withResolvers<void>();
    let asked = 0;
    let admits = false;
    const gate = {
      admits: () => {
        asked++;
        return admits;
      },
      whenAdmits: () => open.promise,
    };
    const done: unknown[] = [];
    const { strategy } = consume(async ({ messages }) => void done.push(...messages), { gate });
    await eventually(() => expect(asked).toBe(3));
    await publish(300, 600);
    expect(strategy.isUp()).toBe(true);
    expect(done).toHaveLength(0);
    expect(asked).toBe(3);
    admits = true;
    open.resolve();
    await eventually(() => expect(done).toHaveLength(600));
  });

  it('gives what is not JSON, or not UTF-8, with its bytes and without a value', async () => {
    const topic = await newTopic(1);
    const plain = new Kafka({ brokers: settings.brokers, logLevel: logLevel.NOTHING }).producer();
    await plain.connect();
    const name = `${settings.namespace}.${topic}`;
    const values = [Buffer.from('{"a"'), Buffer.from([0x22, 0xff, 0x22]), null, Buffer.from('{"a":"Tây Ninh"}')];
    const headers = { traceparent: '00-a-b-01', twice: ['x', 'y'] };
    await plain.send({ topic: name, messages: values.map((value) => ({ key: null, value, headers })) });
    await plain.disconnect();
    const seen: Batch<unknown>['messages'] = [];
    consume(async ({ messages }) => void seen.push(...messages));
    await eventually(() => expect(seen).toHaveLength(4));
    expect(seen.map(({ value }) => value)).toEqual([undefined, undefined, undefined, { a: 'Tây Ninh' }]);
    expect(seen[0]?.raw.toString()).toBe('{"a"');
    expect(seen[3]).toMatchObject({ key: null, headers: { traceparent: '00-a-b-01', twice: 'x' } });
  });
});
