export { Bell } from './bell.js';
export type { Batch, BatchMessage } from './kafka/batch.js';
export type { Gate } from './kafka/consumer-incarnation.js';
export { KafkaBatchStrategy, type KafkaBatchOptions } from './kafka/kafka-batch.strategy.js';
export { KafkaUnavailable, PartitionedProducer } from './kafka/partitioned-producer.js';
export type { OutgoingMessage } from './kafka/producer-incarnation.js';
export type { Log } from './log.js';
export * from './plain.js';
export { RetryQueues } from './retry/retry-queues.js';
