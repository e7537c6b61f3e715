import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import { dropDatabase } from './databases.mjs';

// Removes what a run of its own namespace left on shared services: its database, topics, groups and Redis keys.
// usage: forget-namespace.mjs DATABASE NAMESPACE
const [database, namespace] = process.argv.slice(2);
if (!/^lienthong_[a-z0-9_]+$/.test(database ?? '') || !/^[a-z]+\d+$/.test(namespace ?? ''))
  throw new Error('usage: DATABASE NAMESPACE');

await Promise.all([dropDatabase(process.env.DATABASE_URL, database), forgetTopics(), forgetKeys()]);

async function forgetTopics() {
  const kafka = new kafkajs.Kafka({
    brokers: process.env.KAFKA_BROKERS.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${namespace}.`));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const groups = (await admin.listGroups()).groups
      .map(({ groupId }) => groupId)
      .filter((id) => id.startsWith(`${namespace}.`));
    // A group that still has a member goes with its offsets when that ends; its topics are gone.
    if (groups.length > 0) await admin.deleteGroups(groups).catch(() => {});
  } finally {
    await admin.disconnect();
  }
}

async function forgetKeys() {
  const redis = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: 2 });
  try {
    for await (const keys of redis.scanStream({ match: `${namespace}:*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(...keys);
    }
  } finally {
    redis.disconnect();
  }
}
