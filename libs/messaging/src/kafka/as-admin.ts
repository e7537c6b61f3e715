import type { Admin } from 'kafkajs';
import type { Log } from '../log.js';
import { KafkaLine } from './kafka-line.js';
import type { KafkaSettings } from './settings.js';

const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** A short visit on connections of its own. Rejects while Kafka is away. */
export async function asAdmin<T>(settings: KafkaSettings, work: (admin: Admin) => Promise<T>): Promise<T> {
  const line = new KafkaLine(settings, SILENT);
  const admin = line.kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => {});
    line.cut();
  }
}
