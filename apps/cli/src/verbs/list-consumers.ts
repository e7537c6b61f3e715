import { MOST_OPEN, readConsumers, type Consumer } from '#ledger';
import { groupLags } from '#messaging/plain';
import { flow, topicFor } from '#wire';
import { kafkaSettings, ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const listConsumers: Verb = {
  words: 'consumer ls',
  usage: '[--json]',
  vi: 'Các cơ quan nhận sự kiện qua topic, webhook, feed: còn gì chưa giao, cũ nhất bao lâu; mỗi nơi chậm bao nhiêu, đọc bản sự kiện nào, bản ấy còn đến ngày nào.',
  en: 'Agencies that get events by topic, webhook or feed: what is open and for how long; how far behind each is itself, which version of events it reads and until when that is read.',
  options: { json: { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const consumers = await withTopicLags(await readConsumers(db), terminal.env);
      say(terminal.stdout, given.options.json === true ? JSON.stringify({ consumers }, null, 2) : words(consumers));
      return 0;
    });
  },
};

const KAFKA_WITHIN_MS = 5_000;

interface Listed extends Consumer {
  /** Of topics: events not committed by the group. Null: it never has, or Kafka could not be asked; `why` says which. */
  topic?: { group: string; lag: { events: number } | null; why?: 'never-committed' | 'kafka-not-asked' };
}

/** What Kafka alone knows. Without KAFKA_BROKERS, or while Kafka is away, the rest is shown all the same. */
async function withTopicLags(consumers: readonly Consumer[], env: NodeJS.ProcessEnv): Promise<Listed[]> {
  const readers = consumers.filter(({ group }) => group !== undefined);
  const asked = readers.map(({ agency, group }) => ({ topic: topicFor(flow.agencyEvents, agency), group: group! }));
  const settings = kafkaSettings(env);
  const lags = settings && (await within(groupLags(settings, asked)));
  return consumers.map(({ group, ...consumer }) => {
    if (group === undefined) return consumer;
    const events = lags?.[readers.findIndex(({ agency }) => agency === consumer.agency)];
    if (typeof events === 'number') return { ...consumer, topic: { group, lag: { events } } };
    return { ...consumer, topic: { group, lag: null, why: lags ? 'never-committed' : 'kafka-not-asked' } };
  });
}

async function within<T>(asking: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, KAFKA_WITHIN_MS, undefined)));
  try {
    return await Promise.race([asking.catch(() => undefined), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function words(consumers: readonly Listed[]): string {
  if (consumers.length === 0) return 'Chưa có cơ quan nào nhận theo cách này · no agency gets events so';
  return columns([
    [
      'cơ quan',
      'cách nhận',
      'bản',
      'đến ngày',
      'chưa giao',
      'cũ nhất (giây)',
      'bên nhận chậm',
      'chậm (giây)',
      'feed đến',
    ],
    ...consumers.map((one) => [
      ...[one.agency, one.way, one.speaks, one.until ?? '–'],
      `${one.open >= MOST_OPEN ? '≥ ' : ''}${one.open}`,
      one.oldestSeconds === null ? '–' : String(one.oldestSeconds),
      ...ownLag(one),
    ]),
  ]).join('\n');
}

/** Its own lag in events and seconds, and how far its feed has come. Who is called has no lag beyond what is open. */
function ownLag({ feed, topic, open, oldestSeconds }: Listed): string[] {
  if (feed) return [String(feed.lag.events), String(feed.lag.seconds), String(feed.last)];
  if (topic) return [topic.lag === null ? `? ${topic.why}` : String(topic.lag.events), '?', '–'];
  return [String(open), oldestSeconds === null ? '–' : String(oldestSeconds), '–'];
}
