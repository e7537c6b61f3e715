import { Gauge } from 'prom-client';
import type { Consumer } from '#ledger';

/** A scrape doesn't wait longer for the ledger: these are left out then, and the others stay. */
const BOUND_MS = 2_000;

/** In the order given; null: it can't be known. */
type TopicLags = (readers: { agency: string; group: string }[]) => Promise<(number | null)[]>;

/** How far behind the hub is with each ministry, and each ministry with its feed or topic. Labels are agency ids and ways. */
export function watchConsumers(read: () => Promise<Consumer[]>, topicLags: TopicLags): void {
  let asking: Promise<readonly (number | null)[]> | undefined;
  let reading: Promise<Consumer[]> | undefined;
  // One look at the ledger for all gauges of a scrape, and never a second one while it is slow.
  const consumers = (): Promise<Consumer[]> => {
    reading ??= read()
      .catch(() => [])
      .finally(() => (reading = undefined));
    return withinBound(reading, []);
  };
  new Gauge({
    name: 'lienthong_topic_lag_events',
    help: 'Events in an agency’s topic that the consumer group of its file has not committed; absent where it never has, or Kafka is away.',
    labelNames: ['agency', 'way'] as const,
    async collect() {
      const readers = (await consumers()).filter(({ group }) => group !== undefined);
      asking ??= topicLags(readers.map(({ agency, group }) => ({ agency, group: group! })))
        .catch(() => [])
        .finally(() => (asking = undefined));
      const lags = await withinBound(asking, []);
      this.reset();
      for (const [n, { agency, way }] of readers.entries()) {
        const lag = lags[n] ?? null;
        if (lag !== null) this.set({ agency, way }, lag);
      }
    },
  });
  const show = (name: string, help: string, value: (consumer: Consumer) => number | undefined): void => {
    new Gauge({
      name,
      help,
      labelNames: ['agency', 'way'] as const,
      async collect() {
        const all = await consumers();
        this.reset();
        for (const consumer of all) {
          const { agency, way } = consumer;
          const number = value(consumer);
          if (number !== undefined) this.set({ agency, way }, number);
        }
      },
    });
  };
  show(
    'lienthong_consumer_open_events',
    'Events planned for an agency that gets them by topic, webhook or feed, and not delivered; counted to 20,000.',
    ({ open }) => open,
  );
  show(
    'lienthong_consumer_oldest_open_seconds',
    'Since the oldest of those events was planned; 0 where there is none.',
    ({ oldestSeconds }) => oldestSeconds ?? 0,
  );
  show(
    'lienthong_feed_lag_events',
    'Events in a feed that its agency has not acknowledged.',
    (c) => c.feed?.lag.events,
  );
  show(
    'lienthong_feed_lag_seconds',
    'Since the oldest of those events stands in the feed; 0 where there is none.',
    (c) => c.feed?.lag.seconds,
  );
}

async function withinBound<T>(read: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<T>((resolve) => (timer = setTimeout(resolve, BOUND_MS, otherwise)));
  try {
    return await Promise.race([read, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
