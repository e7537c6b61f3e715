import { commonSettings, readSettings, text, whole } from '#service';

export const settings = readSettings({
  ...commonSettings,
  port: whole('LIENTHONG_INTAKE_PORT', 'port of /v1, /partners, /docs, /healthz, /readyz, /metrics', 8081),
  sessionSeconds: whole('LIENTHONG_DOOR_SESSION_SECONDS', 'how long a session of /partners lasts', 600, 1),
  instance: text('LIENTHONG_INSTANCE', 'stable name of this process slot', 'intake-1'),
});
