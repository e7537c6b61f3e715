import { randomBytes } from 'node:crypto';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { kafkaNode } from '../../../deploy/local/kafka.mjs';
import { stopLeftBehind, until } from '../../../deploy/local/processes.mjs';
import { folderAt } from '../../../deploy/local/place.mjs';
import { freeAddress, prepareInstance } from './instance.js';

const PATIENCE_MS = 60_000;
const IDS = [1, 2, 3] as const;

const settings = {
  'default.replication.factor': 3,
  'min.insync.replicas': 2,
  'offsets.topic.replication.factor': 3,
  'transaction.state.log.replication.factor': 3,
  'transaction.state.log.min.isr': 2,
};

export interface ThreeBrokers {
  /** Addresses of brokers 1, 2, 3; they stay the same through `kill` and `restart`. */
  brokers: string[];
  /** The id of the broker that leads; waits while a killed one is still taken for the leader. */
  leaderOf(topic: string, partition: number): Promise<number>;
  /** The id of the broker that coordinates a group. */
  coordinatorOf(group: string): Promise<number>;
  /** Where that broker keeps its logs. */
  dataOf(id: number): string;
  /** Resolves when the process has gone, where the signal ends one; SIGSTOP and SIGCONT are taken too. */
  kill(id: number, signal: NodeJS.Signals): Promise<void>;
  /** Starts a killed broker (or kills a running one first) with its data; resolves when the cluster counts it in. */
  restart(id: number): Promise<void>;
  /** Resolves when every replica of the topic is in sync, so that another broker may go. */
  whenInSync(topic: string): Promise<void>;
  /** Ends all three at once and removes their data. */
  stop(): Promise<void>;
}

/** Kafka as a province runs it: three brokers, three copies, two of them before an acknowledgement. One run a folder. */
export async function startThreeBrokers(
  folder: string,
  more: Record<string, string | number> = {},
): Promise<ThreeBrokers> {
  await stopLeftBehind(folderAt(folder), []);
  const addresses = await Promise.all(IDS.map(freeAddress));
  const voters = IDS.map((id, i) => `${id}@127.0.0.1:${addresses[i]!.secondPort}`).join(',');
  const clusterId = randomBytes(16).toString('base64url');
  const nodes = await Promise.all(
    IDS.map((id, i) =>
      prepareInstance(kafkaNode({ id, voters, clusterId, more: { ...settings, ...more } }), {
        folder,
        name: `broker-${id}`,
        address: addresses[i]!,
      }),
    ),
  );
  const nodeOf = (id: number) => nodes[id - 1] ?? never(`there is no broker ${id}`);
  const brokers = nodes.map(({ url }) => url);
  const kafka = new Kafka({ brokers, clientId: 'fault', logLevel: logLevel.NOTHING, connectionTimeout: 1_000 });
  const ask = async <T>(question: (admin: Admin) => Promise<T>): Promise<T> => {
    const admin = kafka.admin({ retry: { retries: 2 } });
    try {
      await admin.connect();
      return await question(admin);
    } finally {
      await admin.disconnect().catch(() => {});
    }
  };
  const wait = async (what: string, condition: (admin: Admin) => Promise<boolean>): Promise<void> => {
    const holds = await until(() => ask(condition).catch(() => false), PATIENCE_MS, 100);
    if (!holds) throw new Error(`waited in vain until ${what}`);
  };
  const partitionsOf = async (admin: Admin, topic: string) =>
    (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions ?? [];
  const countedIn = async (admin: Admin, ids: readonly number[]): Promise<boolean> => {
    const there = (await admin.describeCluster()).brokers.map(({ nodeId }) => nodeId);
    return ids.every((id) => there.includes(id));
  };
  const leaderOf = async (topic: string, partition: number): Promise<number> => {
    let leader = -1;
    await wait(`${topic}/${partition} has a leader`, async (admin) => {
      leader = (await partitionsOf(admin, topic)).find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
      return leader >= 0 && nodeOf(leader).isRunning();
    });
    return leader;
  };
  const stop = async () => void (await Promise.all(nodes.map((node) => node.remove())));

  try {
    await Promise.all(nodes.map((node) => node.start()));
    await wait('three brokers are counted', (admin) => countedIn(admin, IDS));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers,
    stop,
    dataOf: (id) => `${nodeOf(id).prepared.place}/data`,
    kill: (id, signal) => nodeOf(id).signal(signal),
    async restart(id) {
      await nodeOf(id).signal('SIGKILL');
      await nodeOf(id).start();
      await wait(`broker ${id} is counted`, (admin) => countedIn(admin, [id]));
    },
    leaderOf,
    async coordinatorOf(group) {
      const offsets = await ask((admin) => partitionsOf(admin, '__consumer_offsets'));
      return leaderOf('__consumer_offsets', Math.abs(javaHash(group)) % offsets.length);
    },
    whenInSync: (topic) =>
      wait(`all replicas of ${topic} are in sync`, async (admin) => {
        const partitions = await partitionsOf(admin, topic);
        return partitions.length > 0 && partitions.every(({ isr, replicas }) => isr.length === replicas.length);
      }),
  };
}

function never(why: string): never {
  throw new Error(why);
}

/** By which Kafka chooses the partition of __consumer_offsets that keeps a group. */
const javaHash = (text: string): number =>
  [...text].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, 0);
