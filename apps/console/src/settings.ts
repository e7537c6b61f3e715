import { commonSettings, readSettings, whole } from '#service';

const { databaseUrl, host, logLevel, kafkaBrokers, namespace, secretsDir } = commonSettings;

export const settings = readSettings({
  databaseUrl,
  host,
  logLevel,
  namespace,
  secretsDir,
  /** None: an agency that is new gets its topics when `lienthong setup` or a verb runs next. */
  kafkaBrokers: { ...kafkaBrokers, fallback: [] as string[] },
  port: whole('LIENTHONG_CONSOLE_PORT', 'port of the operators’ page and API, /healthz, /readyz, /metrics', 8080),
  sandboxPort: whole('LIENTHONG_SANDBOX_PORT', 'where the counter form is, for the link to it', 8090),
  intakePort: whole('LIENTHONG_INTAKE_PORT', 'where /docs is, for the link to it', 8081),
});
