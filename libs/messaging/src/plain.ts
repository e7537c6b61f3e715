/** To set up and to look at, without Nest and BullMQ: what a command line needs. */
export { inspectRedis, type RedisState } from './inspect-redis.js';
export { groupLags } from './kafka/group-lags.js';
export { inspectKafka, type KafkaState } from './kafka/inspect-kafka.js';
export type { KafkaSettings } from './kafka/settings.js';
export { ensureTopics } from './kafka/topics.js';
