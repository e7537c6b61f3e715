import type { Admin } from 'kafkajs';
import { asAdmin } from './as-admin.js';
import { withNamespace, type KafkaSettings } from './settings.js';

/** A consumer group and the topic that it reads, both without namespace. */
export interface GroupOnTopic {
  topic: string;
  group: string;
}

/**
 * How many messages each group hasn't committed yet, in the order given; null: it has never committed there, or the topic
 * isn't there, so nobody can know. How old they are Kafka doesn't tell. Rejects while Kafka is away.
 */
export function groupLags(settings: KafkaSettings, asked: readonly GroupOnTopic[]): Promise<(number | null)[]> {
  if (asked.length === 0) return Promise.resolve([]);
  return asAdmin(settings, async (admin) => {
    const there = new Set(await admin.listTopics());
    const lags: (number | null)[] = [];
    for (const { topic, group } of asked) {
      const name = withNamespace(settings, topic);
      lags.push(there.has(name) ? await lagOn(admin, name, withNamespace(settings, group)) : null);
    }
    return lags;
  });
}

async function lagOn(admin: Admin, topic: string, groupId: string): Promise<number | null> {
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const at = new Map((committed?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)]));
  if (![...at.values()].some((offset) => offset >= 0n)) return null;
  let lag = 0n;
  for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
    const [first, end, read] = [BigInt(low), BigInt(high), at.get(partition) ?? -1n];
    lag += end - (read > first ? read : first);
  }
  return Number(lag);
}
