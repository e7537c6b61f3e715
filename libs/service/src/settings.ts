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

/** Reads all settings and throws one error that names everything missing or wrong. Values of secrets are never in it. */
export function readSettings<S extends Record<string, Setting<unknown>>>(
  settings: S,
  env: NodeJS.ProcessEnv = process.env,
): Values<S> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const text = env[setting.env];
    if (text === undefined || text === '') {
      if (!('fallback' in setting)) faults.push(`${setting.env} is missing (${setting.says})`);
      values[name] = setting.fallback;
      continue;
    }
    try {
      values[name] = setting.parse(text);
    } catch (error) {
      faults.push(`${setting.env}: ${(error as Error).message} (${setting.says})`);
    }
  }
  if (faults.length > 0) throw new Error(`settings: ${faults.join('; ')}`);
  return values as Values<S>;
}

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
  logLevel: text('LIENTHONG_LOG_LEVEL', 'debug, info, warn, error', 'info'),
} as const;
