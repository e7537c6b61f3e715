import { writeFileSync } from 'node:fs';
import { KafkaBatchStrategy } from '../../../libs/messaging/src/kafka/kafka-batch.strategy.js';
import type { Batch } from '../../../libs/messaging/src/kafka/batch.js';
import type { Timing } from '../../../libs/messaging/src/kafka/consumer-incarnation.js';
import { PartitionedProducer } from '../../../libs/messaging/src/kafka/partitioned-producer.js';
import { ensureTopics } from '../../../libs/messaging/src/kafka/topics.js';
import { readTopic } from '../../../libs/messaging/src/testing/read-topic.js';
import type { Log } from '../../../libs/messaging/src/log.js';
import { eventually } from '../../../libs/wire/src/testing/eventually.js';
import { judge, type Numbered, type Verdict } from './judge.js';

const TOPIC = 't';
const KEYS = 997;

export interface Load {
  messages: number;
  partitions: number;
  batch: number;
  consumers: number;
  timing?: Partial<Timing>;
  logTo?: string;
}

/** Waits until this share of the messages is acknowledged. */
export type Reached = (share: number) => Promise<void>;

export interface Figures {
  acknowledged: number;
  /** What the topic holds, read by a client that shares no code with ours. */
  held: Verdict;
  /** What our consumers' handlers got. */
  seen: Verdict;
  /** Longest time without an acknowledgement, and without a message at a handler. */
  publishStallMs: number;
  consumeStallMs: number;
  producersReplaced: number;
  consumersReplaced: number;
}

/**
 * Publishes as the relay does (a batch again until it is acknowledged, then the next) and consumes by a group, while
 * `fault` happens.
 */
export async function publishAndConsume(
  brokers: string[],
  load: Load,
  fault: (reached: Reached, topic: string) => Promise<void>,
): Promise<Figures> {
  const settings = { brokers, clientId: 'fault', namespace: `run${Date.now().toString(36)}` };
  const lines: string[] = [];
  const log = timedLog(lines);
  const seen: Numbered[] = [];
  const distinct = new Set<number>();
  const consuming = new Pulse();
  await eventually(() => ensureTopics(settings, [{ name: TOPIC, partitions: load.partitions }]), 60_000);
  const strategies = Array.from({ length: load.consumers }, () => {
    const strategy = new KafkaBatchStrategy({
      settings,
      groupId: 'group',
      topics: async () => ({ [TOPIC]: [TOPIC] }),
      log,
      fromBeginning: true,
      ...(load.timing ? { timing: load.timing } : {}),
    });
    const take = async ({ messages }: Batch<number>) => {
      consuming.beat();
      for (const { key, value } of messages) {
        seen.push({ key: key ?? '', n: value ?? -1 });
        distinct.add(value ?? -1);
      }
    };
    strategy.addHandler(TOPIC, async (batch: Batch<number>) => (await take(batch)) as never, true);
    strategy.listen(() => {});
    return strategy;
  });
  const producer = new PartitionedProducer(settings, log);
  await producer.connect();
  const publishing = new Pulse();
  const acknowledged: number[] = [];
  const publish = async (): Promise<void> => {
    for (let from = 0; from < load.messages; from += load.batch) {
      const numbers = Array.from({ length: Math.min(load.batch, load.messages - from) }, (_, i) => from + i);
      const batch = numbers.map((n) => ({ topic: TOPIC, key: `case/${n % KEYS}`, value: String(n) }));
      await eventually(() => producer.send(batch), 90_000);
      acknowledged.push(...numbers);
      publishing.beat();
    }
  };
  const reached: Reached = (share) =>
    eventually(() => {
      if (acknowledged.length < share * load.messages) throw new Error('not yet');
    }, 300_000);
  try {
    await Promise.all([publish(), fault(reached, `${settings.namespace}.${TOPIC}`)]);
    await eventually(() => {
      if (distinct.size < load.messages) throw new Error(`${distinct.size} of ${load.messages} seen`);
    }, 180_000);
  } finally {
    await Promise.all([producer.close(), ...strategies.map((strategy) => strategy.close())]);
    if (load.logTo) writeFileSync(load.logTo, lines.join('\n'));
  }
  const held = await readTopic(brokers, `${settings.namespace}.${TOPIC}`);
  const times = (what: RegExp): number => lines.filter((line) => what.test(line)).length;
  return {
    acknowledged: acknowledged.length,
    held: judge(
      acknowledged,
      held.map(({ key, value }) => ({ key, n: Number(value) })),
    ),
    seen: judge(acknowledged, seen),
    publishStallMs: publishing.longestMs(),
    consumeStallMs: consuming.longestMs(),
    producersReplaced: times(/a Kafka producer was thrown away/),
    consumersReplaced: times(/a Kafka consumer is replaced/),
  };
}

function timedLog(lines: string[]): Log {
  const since = performance.now();
  const say = (level: string) => (o: object, m: string) =>
    void lines.push(`${((performance.now() - since) / 1000).toFixed(1)} ${level} ${m} ${JSON.stringify(o)}`);
  return { info: say('info'), warn: say('warn'), error: say('error') };
}

/** The longest pause between two beats. */
class Pulse {
  private last: number | undefined;
  private longest = 0;

  beat(): void {
    const now = performance.now();
    if (this.last !== undefined) this.longest = Math.max(this.longest, now - this.last);
    this.last = now;
  }

  longestMs(): number {
    return Math.round(this.longest);
  }
}
