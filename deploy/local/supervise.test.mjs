import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from './ports.mjs';
import { isAlive, recorded, until } from './processes.mjs';
import { backOff, createSupervisor, isLoud } from './supervise.mjs';

const program = `import { createServer } from 'node:http';
import { appendFileSync } from 'node:fs';
const [name, port, journal] = process.argv.slice(2);
if (name === 'broken') { console.error('no settings'); process.exit(2); }
createServer((request, response) => {
  if (request.url === '/die') process.exit(3);
  response.end(process.env.LIENTHONG_SUPERVISED);
}).listen(Number(port), '127.0.0.1', () => console.log('up'));
process.on('SIGTERM', () => { appendFileSync(journal, name + ' '); process.exit(0); });
`;

async function desk() {
  const folder = mkdtempSync(join(tmpdir(), 'lienthong-supervise-'));
  const script = join(folder, 'app.mjs');
  const journal = join(folder, 'journal');
  writeFileSync(script, program);
  const app = async (name) => {
    const port = await freePort();
    return {
      name,
      script,
      args: [name, String(port), journal],
      env: process.env,
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    };
  };
  return { folder, journal, app };
}

const reachable = (url) =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );

test('an app that dies is said and started again; at the end all stop, group after group', async () => {
  const { folder, journal, app } = await desk();
  const said = [];
  const supervisor = createSupervisor({
    folder,
    node: process.execPath,
    say: (line) => said.push(line),
    stopOrder: [['first'], ['second']],
  });
  const [second, first] = [await app('second'), await app('first')];
  supervisor.start(second);
  supervisor.start(first);
  await supervisor.ready();
  assert.equal(await (await fetch(first.readyUrl)).text(), '1');

  await fetch(first.readyUrl.replace('readyz', 'die')).catch(() => {});
  assert.ok(await until(() => said.some((line) => /first ended unexpectedly/.test(line)), 5_000));
  assert.ok(await until(() => reachable(first.readyUrl), 10_000));

  await supervisor.stop();
  assert.equal(readFileSync(journal, 'utf8'), 'first second ');
  assert.equal(await reachable(second.readyUrl), false);
  assert.match(readFileSync(join(folder, 'logs/first.log'), 'utf8'), /up\nup\n/);
});

test('an app that never becomes ready ends the start, and its log is named', async () => {
  const { folder, app } = await desk();
  const supervisor = createSupervisor({ folder, node: process.execPath });
  supervisor.start(await app('broken'));
  await assert.rejects(supervisor.ready(), (error) => /no settings/.test(readFileSync(error.log, 'utf8')));
  await supervisor.stop();
});

test('an app that was not built is named', async () => {
  const { folder, app } = await desk();
  const supervisor = createSupervisor({ folder, node: process.execPath });
  const missing = { ...(await app('intake')), script: join(folder, 'nowhere.js') };
  assert.throws(() => supervisor.start(missing), /nowhere\.js/);
});

test("a killed supervisor's apps end by themselves, and the next one finds nothing to stop", async () => {
  const { folder, journal, app } = await desk();
  const orphan = await app('orphan');
  const url = new URL('./supervise.mjs', import.meta.url).href;
  const script = `import { createSupervisor } from ${JSON.stringify(url)};
    const supervisor = createSupervisor({ folder: ${JSON.stringify(folder)}, node: process.execPath });
    supervisor.start({ ...${JSON.stringify({ ...orphan, env: undefined })}, env: process.env });
    await supervisor.ready(); console.log('ready');`;
  const killed = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => killed.stdout.once('data', resolve));
  const identity = recorded(join(folder, 'run/orphan.pid'));
  assert.ok(isAlive(identity));
  killed.kill('SIGKILL');
  assert.ok(await until(() => !isAlive(identity), 10_000));
  assert.equal(readFileSync(journal, 'utf8'), 'orphan ');
  assert.deepEqual(await createSupervisor({ folder, node: process.execPath }).sweep(), []);
  assert.equal(existsSync(join(folder, 'run/orphan.pid')), false);
});

test('it waits longer each time, up to half a minute', () => {
  assert.deepEqual([1, 2, 3, 5, 6, 20].map(backOff), [1, 2, 4, 16, 30, 30]);
});

test('errors are heard, chatter is not', () => {
  assert.equal(isLoud('{"level":30,"msg":"ready"}'), false);
  assert.equal(isLoud('{"level":50,"msg":"lost"}'), true);
  assert.equal(isLoud('{"level":"error","msg":"lost"}'), true);
  assert.equal(isLoud('{"level":"info","msg":"\\"error\\""}'), false);
  assert.equal(isLoud('Error: something'), true);
});
