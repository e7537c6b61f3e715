import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { docker, skipWithout } from './docker.mjs';
import { images } from './images.mjs';
import { freePort } from './ports.mjs';
import { until } from './processes.mjs';
import { redis } from './redis.mjs';

// Containers of this test's own: a sweep here must not take those on which the rest of a run lives.
process.env.LIENTHONG_CONTAINERS_OF = `test-${randomBytes(6).toString('hex')}`;
const { containerServer, containersLeft, sweep } = await import('./containers.mjs');
const skip = await skipWithout(images.redis);
after(() => skip || sweep());

const address = { port: await freePort(), password: 'p' };
const answers = () => redis.answers(redis.url(address));

test(
  'a server in a container stands what a process stands, and is reached from this machine alone',
  { skip },
  async () => {
    const { image, env, args } = redis.container(address);
    const server = containerServer({ image, env, args, ports: [address.port], folder: '/a', answers, within: 60_000 });
    await server.start();
    const [id] = await containersLeft('/a');
    assert.deepEqual(await containersLeft('/b'), []);
    assert.equal(await docker(['port', id, String(address.port)]), `127.0.0.1:${address.port}`);
    assert.equal(
      await docker([
        'exec',
        id,
        'redis-cli',
        '-p',
        String(address.port),
        '-a',
        'p',
        '--no-auth-warning',
        'set',
        'a',
        '1',
      ]),
      'OK',
    );

    await server.signal('SIGSTOP');
    assert.equal(await answers(), false);
    await server.signal('SIGCONT');
    assert.ok(await until(answers, 10_000));
    await server.signal('SIGSTOP');
    await server.signal('SIGKILL');
    assert.equal(server.isRunning(), false);
    await server.start();
    assert.equal(
      await docker(['exec', id, 'redis-cli', '-p', String(address.port), '-a', 'p', '--no-auth-warning', 'get', 'a']),
      '1',
    );
    await server.remove();
    assert.deepEqual(await containersLeft(), []);
  },
);

test('a server that ends before it answers is told with its last words', { skip }, async () => {
  const server = containerServer({
    image: images.redis,
    env: {},
    args: ['redis-server', '--nonsense', 'x'],
    answers,
    within: 60_000,
  });
  await assert.rejects(server.start(), /did not start:[^]*nonsense/);
  await sweep();
});

test('what a killed run leaves is removed by its sweeper', { skip }, async () => {
  const script = `import { containerServer, sweepWhenGone } from ${JSON.stringify(new URL('./containers.mjs', import.meta.url).href)};
    sweepWhenGone();
    await containerServer({ image: process.argv[1], env: {}, args: [], answers: async () => true, within: 60_000 }).start();
    console.log('started');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, images.redis], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  assert.equal((await containersLeft()).length, 1);
  child.kill('SIGKILL');
  assert.ok(await until(async () => (await containersLeft()).length === 0, 60_000, 200));
});
