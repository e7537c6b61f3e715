import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startThreeBrokers, type ThreeBrokers } from '../services/three-brokers.js';
import { publishAndConsume, type Figures } from './publish-and-consume.js';

const messages = Number(process.env['LIENTHONG_FAULT_MESSAGES'] ?? 200_000);
const folder = resolve('.lienthong/faults/kafka');
jest.setTimeout(900_000);

describe(`Kafka's three brokers, ${messages} messages each time`, () => {
  let cluster: ThreeBrokers;
  const rows: Record<string, Figures> = {};
  beforeAll(async () => {
    cluster = await startThreeBrokers(folder);
  });
  afterAll(async () => {
    await cluster?.stop();
    console.table(
      Object.entries(rows).map(([fault, { held, seen, ...more }]) => ({
        fault,
        ...more,
        lost: held.lost + seen.lost,
        doubled: held.repeated,
        repeated: seen.repeated,
        outOfOrder: held.outOfOrder + seen.outOfOrder,
      })),
    );
  });

  async function through(fault: string, happens: Parameters<typeof publishAndConsume>[2]) {
    const load = { messages, partitions: 12, batch: 500, consumers: 2, logTo: `${folder}/${fault}.log` };
    const figures = await publishAndConsume(cluster.brokers, load, happens);
    rows[fault] = figures;
    const nothing = { lost: 0, repeated: 0, outOfOrder: 0 };
    expect(figures).toMatchObject({ acknowledged: messages, held: nothing, seen: { lost: 0, outOfOrder: 0 } });
  }

  it('no fault', () => through('none', async () => {}));

  it('the leader of a partition is killed, comes back, and another one goes', () =>
    through('two leaders killed', async (reached, topic) => {
      for (const share of [0.2, 0.6]) {
        await reached(share);
        const leader = await cluster.leaderOf(topic, 0);
        await cluster.kill(leader, 'SIGKILL');
        await reached(share + 0.1);
        await cluster.restart(leader);
        await cluster.whenInSync(topic);
      }
    }));

  it('the coordinator of the group is killed and comes back', () =>
    through('coordinator killed', async (reached, topic) => {
      await reached(0.3);
      const coordinator = await cluster.coordinatorOf(topic.replace(/\.t$/, '.group'));
      await cluster.kill(coordinator, 'SIGKILL');
      await reached(0.7);
      await cluster.restart(coordinator);
    }));

  it('a leader is frozen for longer than its session, and wakes', () =>
    through('leader frozen', async (reached, topic) => {
      await reached(0.2);
      const leader = await cluster.leaderOf(topic, 0);
      await cluster.kill(leader, 'SIGSTOP');
      await reached(0.6);
      await cluster.kill(leader, 'SIGCONT');
    }));
});
