import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ensureContainers } from './container-services.mjs';
import { inContainers } from './containers.mjs';
import { countJest, countTap, lastLine, nobody, sum } from './counts.mjs';
import { needEngine } from './docker.mjs';
import { checkout, folderAt, runFolder } from './place.mjs';
import { until } from './processes.mjs';
import { createProgress } from './progress.mjs';
import { claimRun, prepareCode, runSession, sayStopping } from './session.mjs';
import { bringUp } from './start-apps.mjs';

const scripts = join(checkout, 'deploy/local');
const jest = join(checkout, 'node_modules/jest/bin/jest.js');

const ENDS_WITHIN_MS = 10_000;

const usage = `npm test [-- FILE… or other arguments of jest]

Cài, biên dịch, khởi động PostgreSQL, Redis, Kafka riêng rồi chạy mọi bài kiểm thử.
Installs, builds, starts PostgreSQL, Redis and Kafka of its own, then runs every test; FILE names some of them.

TEST_SERVICES=containers npm test: các dịch vụ chạy trong container (testcontainers; cần Docker).
The services run in containers of the public images (testcontainers; needs Docker).`;

async function runTests(args, session) {
  const progress = createProgress();
  const folder = folderAt(runFolder, 'test');
  session.onStopping = () => sayStopping(progress);
  await claimRun(session, { folder, what: 'npm test', note: progress.note });
  const node = await prepareCode(progress, inContainers() ? needEngine : undefined);
  const { supervisor, services } = await bringUp({
    session,
    progress,
    options: {},
    node,
    folder,
    servicesFolder: folder,
    fresh: true,
    discard: true,
    ensure: inContainers() ? ensureContainers : undefined,
  });
  const env = {
    ...process.env,
    ...services,
    LIENTHONG_NODE: node,
    NODE_COMPILE_CACHE: join(runFolder, 'compile-cache'),
  };
  const run = (task) => supervisor.runAtTerminal({ ...task, env });

  const files = args.filter((arg) => !arg.startsWith('-'));
  const own = readdirSync(scripts).filter((name) => name.endsWith('.test.mjs'));
  const chosen = own.filter((name) => files.length === 0 || files.some((file) => file.endsWith(name)));
  const forJest = args.filter((arg) => !own.some((name) => arg.endsWith(name)));
  let counts = nobody;
  let ok = true;
  if (chosen.length > 0) {
    const result = await runOwn(run, chosen, join(folder, 'own.tap'));
    counts = sum(counts, result.counts);
    ok &&= result.ok;
  }
  if (files.length === 0 || forJest.some((arg) => !arg.startsWith('-'))) {
    const result = await runJest({ run, supervisor, progress }, forJest, join(folder, 'jest.json'));
    counts = sum(counts, result.counts);
    ok &&= result.ok;
  }
  session.last = lastLine(counts);
  return ok && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

/** The local scripts' own tests, with node's runner: they begin where no package is installed. */
async function runOwn(run, names, tap) {
  const reporters = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${tap}`,
  ];
  rmSync(tap, { force: true });
  const code = await run({
    name: 'test-own',
    options: ['--test', ...reporters],
    script: join(scripts, names[0]),
    args: names.slice(1).map((name) => join(scripts, name)),
  });
  return { ok: code === 0, counts: existsSync(tap) ? countTap(readFileSync(tap, 'utf8')) : { ...nobody, failed: 1 } };
}

/** Jest's own verdict; a run whose results are written but which something in a test keeps from ending is ended. */
async function runJest({ run, supervisor, progress }, args, json) {
  rmSync(json, { force: true });
  const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const running = run({ name: 'jest', script: jest, options, args: ['--json', `--outputFile=${json}`, ...args] });
  const ended = running.then(() => 'ended');
  const hangs = until(() => existsSync(json), Infinity, 500).then(() => wait(ENDS_WITHIN_MS, 'hangs', { ref: false }));
  if ((await Promise.race([ended, hangs])) === 'hangs') {
    progress.say(
      '  Có bài kiểm thử chưa dừng hẳn việc của nó · a test left something running (jest --detectOpenHandles)',
    );
    await supervisor.stopOne('jest');
  }
  if (!existsSync(json)) return { ok: false, counts: { ...nobody, failed: 1 } };
  const results = JSON.parse(readFileSync(json, 'utf8'));
  return { ok: results.success, counts: countJest(results) };
}

await runSession(async (session) => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return process.stdout.write(`${usage}\n`) && 0;
  return runTests(args, session);
});
