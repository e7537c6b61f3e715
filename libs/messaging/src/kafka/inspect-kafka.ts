import kafkajs, { type Admin } from 'kafkajs';
import { asAdmin } from './as-admin.js';
import { withNamespace, type KafkaSettings } from './settings.js';

export interface KafkaState {
  brokers: number;
  /** Wanted topics (without namespace) that aren't there. */
  missing: string[];
  /** Of the wanted topics that are there: the smallest number of copies, and topics with a partition that nobody leads. */
  replicas: number | null;
  /** Likewise the smallest number of copies that an acknowledgement waits for. */
  minInSync: number | null;
  leaderless: string[];
}

/** What a person must know of this cluster. Rejects while Kafka is away. */
export async function inspectKafka(settings: KafkaSettings, wanted: readonly string[]): Promise<KafkaState> {
  return asAdmin(settings, async (admin) => {
    const brokers = (await admin.describeCluster()).brokers.length;
    const all = new Set(await admin.listTopics());
    const named = new Map(wanted.map((name) => [withNamespace(settings, name), name]));
    const there = [...named.keys()].filter((name) => all.has(name));
    const { topics } = there.length > 0 ? await admin.fetchTopicMetadata({ topics: there }) : { topics: [] };
    const copies = topics.flatMap((topic) => topic.partitions.map((partition) => partition.replicas.length));
    return {
      brokers,
      missing: [...named].filter(([name]) => !all.has(name)).map(([, name]) => name),
      replicas: smallest(copies),
      minInSync: smallest(await minInSyncOf(admin, there)),
      leaderless: topics.filter((t) => t.partitions.some(({ leader }) => leader < 0)).map((t) => named.get(t.name)!),
    };
  });
}

const smallest = (numbers: readonly number[]): number | null => (numbers.length > 0 ? Math.min(...numbers) : null);

async function minInSyncOf(admin: Admin, topics: readonly string[]): Promise<number[]> {
  if (topics.length === 0) return [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: ['min.insync.replicas'],
    })),
  });
  return resources.flatMap(({ configEntries }) => configEntries.map(({ configValue }) => Number(configValue)));
}
