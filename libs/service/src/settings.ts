import { readFileSync } from 'node:fs';

/** One setting of an app: where it comes from, what it is when absent, what it is for. Every app names its own in one settings.ts. */
export interface Setting<T> {
  env: string;
  says: string;
  fallback?: T;
  parse(text: string): T;
}

type Values<S extends Record<string, Setting<unknown>>> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/**
 * Reads all settings and throws one error that names everything missing or wrong. Values of secrets are never in it.
 * `NAME_FILE` names a file whose first line is the value, so that an address with a password needn't stand in the environment.
 */
export function readSettings<S extends Record<string, Setting<unknown>>>(
  settings: S,
  env: NodeJS.ProcessEnv = process.env,
): Values<S> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    try {
      const text = env[setting.env] || firstLine(env[`${setting.env}_FILE`]);
      if (text) values[name] = setting.parse(text);
      else if ('fallback' in setting) values[name] = setting.fallback;
      else faults.push(`${setting.env} is missing (${setting.says})`);
    } catch (error) {
      faults.push(`${setting.env}: ${(error as Error).message} (${setting.says})`);
    }
  }
  if (faults.length > 0) throw new Error(`settings: ${faults.join('; ')}`);
  return values as Values<S>;
}

const firstLine = (file: string | undefined): string | undefined =>
  file ? readFileSync(file, 'utf8').split('\n', 1)[0]?.trim() : undefined;

export const text = (env: string, says: string, fallback?: string): Setting<string> => ({
  env,
  says,
  parse: (value) => value,
  ...(fallback === undefined ? {} : { fallback }),
});

export const whole = (env: string, says: string, fallback: number, least = 0): Setting<number> => ({
  env,
  says,
  fallback,
  parse(value) {
    if (!/^\d+$/.test(value) || Number(value) < least) throw new Error(`not a whole number of at least ${least}`);
    return Number(value);
  },
});

export const list = (env: string, says: string): Setting<string[]> => ({
  env,
  says,
  parse: (value) => value.split(',').map((s) => s.trim()),
});

/** What every process needs. Given, they are used; `npm start` gives its own. */
export const commonSettings = {
  databaseUrl: text('DATABASE_URL', 'PostgreSQL 15 or later'),
  redisUrl: text('REDIS_URL', 'Redis 7, maxmemory-policy noeviction'),
  kafkaBrokers: list('KAFKA_BROKERS', 'host:port, comma-separated'),
  host: text('LIENTHONG_HOST', 'address to listen on', '127.0.0.1'),
  namespace: text('LIENTHONG_NAMESPACE', 'prefix of topics, groups and Redis keys', ''),
  secretsDir: text('LIENTHONG_SECRETS_DIR', 'folder with one file a secret', '.lienthong/secrets'),
  statementKey: text('LIENTHONG_STATEMENT_KEY', 'file with the private key that signs statements', ''),
  hubId: text('LIENTHONG_HUB_ID', 'the hub’s id in statements', 'lienthong'),
  hubName: text(
    'LIENTHONG_HUB_NAME',
    'the hub’s name in statements, English after " · "',
    'Trục Liên Thông · Liên Thông hub',
  ),
  hubCode: text('LIENTHONG_HUB_CODE', 'its identifier (QĐ 20/2020/QĐ-TTg), e.g. H53', ''),
  logLevel: text('LIENTHONG_LOG_LEVEL', 'debug, info, warn, error', 'info'),
} as const;
