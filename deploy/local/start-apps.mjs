import { join } from 'node:path';
import { apps } from './apps.mjs';
import { checkout, folderAt } from './place.mjs';
import { ensureServices } from './services.mjs';
import { createSupervisor } from './supervise.mjs';
import { Trouble } from './trouble.mjs';

const stopOrder = [['intake'], ['delivery', 'reconciliation', 'console'], ['sandbox']];

/** What every process of a run is told; `base` is the environment that it comes from. */
export function appEnvironment({ base = process.env, services, ports, host, folder, namespace, agencies }) {
  return {
    ...base,
    ...ports,
    ...services,
    LIENTHONG_HOST: host,
    LIENTHONG_NAMESPACE: namespace,
    LIENTHONG_AGENCIES_DIR: agencies,
    LIENTHONG_BOOKS_DIR: base.LIENTHONG_BOOKS_DIR || folderAt(folder, 'books'),
    LIENTHONG_SECRETS_DIR: base.LIENTHONG_SECRETS_DIR || folderAt(folder, 'secrets'),
    NODE_COMPILE_CACHE: join(checkout, '.lienthong', 'compile-cache'),
  };
}

/** Clears what a killed run of this kind left, brings up the services and a supervisor; both end with the session. */
export async function bringUp(how) {
  const { session, progress, options, node, folder, servicesFolder, fresh, discard, ensure = ensureServices } = how;
  const supervisor = createSupervisor({ folder, node, say: progress.say, showLogs: options.logs, stopOrder });
  session.onForce = supervisor.kill;
  await supervisor.sweep();
  const services = await session.finish(() =>
    progress.step('Dịch vụ', 'Services', async (log) => {
      const ensured = await ensure({ folder: servicesFolder, fresh, discard, log });
      session.atEnd(ensured.stop);
      return ensured;
    }),
  );
  if (services.remark) progress.note(services.remark);
  const endWatch = services.watch(progress.say);
  session.atEnd(async () => endWatch());
  session.atEnd(supervisor.stop);
  const { DATABASE_URL, REDIS_URL, KAFKA_BROKERS } = services;
  return { supervisor, services: { DATABASE_URL, REDIS_URL, KAFKA_BROKERS } };
}

const mainOf = (app) => join(checkout, 'dist', 'apps', app, 'src', 'main.js');

/** Migrates the database, applies the agency files, creates keys and secrets; done again, it changes nothing. */
export async function runSetUp({ supervisor, progress, env }) {
  await progress.step('Thiết lập', 'Set-up', async () => {
    const args = ['setup', '--agencies', env.LIENTHONG_AGENCIES_DIR];
    const { code, log } = await supervisor.run({ name: 'setup', script: mainOf('cli'), args, env });
    if (code === 0) return;
    throw new Trouble('Thiết lập không thành công; lý do ở trên.', 'Set-up did not succeed; the reason is above.', {
      log,
    });
  });
}

export async function startApps({ supervisor, progress, env, names }) {
  await progress.step('Tiến trình', 'Processes', async (detail) => {
    for (const { name, port, options } of apps.filter((app) => names.includes(app.name))) {
      const at = env.LIENTHONG_HOST === '0.0.0.0' ? '127.0.0.1' : env.LIENTHONG_HOST;
      const own = { ...env, LIENTHONG_INSTANCE: `${name}-1` };
      supervisor.start({ name, script: mainOf(name), options, env: own, readyUrl: `http://${at}:${env[port]}/readyz` });
    }
    await supervisor.ready(detail);
  });
}
