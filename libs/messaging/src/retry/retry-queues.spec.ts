import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import type { WakeLane } from '#wire';
import { eventually } from '../../../wire/src/testing/eventually.js';
import { OwnServer, rememberingLog, someNamespace } from '../testing/services.js';
import { RetryQueues } from './retry-queues.js';

jest.setTimeout(300_000);

/** With a Redis of its own: it is flushed, frozen and killed. */
describe('retry queues', () => {
  let server: OwnServer;
  let redis: Redis;
  const running: RetryQueues[] = [];

  beforeAll(async () => {
    server = await OwnServer.redis();
    await server.start();
    redis = new Redis(server.port, { maxRetriesPerRequest: null });
    redis.on('error', () => {});
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((queues) => queues.close()));
  });
  afterAll(async () => {
    redis.disconnect();
    await server.remove();
  });

  function open(onWake?: (wakes: WakeLane[]) => Promise<void>, namespace = someNamespace()) {
    const log = rememberingLog();
    const woken: WakeLane[] = [];
    const calls: number[] = [];
    const queues = new RetryQueues({
      redisUrl: `redis://127.0.0.1:${server.port}`,
      namespace,
      log,
      onWake: async (wakes) => {
        calls.push(wakes.length);
        await onWake?.(wakes);
        woken.push(...wakes);
      },
    });
    running.push(queues);
    return { queues, log, woken, calls, namespace };
  }
  const isUp = (queues: RetryQueues) => eventually(() => expect(queues.isUp()).toBe(true));
  const timer = (sequence: number, attempt = 1, delayMs = 0, agency = 'lltp') => ({
    ...{ agency, stream: '00000000-0000-4000-8000-000000000001', sequence, attempt, delayMs },
  });

  it('wakes each lane when its time has come, not before, with ids only', async () => {
    const { queues, woken } = open();
    await queues.start(['lltp', 'cong-dvc']);
    await isUp(queues);
    const start = performance.now();
    queues.schedule(timer(1, 1, 600));
    queues.schedule(timer(2, 1, 0, 'cong-dvc'));
    await eventually(() => expect(woken).toHaveLength(1));
    expect(woken[0]).toEqual({ agency: 'cong-dvc', stream: timer(2).stream, sequence: 2 });
    await eventually(async () => expect(await queues.counts()).toEqual({ lltp: 1, 'cong-dvc': 0 }));
    await eventually(() => expect(woken).toHaveLength(2));
    expect(performance.now() - start).toBeGreaterThanOrEqual(600);
    expect(woken[1]).toEqual({ agency: 'lltp', stream: timer(1).stream, sequence: 1 });
    await eventually(async () => expect(await queues.counts()).toEqual({ lltp: 0, 'cong-dvc': 0 }));
  });

  it('makes few calls of many wakes, of at most 200, and leaves nothing behind in Redis', async () => {
    const { queues, woken, calls, namespace } = open();
    await queues.start(['lltp']);
    await isUp(queues);
    for (let n = 1; n <= 3_000; n++) queues.schedule(timer(n, 1, 200));
    await eventually(() => expect(new Set(woken.map(({ sequence }) => sequence)).size).toBe(3_000));
    expect(woken).toHaveLength(3_000);
    expect(Math.max(...calls)).toBeLessThanOrEqual(200);
    expect(calls.length).toBeLessThan(600);
    await eventually(async () => expect(await redis.keys(`${namespace}:*:lltp-*`)).toEqual([]));
  });

  it('takes the same delivery again for its next attempt, also while the job of the last is active', async () => {
    const { queues, woken } = open(async ([wake]) => {
      if (wake && woken.length === 0) queues.schedule(timer(wake.sequence, 2));
      await eventually(async () =>
        expect((await queues.counts())['lltp']).toBeGreaterThanOrEqual(woken.length === 0 ? 2 : 1),
      );
    });
    await queues.start(['lltp']);
    await isUp(queues);
    queues.schedule(timer(1, 1));
    await eventually(() => expect(woken).toHaveLength(2));
  });

  it('says that lanes could not be woken, keeps no failed job, and takes the same id again', async () => {
    let fails = true;
    const { queues, log, woken } = open(async () => {
      if (fails) throw new Error('PostgreSQL is away');
    });
    await queues.start(['lltp']);
    await isUp(queues);
    queues.schedule(timer(1));
    await eventually(() => expect(log.lines.join()).toContain('PostgreSQL is away'));
    await eventually(async () => expect(await queues.counts()).toEqual({ lltp: 0 }));
    fails = false;
    queues.schedule(timer(1));
    await eventually(() => expect(woken).toHaveLength(1));
  });

  it('loses timers, and only timers, by FLUSHALL: later ones work', async () => {
    const { queues, woken } = open();
    await queues.start(['lltp']);
    await isUp(queues);
    queues.schedule(timer(1, 1, 500));
    await eventually(async () => expect(await queues.counts()).toEqual({ lltp: 1 }));
    await redis.flushall();
    await redis.script('FLUSH');
    queues.schedule(timer(2, 1, 1_000));
    queues.schedule(timer(3));
    await eventually(() => expect(woken.map(({ sequence }) => sequence)).toEqual([3, 2]));
  });

  it('keeps timers for the next process, and lets wakes under way end on close', async () => {
    const wait = Promise.withResolvers<void>();
    const first = open(() => wait.promise);
    await first.queues.start(['lltp']);
    await isUp(first.queues);
    first.queues.schedule(timer(1));
    first.queues.schedule(timer(2, 1, 1_000));
    await eventually(() => expect(first.calls).toEqual([1]));
    const closed = first.queues.close();
    wait.resolve();
    await closed;
    expect(first.woken.map(({ sequence }) => sequence)).toEqual([1]);
    const second = open(undefined, first.namespace);
    await second.queues.start(['lltp']);
    await eventually(() => expect(second.woken.map(({ sequence }) => sequence)).toEqual([2]));
  });

  it('warns of a Redis that may throw timers away', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      const { log } = open();
      await eventually(() => expect(log.lines.join()).toContain('maxmemory-policy'));
    } finally {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
    }
  });

  it('starts without Redis; schedule returns at once and never throws; works when it has come', async () => {
    await server.kill();
    const { queues, woken, log } = open();
    await queues.start(['lltp']);
    for (let n = 0; n < 10_000; n++) queues.schedule(timer(n));
    expect(await queues.counts()).toEqual({});
    expect(queues.isUp()).toBe(false);
    expect(log.lines.filter((line) => line.includes('left to the sweeper'))).toHaveLength(1);
    await server.start();
    await isUp(queues);
    queues.schedule(timer(1, 2));
    await eventually(() => expect(woken.map(({ sequence }) => sequence)).toEqual([1]));
  });

  it('goes on after a kill -9 of Redis in the middle of adding and waking', async () => {
    const { queues, woken } = open();
    await queues.start(['lltp', 'cong-dvc']);
    await isUp(queues);
    for (let n = 1; n <= 500; n++) queues.schedule(timer(n, 1, n));
    await eventually(() => expect(woken.length).toBeGreaterThan(20));
    for (let n = 1; n <= 500; n++) queues.schedule(timer(n, 2, n));
    await server.kill();
    await eventually(() => expect(queues.isUp()).toBe(false));
    queues.schedule(timer(1, 3));
    await server.start();
    await isUp(queues);
    woken.length = 0;
    queues.schedule(timer(1_001));
    queues.schedule(timer(1_002, 1, 300, 'cong-dvc'));
    await eventually(() =>
      expect(woken.map(({ sequence }) => sequence)).toEqual(expect.arrayContaining([1_001, 1_002])),
    );
  });

  it('neither hangs nor throws while Redis is frozen', async () => {
    const { queues } = open();
    await queues.start(['lltp']);
    await isUp(queues);
    await server.freeze();
    try {
      for (let n = 1; n <= 20_000; n++) queues.schedule(timer(n));
      expect(await queues.counts()).toEqual({});
      await queues.close();
    } finally {
      await server.thaw();
    }
  });
});
