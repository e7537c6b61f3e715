import { Kafka, logLevel } from 'kafkajs';
import { until } from '../../../deploy/local/processes.mjs';
import type { Fault, World } from '../fault.js';

export const brokerRestarted: Fault = {
  name: 'broker-restarted',
  vi: 'kill -9 Kafka (một máy), 3 s sau khởi động lại',
  en: 'kill -9 of the only broker, started again after 3 s',
  async happen({ services, forSeconds }) {
    await services.kafka.signal('SIGKILL');
    await forSeconds(3);
    await services.kafka.start();
  },
};

const hubEvents = ({ hub }: World): string => `${hub.namespace}.hub.events`;

export const topicDeleted: Fault = {
  name: 'topic-deleted',
  vi: 'chủ đề hub.events bị xóa, 5 s sau tạo lại',
  en: 'topic hub.events deleted, created again after 5 s',
  async happen(world) {
    const admin = new Kafka({ brokers: [world.services.kafka.url], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [hubEvents(world)] });
    const isThere = async (): Promise<boolean> => (await admin.listTopics()).includes(hubEvents(world));
    if (!(await until(async () => !(await isThere()), 30_000))) throw new Error('the topic is still there');
    await world.forSeconds(5);
    await admin.disconnect();
    await world.hub.setUp();
  },
};

export const leaderKilled: Fault = {
  name: 'leader-killed',
  vi: 'ba máy Kafka, kill -9 máy dẫn đầu',
  en: 'three brokers, kill -9 of the leader',
  world: 'three-brokers',
  async happen(world) {
    const cluster = world.cluster!;
    const leader = await cluster.leaderOf(hubEvents(world), 0);
    await cluster.kill(leader, 'SIGKILL');
    await world.forSeconds(10);
    await cluster.restart(leader);
    await cluster.whenInSync(hubEvents(world));
  },
};
