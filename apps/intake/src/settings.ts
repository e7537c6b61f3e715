import { commonSettings, readSettings, text, whole } from '#service';

export const settings = readSettings({
  ...commonSettings,
  port: whole('LIENTHONG_INTAKE_PORT', 'port of /v1, /docs, /healthz, /readyz, /metrics', 8081),
  instance: text('LIENTHONG_INSTANCE', 'stable name of this process slot', 'intake-1'),
});
