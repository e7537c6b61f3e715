import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import { setTimeout as wait } from 'node:timers/promises';
import { dropDatabase } from './databases.mjs';

const PATIENCE_MS = 30_000;
const AGAIN_AFTER_MS = 200;

// Removes what runs with namespaces of their own left on shared services: database, topics, groups and Redis keys.
// usage: forget-namespaces.mjs DATABASE NAMESPACE [DATABASE NAMESPACE …]
const given = process.argv.slice(2);
const databases = given.filter((_, i) => i % 2 === 0);
const namespaces = given.filter((_, i) => i % 2 === 1);
const ours =
  databases.every((name) => /^lienthong_[a-z0-9_]+$/.test(name)) &&
  namespaces.every((name) => /^[a-z]+\d+$/.test(name));
if (!ours || databases.length !== namespaces.length) throw new Error('usage: DATABASE NAMESPACE …');

const isForgotten = (name) => namespaces.some((namespace) => name.startsWith(`${namespace}.`));

await Promise.all([
  ...databases.map((name) => dropDatabase(process.env.DATABASE_URL, name)),
  forgetTopics(),
  forgetKeys(),
]);

async function forgetTopics() {
  const kafka = new kafkajs.Kafka({
    brokers: process.env.KAFKA_BROKERS.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter(isForgotten);
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const { groups: all } = await patiently(() => admin.listGroups());
    const groups = all.map(({ groupId }) => groupId).filter(isForgotten);
    // A group that still has a member goes with its offsets when that ends; its topics are gone.
    if (groups.length > 0) await admin.deleteGroups(groups).catch(() => {});
  } finally {
    await admin.disconnect();
  }
}

/** A broker that has just started still loads its groups and says so. */
async function patiently(ask) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!error.retriable || Date.now() > end) throw error;
      await wait(AGAIN_AFTER_MS);
    }
  }
}

async function forgetKeys() {
  const redis = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: 2 });
  try {
    for (const namespace of namespaces) {
      for await (const keys of redis.scanStream({ match: `${namespace}:*`, count: 1_000 })) {
        if (keys.length > 0) await redis.unlink(...keys);
      }
    }
  } finally {
    redis.disconnect();
  }
}
