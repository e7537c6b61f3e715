import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ConfigResourceTypes } from 'kafkajs';
import { publishAndConsume } from './publish-and-consume.js';
import { startThreeBrokers, type ThreeBrokers } from '../services/three-brokers.js';
import { asAdmin } from '../../../libs/messaging/src/kafka/as-admin.js';
import { inspectKafka } from '../../../libs/messaging/src/kafka/inspect-kafka.js';
import { ensureTopics } from '../../../libs/messaging/src/kafka/topics.js';

jest.setTimeout(180_000);

/** The short form of test/faults/kafka: the same load and judge, fewer messages. */
describe('three brokers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'three-brokers-'));
  let cluster: ThreeBrokers;
  beforeAll(async () => {
    cluster = await startThreeBrokers(folder);
  });
  afterAll(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const load = { messages: 10_000, partitions: 6, batch: 100, consumers: 2 };
  const clean = { lost: 0, repeated: 0, outOfOrder: 0 };

  it('are told apart by copies and by how many of them an acknowledgement waits for', async () => {
    const settings = { brokers: cluster.brokers, clientId: 'spec', namespace: 'inspected' };
    await ensureTopics(settings, [{ name: 't', partitions: 1 }]);
    expect(await inspectKafka(settings, ['t', 'u'])).toMatchObject({
      brokers: 3,
      replicas: 3,
      minInSync: 2,
      missing: ['u'],
    });
    const configEntries = [{ name: 'min.insync.replicas', value: '1' }];
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: 'inspected.t', configEntries }];
    await asAdmin(settings, (admin) => admin.alterConfigs({ validateOnly: false, resources }));
    expect(await inspectKafka(settings, ['t'])).toMatchObject({ minInSync: 1 });
  });

  it('lose, double and reorder nothing when a leader is killed, and when another is frozen', async () => {
    const figures = await publishAndConsume(cluster.brokers, load, async (reached, topic) => {
      await reached(0.1);
      const killed = await cluster.leaderOf(topic, 0);
      await cluster.kill(killed, 'SIGKILL');
      await reached(0.4);
      await cluster.restart(killed);
      await cluster.whenInSync(topic);
      const frozen = await cluster.leaderOf(topic, 1);
      await cluster.kill(frozen, 'SIGSTOP');
      await reached(1);
      await cluster.kill(frozen, 'SIGCONT');
    });
    expect(figures).toMatchObject({
      acknowledged: 10_000,
      held: clean,
      seen: { lost: 0, outOfOrder: 0 },
      producersReplaced: 0,
    });
  });
});
