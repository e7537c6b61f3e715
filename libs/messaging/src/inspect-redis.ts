import { redisForCommands } from './redis-client.js';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

export interface RedisState {
  version: string;
  /** null: this server doesn't tell (CONFIG is often closed where Redis is rented). */
  evicts: string | null;
  appendOnly: boolean;
}

/** What a person must know of this Redis. Rejects while it is away. */
export async function inspectRedis(url: string): Promise<RedisState> {
  const redis = redisForCommands(url, silent);
  try {
    await new Promise<void>((resolve, reject) => {
      redis.once('ready', resolve);
      redis.once('error', reject);
    });
    const info = await redis.info();
    const member = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
    return {
      version: member('redis_version') ?? '?',
      evicts: member('maxmemory_policy') ?? null,
      appendOnly: member('aof_enabled') === '1',
    };
  } finally {
    redis.disconnect();
  }
}
