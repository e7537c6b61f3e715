import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { eventually } from '../../../wire/src/testing/eventually.js';
import { fromEnv, rememberingLog, someNamespace } from '../testing/services.js';
import type { Batch } from './batch.js';
import { KafkaBatchStrategy } from './kafka-batch.strategy.js';
import { PartitionedProducer } from './partitioned-producer.js';
import { ensureTopics } from './topics.js';

jest.setTimeout(300_000);

const seen: Record<string, unknown[]> = { throws: [], rejects: [], streams: [] };
const calls: Record<string, number> = { throws: 0, rejects: 0, streams: 0 };
const mustFail = (name: string): boolean => (calls[name] = (calls[name] ?? 0) + 1) < 3;
const note = (name: string, batch: Batch) => void seen[name]?.push(...batch.messages.map(({ value }) => value));

@Controller()
class ThingsConsumer {
  @EventPattern('throws')
  onThrows(@Payload() batch: Batch): void {
    if (mustFail('throws')) throw new Error('at once');
    note('throws', batch);
  }

  @EventPattern('rejects')
  async onRejects(@Payload() batch: Batch): Promise<void> {
    await Promise.resolve();
    if (mustFail('rejects')) throw new Error('later');
    note('rejects', batch);
  }

  @EventPattern('streams')
  async onStreams(@Payload() batch: Batch): Promise<Observable<never> | undefined> {
    if (mustFail('streams')) return throwError(() => new Error('in the stream'));
    note('streams', batch);
    return undefined;
  }
}

@Module({ controllers: [ThingsConsumer] })
class ThingsModule {}

describe('an @EventPattern handler in a Nest application', () => {
  const settings = { brokers: fromEnv('KAFKA_BROKERS').split(','), clientId: 'spec', namespace: someNamespace() };
  const names = Object.keys(seen);
  let app: INestMicroservice;

  beforeAll(async () => {
    await ensureTopics(
      settings,
      names.map((name) => ({ name: `topic.${name}`, partitions: 1 })),
    );
    const strategy = new KafkaBatchStrategy({
      settings,
      groupId: 'group',
      topics: async () => Object.fromEntries(names.map((name) => [name, [`topic.${name}`]])),
      log: rememberingLog(),
      fromBeginning: true,
    });
    app = await NestFactory.createMicroservice(ThingsModule, { strategy, logger: false });
    await app.listen();
  });
  afterAll(() => app.close());

  it.each(names)('gets its batch again when it %s', async (name) => {
    const producer = new PartitionedProducer(settings, rememberingLog());
    await producer.connect();
    await producer.send([1, 2, 3].map((n) => ({ topic: `topic.${name}`, key: 'a', value: String(n) })));
    await producer.close();
    await eventually(() => expect(seen[name]).toEqual([1, 2, 3]));
    expect(calls[name]).toBe(3);
  });
});
