import { join } from 'node:path';
import { apps } from './apps.mjs';
import { checkout, folderAt } from './place.mjs';
import { Trouble } from './trouble.mjs';

const stopOrder = [['intake'], ['delivery', 'reconciliation', 'console'], ['sandbox']];

/** What every process of a run is told. */
export function appEnvironment({ services, ports, host, folder, namespace, agencies }) {
  const { DATABASE_URL, REDIS_URL, KAFKA_BROKERS } = services;
  return {
    ...process.env,
    ...ports,
    DATABASE_URL,
    REDIS_URL,
    KAFKA_BROKERS,
    LIENTHONG_HOST: host,
    LIENTHONG_NAMESPACE: namespace,
    LIENTHONG_AGENCIES_DIR: agencies,
    LIENTHONG_BOOKS_DIR: process.env.LIENTHONG_BOOKS_DIR || folderAt(folder, 'books'),
    LIENTHONG_SECRETS_DIR: process.env.LIENTHONG_SECRETS_DIR || folderAt(folder, 'secrets'),
    NODE_COMPILE_CACHE: join(checkout, '.lienthong', 'compile-cache'),
  };
}

const mainOf = (app) => join(checkout, 'dist', 'apps', app, 'src', 'main.js');

/** Migrates the database, applies the agency files, creates keys and secrets; done again, it changes nothing. */
export async function runSetUp({ supervisor, progress, env }) {
  await progress.step('Thiết lập', 'Set-up', async () => {
    const args = ['setup', '--agencies', env.LIENTHONG_AGENCIES_DIR];
    const { code, log } = await supervisor.run({ name: 'setup', script: mainOf('cli'), args, env });
    if (code === 0) return;
    throw new Trouble('Thiết lập không thành công; lý do ở trên.', 'Set-up did not succeed; the reason is above.', { log });
  });
}

export async function startApps({ supervisor, progress, env, names, session }) {
  // Registered before the first one starts: a start that fails half way stops what it started, in the same order.
  session.atEnd(() => supervisor.stop(stopOrder));
  await progress.step('Tiến trình', 'Processes', async (detail) => {
    for (const { name, port } of apps.filter((app) => names.includes(app.name))) {
      const at = env.LIENTHONG_HOST === '0.0.0.0' ? '127.0.0.1' : env.LIENTHONG_HOST;
      const own = { ...env, LIENTHONG_INSTANCE: env.LIENTHONG_INSTANCE ?? `${name}-1` };
      supervisor.start({ name, script: mainOf(name), env: own, readyUrl: `http://${at}:${env[port]}/readyz` });
    }
    await supervisor.ready(detail);
  });
}
