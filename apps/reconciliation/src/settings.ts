import { join } from 'node:path';
import { commonSettings, readSettings, text, whole, type Setting } from '#service';

const { databaseUrl, host, logLevel, secretsDir, statementKey, hubId, hubName, hubCode } = commonSettings;

/** Milliseconds after midnight; null: days are closed by hand only. */
const closeAt: Setting<number | null> = {
  env: 'LIENTHONG_CLOSE_AT',
  says: 'HH:MM in Asia/Ho_Chi_Minh from which on the day before is closed; never: by hand only',
  fallback: 0,
  parse(text) {
    if (text === 'never') return null;
    const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
    if (hours === undefined) throw new Error('neither HH:MM nor never');
    return (Number(hours) * 60 + Number(minutes)) * 60_000;
  },
};

export const settings = readSettings({
  databaseUrl,
  host,
  logLevel,
  secretsDir,
  port: whole('LIENTHONG_RECONCILIATION_PORT', 'port of /v1/runs, /healthz, /readyz, /metrics', 8083),
  figuresEveryMinutes: whole('LIENTHONG_FIGURES_EVERY_MINUTES', 'how often figures are published; 0: never', 60),
  factsEveryMinutes: whole('LIENTHONG_FACTS_EVERY_MINUTES', 'how often facts of cases are kept up; 0: never', 15),
  dailyFiles: text(
    'LIENTHONG_DAILY_FILES',
    'daily files of partners lie in it, a folder an agency',
    '.lienthong/daily-files',
  ),
  booksDir: text('LIENTHONG_BOOKS_DIR', 'results are kept in its folder reconciliations', '.lienthong'),
  closeAt,
  statementKey,
  hubId,
  hubName,
  hubCode,
  statementWait: whole('LIENTHONG_STATEMENT_WAIT', 'minutes after a close until statements are made uncompared', 360),
});

export const resultsDir = join(settings.booksDir, 'reconciliations');

/** Where the hub's private key is; it may be made while this process runs. */
export const statementKeyFile = settings.statementKey || join(settings.secretsDir, 'statement-key.pem');
