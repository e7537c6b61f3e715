import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

export interface Held {
  partition: number;
  offset: string;
  key: string;
  value: string;
  headers: Record<string, string>;
}

/** Everything a topic holds now, by a plain kafkajs consumer that shares no code with what is tested. */
export async function readTopic(brokers: string | string[], topic: string): Promise<Held[]> {
  const kafka = new Kafka({ brokers: [brokers].flat(), clientId: 'spec', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const left = new Map(ends.filter((end) => end.high !== end.low).map((end) => [end.partition, BigInt(end.high)]));
  const held: Held[] = [];
  if (left.size === 0) return held;
  const consumer = kafka.consumer({ groupId: `spec-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const { promise: all, resolve } = Promise.withResolvers<void>();
  await consumer.run({
    eachMessage: async ({ partition, message: { offset, key, value, headers = {} } }) => {
      const texts = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)]));
      held.push({ partition, offset, key: String(key), value: String(value), headers: texts });
      if (BigInt(offset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
      if (left.size === 0) resolve();
    },
  });
  await all;
  await consumer.disconnect();
  return held;
}
