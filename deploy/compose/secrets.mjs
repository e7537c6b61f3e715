import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const usual = join(dirname(fileURLToPath(import.meta.url)), 'secrets');

/** Everything written down together, so that an address never holds another password than its server. */
const filesOf = (postgres, redis) => ({
  postgres_password: postgres,
  database_url: `postgres://lienthong:${postgres}@postgres:5432/lienthong`,
  redis_password: redis,
  redis_conf: ['appendonly yes', 'appendfsync everysec', 'maxmemory-policy noeviction', `requirepass ${redis}`].join(
    '\n',
  ),
  redis_url: `redis://:${redis}@redis:6379`,
});

/**
 * The passwords of compose.yaml's services, made once; files that are there stay. Only their owner enters the folder; the
 * files themselves can be read by whatever user a container runs as.
 */
export function makeSecrets(folder = usual) {
  if (existsSync(join(folder, 'postgres_password'))) return false;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const password = () => randomBytes(24).toString('hex');
  // The one that is looked for comes last: what was cut is made anew.
  const files = Object.entries(filesOf(password(), password())).reverse();
  for (const [name, text] of files) writeFileSync(join(folder, name), `${text}\n`, { mode: 0o644 });
  return true;
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  const made = makeSecrets();
  process.stdout.write(made ? `✓ ${usual}\n` : `✓ đã có từ trước · already there: ${usual}\n`);
}
