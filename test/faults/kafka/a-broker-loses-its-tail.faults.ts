import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { asAdmin } from '../../../libs/messaging/src/kafka/as-admin.js';
import { PartitionedProducer } from '../../../libs/messaging/src/kafka/partitioned-producer.js';
import { readTopic } from '../../../libs/messaging/src/testing/read-topic.js';
import { rememberingLog } from '../../../libs/messaging/src/testing/services.js';
import { loseTail } from '../services/lose-tail.js';
import { startThreeBrokers, type ThreeBrokers } from '../services/three-brokers.js';
import { judge } from './judge.js';

jest.setTimeout(600_000);

const TOPIC = 'torn';
const BATCH = 50;
const GAP = /a Kafka producer was thrown away.*out of order sequence/;

/**
 * Error 45 for real. With one batch under way per partition only the broker can cause it: here a single copy whose broker
 * is killed and comes back without its last two batches, while the producer still repeats the next one.
 */
describe('a broker that comes back without the last batches that it acknowledged', () => {
  let cluster: ThreeBrokers;
  beforeAll(async () => {
    cluster = await startThreeBrokers(resolve('.lienthong/faults/tail'));
  });
  afterAll(() => cluster?.stop());

  it('is answered by a new producer, and nothing but those batches is lost', async () => {
    const settings = { brokers: cluster.brokers, clientId: 'fault', namespace: '' };
    const configEntries = [{ name: 'min.insync.replicas', value: '1' }];
    const topics = [{ topic: TOPIC, numPartitions: 1, replicationFactor: 1, configEntries }];
    await asAdmin(settings, (admin) => admin.createTopics({ waitForLeaders: true, topics }));
    const log = rememberingLog();
    const producer = new PartitionedProducer(settings, log);
    await producer.connect();
    const foundGap = (): boolean => log.lines.some((line) => GAP.test(line));

    let next = 0;
    const publish = async (): Promise<void> => {
      const numbers = Array.from({ length: BATCH }, (_, i) => next + i);
      const sent = producer.send(numbers.map((n) => ({ topic: TOPIC, key: String(n % 7), value: String(n) })));
      next += await sent.then(
        () => BATCH,
        () => 0,
      );
    };
    const publishUntil = async (holds: () => boolean): Promise<void> => {
      while (!holds()) await publish();
    };
    const torn = new Set<number>();
    const loseAndReturn = async (): Promise<void> => {
      const leader = await cluster.leaderOf(TOPIC, 0);
      await cluster.kill(leader, 'SIGKILL');
      for (let n = next - 2 * BATCH; n < next; n++) torn.add(n);
      loseTail(cluster.dataOf(leader), TOPIC, 0, 2);
      await cluster.restart(leader);
    };
    // The broker must be back before the producer gives its batch up: once more where that took too long.
    for (let tries = 0; tries < 3 && !foundGap(); tries++) {
      const enough = next + 1_000;
      await publishUntil(() => next >= enough);
      let isBack = false;
      const returned = loseAndReturn().then(() => (isBack = true));
      await publishUntil(() => isBack);
      await returned;
      const after = next + 1_000;
      await publishUntil(() => next >= after);
    }
    await producer.close();

    expect(log.lines.filter((line) => line.includes('thrown away')).join('\n')).toMatch(GAP);
    const acknowledged = [...Array(next).keys()].filter((n) => !torn.has(n));
    const held = await readTopic(cluster.brokers, TOPIC);
    const verdict = judge(
      acknowledged,
      held.map(({ key, value }) => ({ key, n: Number(value) })),
    );
    expect(verdict).toEqual({ lost: 0, repeated: 0, outOfOrder: 0 });
    expect(held.length).toBeLessThan(next);
  });
});
