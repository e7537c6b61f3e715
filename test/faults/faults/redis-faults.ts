import type { Fault } from '../fault.js';

const flush = {
  name: 'redis-flushed',
  vi: 'Redis FLUSHALL trong khi một cơ quan đang hỏng',
  en: 'Redis FLUSHALL while a partner is down',
} as const;

/** While timers stand: a partner that answers 503 gives it many. */
export const redisFlushed: Fault = {
  ...flush,
  touches: ['ho-tich'],
  async happen({ services, partners, forSeconds }) {
    await partners.behave('ho-tich', { kind: 'down' });
    await forSeconds(4);
    await services.redis.flush();
    await partners.behave('ho-tich', { kind: 'ok' });
  },
};

export const redisKilled: Fault = {
  name: 'redis-killed',
  vi: 'kill -9 Redis, khởi động lại ngay',
  en: 'kill -9 of Redis, started again at once',
  async happen({ services }) {
    await services.redis.kill();
    await services.redis.start();
  },
};

export const redisAbsent: Fault = {
  name: 'redis-absent',
  vi: 'Redis vắng mặt một phút',
  en: 'Redis absent for a minute',
  async happen({ services, forSeconds }) {
    await services.redis.kill();
    await forSeconds(60);
    await services.redis.start();
  },
};
