import { ensureTopics, type KafkaSettings } from '#messaging/plain';
import { topicsFor } from '#wire';
import { Trouble } from './verb.js';

export async function makeTopics(
  { kafkaBrokers, namespace }: { kafkaBrokers: string[]; namespace: string },
  agencies: readonly string[],
): Promise<number> {
  const settings: KafkaSettings = { brokers: kafkaBrokers, clientId: 'lienthong-cli', namespace };
  const topics = topicsFor(agencies);
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
