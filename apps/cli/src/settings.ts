import { userInfo } from 'node:os';
import { commonSettings, readSettings, text, whole } from '#service/plain';

const { databaseUrl, redisUrl, kafkaBrokers, host, namespace, secretsDir } = commonSettings;

const port = (name: string, says: string, fallback: number) => whole(`LIENTHONG_${name}_PORT`, says, fallback);

/** Each verb asks for what it needs: `case show` works from a machine that reaches intake only. */
export const ledgerSettings = (env: NodeJS.ProcessEnv) => readSettings({ databaseUrl }, env);
export const setUpSettings = (env: NodeJS.ProcessEnv) =>
  readSettings({ databaseUrl, kafkaBrokers, namespace, secretsDir }, env);
export const doctorSettings = (env: NodeJS.ProcessEnv) =>
  readSettings({ databaseUrl, redisUrl, kafkaBrokers, namespace, secretsDir, host }, env);
export const secretSettings = (env: NodeJS.ProcessEnv) => readSettings({ secretsDir }, env);

/** Undefined: KAFKA_BROKERS isn't set, and whoever asks shows what is known without it. */
export const kafkaSettings = (env: NodeJS.ProcessEnv) => {
  if (!env.KAFKA_BROKERS) return undefined;
  const read = readSettings({ kafkaBrokers, namespace }, env);
  return { brokers: read.kafkaBrokers, clientId: 'lienthong-cli', namespace: read.namespace };
};

/** Who an operation is said to be by. */
export function authorOf(env: NodeJS.ProcessEnv): string {
  const says = 'who orders operations; the user of this machine unless told';
  const { author } = readSettings({ author: text('LIENTHONG_AUTHOR', says, '') }, env);
  if (author !== '') return author;
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}

export const intakeUrl = (env: NodeJS.ProcessEnv): string => addressOf(env, 'INTAKE', 8081);
export const reconciliationUrl = (env: NodeJS.ProcessEnv): string => addressOf(env, 'RECONCILIATION', 8083);

/** Ports of every process; the sandbox is there only where nothing is real. */
export const processes = [
  { name: 'intake', port: 8081, required: true },
  { name: 'delivery', port: 8082, required: true },
  { name: 'reconciliation', port: 8083, required: true },
  { name: 'console', port: 8080, required: true },
  { name: 'sandbox', port: 8090, required: false },
] as const;

export function addressOf(env: NodeJS.ProcessEnv, name: string, otherwise: number): string {
  const read = readSettings(
    {
      url: text(`LIENTHONG_${name}_URL`, `address of ${name.toLowerCase()}`, ''),
      host,
      port: port(name, `port of ${name.toLowerCase()}`, otherwise),
    },
    env,
  );
  // A process that listens on all addresses is asked on this machine's own.
  const at = read.host === '0.0.0.0' || read.host === '::' ? '127.0.0.1' : read.host;
  return read.url === '' ? `http://${at.includes(':') ? `[${at}]` : at}:${read.port}` : read.url.replace(/\/$/, '');
}
