import { Redis } from 'ioredis';
import { folderAt } from '../../../deploy/local/place.mjs';
import { stopLeftBehind } from '../../../deploy/local/processes.mjs';
import { redis } from '../../../deploy/local/redis.mjs';
import { prepareInstance } from './instance.js';

export interface RedisOfARun {
  url: string;
  /** kill -9; what was written in the last second may be gone. */
  kill(): Promise<void>;
  /** On the same port, with what its append-only file holds; resolves when it answers. */
  start(): Promise<void>;
  /** FLUSHALL. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Redis as the hub wants it: append-only file every second, nothing evicted. One run a folder. */
export async function startRedis(folder: string): Promise<RedisOfARun> {
  await stopLeftBehind(folderAt(folder), []);
  const instance = await prepareInstance(redis, { folder, name: 'redis' });
  await instance.start();
  return {
    url: instance.url,
    kill: () => instance.signal('SIGKILL'),
    start: () => instance.start(),
    stop: () => instance.remove(),
    async flush() {
      const client = new Redis(instance.url, { maxRetriesPerRequest: 1, enableReadyCheck: false });
      client.on('error', () => {});
      try {
        await client.flushall();
      } finally {
        client.disconnect();
      }
    },
  };
}
