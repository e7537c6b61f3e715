/**
 * How fast the outbox drains into Kafka, and how long a committed event takes to be there at 500 a second.
 * Reference: the same messages through the same producer, without PostgreSQL.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { Database, enter } from '../../dist/libs/ledger/src/index.js';
import { Bell, ensureTopics, PartitionedProducer } from '../../dist/libs/messaging/src/index.js';
import { flow } from '../../dist/libs/wire/src/index.js';
import { RelayOutbox } from '../../dist/apps/delivery/src/relay/relay-outbox.js';
import { figure, fresh, percentile, quiet } from './fresh.mjs';

const DRAIN = 60_000;
const RATE = 500;
const SECONDS = 12;
const TOPIC = 'hub.events';

const item = (code) => ({
  sender: 'mot-cua',
  key: code,
  type: 'vn.lienthong.case.received.v1',
  caseCode: code,
  data: { code, summary: 'x'.repeat(600) },
  opens: { procedure: '2.000488', openedOn: '2021-05-31', dueAt: null },
  status: 2,
});

export default async function relayBench() {
  const place = await fresh();
  const brokers = process.env.KAFKA_BROKERS.split(',');
  const kafka = { brokers, clientId: 'bench', namespace: place.namespace };
  const db = new Database(place.url, 'bench', quiet);
  const producer = new PartitionedProducer(kafka, quiet);
  await ensureTopics(kafka, [{ name: TOPIC, partitions: flow.hubEvents.partitions }]);
  await producer.connect();

  const fill = async (from, n) => {
    for (let i = from; i < from + n; i += 500)
      await enter(
        db,
        Array.from({ length: Math.min(500, from + n - i) }, (_, k) => item(`B-${i + k}`)),
        () => true,
      );
  };
  await fill(0, DRAIN);
  const { rows } = await db.pool.query('select stream_id, sequence, event_id, type, kind from outbox order by id');
  const messages = rows.map((r) => ({
    topic: TOPIC,
    key: r.stream_id,
    value: JSON.stringify({
      stream: r.stream_id,
      kind: r.kind,
      sequence: r.sequence,
      eventId: r.event_id,
      type: r.type,
    }),
  }));
  const bareFrom = performance.now();
  for (let i = 0; i < messages.length; i += 1_000) await producer.send(messages.slice(i, i + 1_000));
  const bare = DRAIN / ((performance.now() - bareFrom) / 1_000);

  const relay = new RelayOutbox(db, producer, 1_000, quiet);
  const drainFrom = performance.now();
  relay.start();
  for (;;) {
    const left = (await db.pool.query('select exists (select 1 from outbox) as some')).rows[0].some;
    if (!left) break;
    await sleep(20);
  }
  const drained = DRAIN / ((performance.now() - drainFrom) / 1_000);

  const delays = await latencies(place, brokers, async (arrive) => {
    const bell = new Bell({ redisUrl: process.env.REDIS_URL, namespace: place.namespace, name: 'outbox', log: quiet });
    bell.onRing(() => relay.ring());
    await paced(async (n) => {
      const [answer] = await enter(db, [item(`L-${n}`)], () => true);
      arrive(answer.eventId);
      bell.ring();
    });
    return () => bell.close();
  });
  const bareDelays = await latencies(place, brokers, async (arrive) => {
    await paced(async (n) => {
      const eventId = `bare-${n}`;
      await producer.send([{ topic: TOPIC, key: String(n), value: JSON.stringify({ stream: String(n), eventId }) }]);
      arrive(eventId);
    });
  });
  await relay.stop();
  await producer.close();
  await db.close();
  await place.end();
  return [
    figure('relay drain', drained, 'events/s', { 'same send without the relay': bare }, '≥ 8,000', drained >= 8_000),
    figure(
      `commit → Kafka p99 at ${RATE}/s`,
      percentile(delays, 99),
      'ms',
      { 'acknowledged send → Kafka p99': Math.max(0.1, percentile(bareDelays, 99)) },
      '< 100',
      percentile(delays, 99) < 100,
    ),
    figure(
      `commit → Kafka p50 at ${RATE}/s`,
      percentile(delays, 50),
      'ms',
      { 'acknowledged send → Kafka p50': Math.max(0.1, percentile(bareDelays, 50)) },
      '–',
      true,
    ),
  ];
}

/** RATE calls a second, not waiting for one another, for SECONDS. */
async function paced(call) {
  const from = performance.now();
  const under = new Set();
  for (let n = 0; n < RATE * SECONDS; n++) {
    const due = from + (n * 1_000) / RATE;
    const wait = due - performance.now();
    if (wait > 1) await sleep(wait);
    const one = call(n).finally(() => under.delete(one));
    under.add(one);
  }
  await Promise.all(under);
}

/** Milliseconds from the moment that `arrive(id)` is called to the moment a consumer sees it; the first second is warm-up. */
async function latencies(place, brokers, produce) {
  const client = new Kafka({ clientId: 'bench-reader', brokers, logLevel: logLevel.NOTHING });
  const consumer = client.consumer({
    groupId: `${place.namespace}.reader.${Math.random().toString(36).slice(2)}`,
    maxWaitTimeInMs: 5,
  });
  const seen = new Map();
  await consumer.connect();
  await consumer.subscribe({ topics: [`${place.namespace}.${TOPIC}`], fromBeginning: false });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({
    eachBatch: async ({ batch }) => {
      const now = performance.now();
      for (const message of batch.messages) seen.set(JSON.parse(message.value.toString()).eventId, now);
    },
  });
  await joined;
  await sleep(500);
  const committed = new Map();
  const close = await produce((id) => committed.set(id, performance.now()));
  const end = performance.now() + 30_000;
  while ([...committed.keys()].some((id) => !seen.has(id)) && performance.now() < end) await sleep(50);
  await consumer.disconnect();
  await close?.();
  const ids = [...committed.keys()].slice(RATE);
  return ids.map((id) => Math.max(0, (seen.get(id) ?? Infinity) - committed.get(id)));
}
