import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { query } from '../../../deploy/local/databases.mjs';
import { folderAt } from '../../../deploy/local/place.mjs';
import { leftRunning } from './processes-naming.js';
import { startPostgresPair } from './postgres-pair.js';
import { startRedis } from './redis.js';
import { startThreeBrokers } from './three-brokers.js';
import { Kafka, logLevel } from 'kafkajs';

jest.setTimeout(300_000);

/** In the checkout: PostgreSQL's user has to reach it, as in a run. */
const folder = mkdtempSync(join(folderAt(resolve('.lienthong/test')), 'services-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a PostgreSQL pair', () => {
  it('keeps every answered commit through a crash and a promotion, at one address, and leaves nothing running', async () => {
    const at = join(folder, 'pair');
    const pair = await startPostgresPair(at);
    const write = (n: number) => query(pair.url, 'insert into said values ($1)', [n]);
    try {
      expect(await query(pair.url, 'select sync_state from pg_stat_replication')).toEqual([{ sync_state: 'sync' }]);
      await query(pair.url, 'create table said (n int)');
      await write(1);
      await pair.restartPrimary('immediate');
      await write(2);
      await pair.restartPrimary('fast');
      await write(3);
      await pair.promote();
      await write(4);
      await pair.restartPrimary('immediate');
      await write(5);
      expect(await query(pair.url, 'select n from said order by n')).toEqual([1, 2, 3, 4, 5].map((n) => ({ n })));
    } finally {
      await pair.stop();
    }
    expect(await leftRunning(at)).toEqual([]);
  });
});

describe('Redis of a run', () => {
  it('comes back after kill -9 on the same port, is emptied by a flush, and leaves nothing running', async () => {
    const at = join(folder, 'redis');
    const redis = await startRedis(at);
    const ask = async <T>(question: (client: Redis) => Promise<T>): Promise<T> => {
      const client = new Redis(redis.url, { maxRetriesPerRequest: 1 });
      return question(client).finally(() => client.disconnect());
    };
    try {
      await ask((client) => client.set('a', '1'));
      await redis.kill();
      await redis.start();
      expect(await ask((client) => client.get('a'))).toBe('1');
      await redis.flush();
      expect(await ask((client) => client.dbsize())).toBe(0);
    } finally {
      await redis.stop();
    }
    expect(await leftRunning(at)).toEqual([]);
  });
});

describe('three brokers', () => {
  it('choose another leader when the leader is killed, take the killed one in again, and leave nothing running', async () => {
    const at = join(folder, 'brokers');
    const cluster = await startThreeBrokers(at);
    try {
      const admin = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 't', numPartitions: 3 }] });
      await admin.disconnect();
      const leader = await cluster.leaderOf('t', 0);
      await cluster.kill(leader, 'SIGKILL');
      expect(await cluster.leaderOf('t', 0)).not.toBe(leader);
      await cluster.restart(leader);
      await cluster.whenInSync('t');
    } finally {
      await cluster.stop();
    }
    expect(await leftRunning(at)).toEqual([]);
  });
});
