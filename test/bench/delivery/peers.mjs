/** References that deliver the same events from a Kafka topic, each in a process of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import { fresh } from '../fresh.mjs';
import { bodyOf, eventsOf } from './workload.mjs';

const { Kafka, logLevel, Partitioners } = kafkajs;
const PARTITIONS = 8;
const AT_ONCE = 1_000;

/** A topic of a run's own; its events are there before the clock starts, or are published as they come. */
export async function openPeer(name, urls) {
  const place = await fresh();
  const topic = `${place.namespace}.events`;
  const client = new Kafka({
    clientId: 'bench-load',
    brokers: process.env.KAFKA_BROKERS.split(','),
    logLevel: logLevel.NOTHING,
  });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  let child;
  const publish = (events, prefix) =>
    producer.send({ topic, acks: -1, messages: events.map((event) => messageOf(prefix, event)) });
  const end = (signal) =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      child.endWanted = true;
      child.kill(signal);
    });
  return {
    publish,
    pids: () => (child ? [child.pid] : []),
    async preload(cases, prefix) {
      const all = [...eventsOf(cases)];
      for (let from = 0; from < all.length; from += AT_ONCE) await publish(all.slice(from, from + AT_ONCE), prefix);
    },
    /** Also again, after a kill. */
    start() {
      const script = fileURLToPath(new URL(`./peers/${name}.process.mjs`, import.meta.url));
      const env = { TOPIC: topic, GROUP: place.namespace, DATABASE_URL: place.url, PARTNERS: urls.join(',') };
      child = spawn(process.execPath, [script], { env: { ...process.env, ...env }, stdio: 'inherit' });
      child.once('exit', (code) => child.endWanted || console.error(`${name} ended by itself (${code})`));
    },
    kill: () => end('SIGKILL'),
    async end() {
      if (child && child.exitCode === null && child.signalCode === null) await end('SIGKILL');
      await producer.disconnect();
      await admin.deleteTopics({ topics: [topic] });
      await admin.disconnect();
      await forgetKeys(place.namespace);
      await place.end();
    },
  };
}

const messageOf = (prefix, { c, seq }) => {
  const body = bodyOf(prefix, c, seq);
  return { key: body.caseCode, value: JSON.stringify(body) };
};

async function forgetKeys(prefix) {
  const redis = new Redis(process.env.REDIS_URL);
  for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 }))
    if (keys.length > 0) await redis.unlink(keys);
  redis.disconnect();
}
