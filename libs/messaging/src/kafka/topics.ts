import type { PartitionMetadata } from 'kafkajs';
import { asAdmin } from './as-admin.js';
import { withNamespace, type KafkaSettings } from './settings.js';

/** Creates what is missing, changes nothing that is there. Rejects while Kafka is away: the caller tries again. */
export async function ensureTopics(
  settings: KafkaSettings,
  topics: { name: string; partitions: number }[],
): Promise<void> {
  const wanted = new Map(topics.map(({ name, partitions }) => [withNamespace(settings, name), partitions]));
  await asAdmin(settings, async (admin) => {
    const there = new Set(await admin.listTopics());
    const missing = [...wanted].filter(([topic]) => !there.has(topic));
    if (missing.length === 0) return;
    const replicas = Math.min(3, (await admin.describeCluster()).brokers.length);
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(([topic, numPartitions]) => ({
        topic,
        numPartitions,
        replicationFactor: replicas,
        // acks=all promises two copies only where the topic says so.
        configEntries: replicas === 3 ? [{ name: 'min.insync.replicas', value: '2' }] : [],
      })),
    });
  });
}

/** Every topic that exists, with namespace. */
export async function existingTopics(settings: KafkaSettings): Promise<Set<string>> {
  return asAdmin(settings, async (admin) => new Set(await admin.listTopics()));
}

/** Partitions of a topic (with namespace); undefined where there is no such topic. */
export async function partitionsOf(settings: KafkaSettings, topic: string): Promise<PartitionMetadata[] | undefined> {
  return asAdmin(settings, async (admin) => {
    if (!(await admin.listTopics()).includes(topic)) return undefined;
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions;
  });
}
