import { KafkaLine } from './kafka-line.js';
import { withNamespace, type KafkaSettings } from './settings.js';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

export interface KafkaState {
  brokers: number;
  /** Wanted topics (without namespace) that aren't there. */
  missing: string[];
  /** Of the wanted topics that are there: the smallest number of copies, and topics with a partition that nobody leads. */
  replicas: number | null;
  leaderless: string[];
}

/** What a person must know of this cluster. Rejects while Kafka is away. */
export async function inspectKafka(settings: KafkaSettings, wanted: readonly string[]): Promise<KafkaState> {
  const line = new KafkaLine(settings, silent);
  const admin = line.kafka.admin();
  try {
    await admin.connect();
    const brokers = (await admin.describeCluster()).brokers.length;
    const all = new Set(await admin.listTopics());
    const named = new Map(wanted.map((name) => [withNamespace(settings, name), name]));
    const there = [...named.keys()].filter((name) => all.has(name));
    const { topics } = there.length > 0 ? await admin.fetchTopicMetadata({ topics: there }) : { topics: [] };
    const copies = topics.flatMap((topic) => topic.partitions.map((partition) => partition.replicas.length));
    return {
      brokers,
      missing: [...named].filter(([name]) => !all.has(name)).map(([, name]) => name),
      replicas: copies.length > 0 ? Math.min(...copies) : null,
      leaderless: topics.filter((t) => t.partitions.some(({ leader }) => leader < 0)).map((t) => named.get(t.name)!),
    };
  } finally {
    await admin.disconnect().catch(() => {});
    line.cut();
  }
}
