import { join } from 'node:path';
import { commonSettings, readSettings, text, whole } from '#service';

const { databaseUrl, host, logLevel } = commonSettings;

export const settings = readSettings({
  databaseUrl,
  host,
  logLevel,
  port: whole('LIENTHONG_RECONCILIATION_PORT', 'port of /v1/runs, /healthz, /readyz, /metrics', 8083),
  booksDir: text('LIENTHONG_BOOKS_DIR', 'results are kept in its folder reconciliations', '.lienthong'),
});

export const resultsDir = join(settings.booksDir, 'reconciliations');
