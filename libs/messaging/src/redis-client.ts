import { Redis } from 'ioredis';
import { reasonOf, seldom, type Log } from './log.js';

const retryStrategy = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), 2_000);

/** For commands that must never wait: while Redis is away they fail at once. Reconnects for ever. */
export function redisForCommands(url: string, log: Log): Redis {
  return told(
    new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2_000, retryStrategy }),
    log,
  );
}

/** For workers, which wait for jobs on copies of it. Reconnects, and takes up the waiting again, for ever. */
export function redisForWaiting(url: string, log: Log): { redis: Redis; disconnect: () => void } {
  const redis = told(new Redis(url, { maxRetriesPerRequest: null, retryStrategy }), log);
  const all = [redis];
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => {
    const copy = duplicate(override);
    all.push(copy);
    return copy;
  };
  return { redis, disconnect: () => all.forEach((one) => one.disconnect()) };
}

/** For subscriptions, which the caller makes anew on each 'ready'. Reconnects for ever. */
export function redisForListening(url: string, log: Log): Redis {
  return told(new Redis(url, { autoResubscribe: false, enableOfflineQueue: false, retryStrategy }), log);
}

function told(redis: Redis, log: Log): Redis {
  const quiet = seldom(log);
  redis.on('error', (error) => quiet.warn({ reason: reasonOf(error) }, 'Redis is not reachable; trying on'));
  return redis;
}
