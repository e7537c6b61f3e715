import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { otherPorts } from './apps.mjs';
import { ensureDatabase, hasDatabase } from './databases.mjs';
import { checkout, folderAt, pathFromCaller, runFolder } from './place.mjs';
import { createProgress } from './progress.mjs';
import { claimRun, prepareCode, sayStopping } from './session.mjs';
import { appEnvironment, bringUp, runSetUp, startApps } from './start-apps.mjs';
import { Trouble } from './trouble.mjs';

const processes = ['intake', 'delivery', 'reconciliation', 'sandbox'];
const mainJob = join(checkout, 'dist/apps/sandbox/src/main-job.main.js');
const forgetNamespaces = join(checkout, 'deploy/local/forget-namespaces.mjs');

/**
 * The main job: processes, database, topics and books of its own, beside whatever else runs here. A run that was cut is
 * continued by the next with the same arguments; else the former run's data goes and a fresh one begins.
 */
export async function runOnce(options, session) {
  const progress = createProgress(options);
  const folder = folderAt(runFolder, 'once');
  session.onStopping = () => sayStopping(progress);
  await claimRun(session, { folder, what: 'npm start -- --once', note: progress.note });
  const node = await prepareCode(progress);
  if (!existsSync(mainJob)) throw new Trouble(`Không có ${mainJob}.`, `${mainJob} is not there.`);

  const { supervisor, services } = await bringUp({
    session,
    progress,
    options,
    node,
    folder,
    servicesFolder: runFolder,
  });

  const file = join(folder, 'run.json');
  const last = readRun(file);
  const dataIsThere = last && (await hasDatabase(services.DATABASE_URL, databaseOf(last.k)));
  const asked = { cases: options.cases, seed: options.seed };
  const { run, former } = nextRun(last, asked, options.fresh || !dataIsThere);
  if (!run.continued) await forget({ supervisor, folder, services, runs: [former, run.k] });
  run.ports = await otherPorts({ remembered: run.ports });
  remember(file, run);
  if (run.continued) progress.note('  Tiếp tục lần chạy bị cắt · continuing the run that was cut');

  const own = folderAt(folder, String(run.k));
  const appEnv = appEnvironment({
    base: withoutSettings(process.env),
    services: { ...services, DATABASE_URL: await ensureDatabase(services.DATABASE_URL, databaseOf(run.k)) },
    ports: run.ports,
    host: '127.0.0.1',
    folder: own,
    namespace: namespaceOf(run.k),
    agencies: join(checkout, 'deploy/provinces/uong-bi-2021/agencies'),
  });
  await runSetUp({ supervisor, progress, env: appEnv });
  await startApps({ supervisor, progress, env: appEnv, names: processes });
  const code = await supervisor.runAtTerminal({
    name: 'main-job',
    script: mainJob,
    args: mainJobArguments(options),
    env: appEnv,
  });
  if (session.stopping || code === null) return 1;
  remember(file, { ...run, finished: true });
  return code;
}

const databaseOf = (k) => `lienthong_once_${k}`;
const namespaceOf = (k) => `once${k}`;

/** Which run this is: the one that was cut, or the next; `former` is the one whose data is to be removed. */
export function nextRun(last, asked, fresh = false) {
  const same = last && last.cases === asked.cases && last.seed === asked.seed;
  if (same && !last.finished && !fresh) return { run: { ...last, continued: true }, former: undefined };
  return { run: { k: (last?.k ?? 0) + 1, ...asked, finished: false }, former: last?.k };
}

function readRun(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function remember(file, { k, cases, seed, ports, finished }) {
  writeFileSync(`${file}.new`, JSON.stringify({ k, cases, seed, ports, finished }));
  renameSync(`${file}.new`, file);
}

/** What earlier runs of these numbers left; of the new one's too, whose number may have been used on given services. */
async function forget({ supervisor, folder, services, runs }) {
  const known = runs.filter((k) => k !== undefined);
  const args = known.flatMap((k) => [databaseOf(k), namespaceOf(k)]);
  const env = { ...process.env, ...services };
  const { code, log } = await supervisor.run({ name: 'forget', script: forgetNamespaces, args, env });
  if (code !== 0)
    throw new Trouble('Không xoá được dữ liệu lần trước.', "The former run's data could not be removed.", { log });
  for (const k of known) rmSync(join(folder, String(k)), { recursive: true, force: true });
}

/** The main job is the same whatever the shell was told for the usual start. */
const withoutSettings = (env) =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('LIENTHONG_') || name === 'LIENTHONG_LOG_LEVEL'),
  );

function mainJobArguments({ cases, seed, json }) {
  const given = Object.entries({ cases, seed, json: json && pathFromCaller(json) }).filter(
    ([, value]) => value !== undefined,
  );
  return given.flatMap(([name, value]) => [`--${name}`, value]);
}
