import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { readTopic } from '../../../libs/messaging/src/testing/read-topic.js';
import type { Hub } from '../hub/hub.js';

const WORDS_OF_THE_LEDGER = `
  select 'attempts.reply' as at, reply as words from attempts where reply is not null
  union all select 'deliveries.reason', reason from deliveries where reason is not null
  union all select 'breakers.reason', reason from breakers where reason is not null`;

/** Where planted words stand that nobody discloses: logs, metrics, reasons, retry jobs, hub.events. */
export async function findLeaks(hub: Hub, folder: string, words: readonly string[]): Promise<string[]> {
  const places: { place: string; text: string }[] = [];
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.log')))
    places.push({ place: `log ${name}`, text: readFileSync(join(folder, name), 'utf8') });
  for (const { name, port } of hub.all)
    if (port !== undefined) places.push({ place: `metrics of ${name}`, text: await metricsAt(port) });
  for (const { at, words } of await hub.rows<{ at: string; words: string }>(WORDS_OF_THE_LEDGER))
    places.push({ place: at, text: words });
  places.push({ place: 'Redis', text: await everythingIn(hub.services.REDIS_URL, hub.namespace) });
  const topic = `${hub.namespace}.hub.events`;
  const messages = await readTopic(hub.services.KAFKA_BROKERS.split(',')[0]!, topic);
  places.push({ place: topic, text: JSON.stringify(messages) });
  return places.flatMap(({ place, text }) =>
    words.filter((word) => text.includes(word)).map((word) => `${place}: ${word}`),
  );
}

const metricsAt = (port: number): Promise<string> =>
  fetch(`http://127.0.0.1:${port}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  );

/** Retry jobs are hashes; nothing else of the hub's in Redis holds text. */
async function everythingIn(url: string, namespace: string): Promise<string> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined);
  try {
    const found: string[] = [];
    for await (const keys of redis.scanStream({ match: `*${namespace}*`, count: 1_000 }) as AsyncIterable<string[]>)
      for (const key of keys) found.push(key, JSON.stringify(await redis.hgetall(key).catch(() => ({}))));
    return found.join('\n');
  } finally {
    redis.disconnect();
  }
}
