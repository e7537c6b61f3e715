import { commonSettings, readSettings, text, whole } from '#service';

export const settings = readSettings({
  ...commonSettings,
  port: whole('LIENTHONG_DELIVERY_PORT', 'port of /healthz, /readyz, /metrics', 8082),
  instance: text(
    'LIENTHONG_INSTANCE',
    'stable name of this process slot; a successor takes over from its predecessor at once',
    'delivery-1',
  ),
  relayBatch: whole('LIENTHONG_RELAY_BATCH', 'outbox rows published at once', 1_000, 1),
  planBatch: whole('LIENTHONG_PLAN_BATCH', 'streams planned in one transaction', 500, 1),
  drainMs: whole('LIENTHONG_DRAIN_MS', 'longest wait for requests under way when stopping', 10_000),
});
