/** The public images in which the services run where they run in containers; deploy/compose/compose.yaml names the same. */
export const images = {
  postgres: process.env.LIENTHONG_POSTGRES_IMAGE || 'postgres:15-bookworm',
  redis: process.env.LIENTHONG_REDIS_IMAGE || 'redis:7-bookworm',
  kafka: process.env.LIENTHONG_KAFKA_IMAGE || 'apache/kafka:4.2.0',
};
