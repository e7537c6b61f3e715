import { ensureTopics, type KafkaSettings } from '#messaging';
import { flow, topicFor } from '#wire';
import { Trouble } from './verb.js';

/** Every topic that the catalogue of hops gives these agencies. */
export const topicsOf = (agencies: readonly string[]): { name: string; partitions: number }[] => [
  { name: flow.hubEvents.name, partitions: 8 },
  ...agencies.flatMap((id) =>
    [flow.agencyEvents, flow.agencyInbox].map((hop) => ({ name: topicFor(hop, id), partitions: 4 })),
  ),
];

export async function makeTopics(
  { kafkaBrokers, namespace }: { kafkaBrokers: string[]; namespace: string },
  agencies: readonly string[],
): Promise<number> {
  const settings: KafkaSettings = { brokers: kafkaBrokers, clientId: 'lienthong-cli', namespace };
  const topics = topicsOf(agencies);
  try {
    await ensureTopics(settings, topics);
    return topics.length;
  } catch (error) {
    throw new Trouble(
      `Không liên lạc được với Kafka (${kafkaBrokers.join(', ')}): ${(error as Error).message}. Phần còn lại đã xong; chạy lại lệnh này khi Kafka đã chạy`,
      'Kafka is away; all else is done, run this again once it is up',
    );
  }
}
