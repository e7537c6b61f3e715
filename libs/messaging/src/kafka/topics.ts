import type { Admin, PartitionMetadata } from 'kafkajs';
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
      // Its own wait gives up where a busy broker has announced a topic and not yet taken it in.
      waitForLeaders: false,
      topics: missing.map(([topic, numPartitions]) => ({
        topic,
        numPartitions,
        replicationFactor: replicas,
        // acks=all promises two copies only where the topic says so.
        configEntries: replicas === 3 ? [{ name: 'min.insync.replicas', value: '2' }] : [],
      })),
    });
    await led(
      admin,
      missing.map(([topic]) => topic),
    );
  });
}

const LED_WITHIN_MS = 30_000;
const LOOK_MS = 100;

/** Until each partition has a leader: nothing can be sent to it before. */
async function led(admin: Admin, topics: string[]): Promise<void> {
  for (const end = performance.now() + LED_WITHIN_MS; ;) {
    try {
      const { topics: found } = await admin.fetchTopicMetadata({ topics });
      if (found.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0)))
        return;
      if (performance.now() > end) throw new Error('new topics have no leader yet');
    } catch (error) {
      if (performance.now() > end || !isNotYet(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const isNotYet = (error: unknown): boolean => {
  const { type, cause } = error as { type?: string; cause?: { type?: string } };
  return ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes(type ?? cause?.type ?? '');
};

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
