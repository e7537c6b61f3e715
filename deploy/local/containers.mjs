import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { docker } from './docker.mjs';
import { checkout } from './place.mjs';
import { until } from './processes.mjs';

/** True where the tests' services run in containers. */
export const inContainers = (env = process.env) => env.TEST_SERVICES === 'containers';

const CHECKOUT = 'vn.lienthong.tests';
const FOLDER = 'vn.lienthong.folder';
const owner = process.env.LIENTHONG_CONTAINERS_OF || createHash('sha256').update(checkout).digest('hex').slice(0, 16);
const mine = `${CHECKOUT}=${owner}`;

/** testcontainers, loaded when first needed. It would take a container more (Ryuk) to clear away what `sweep` does here. */
async function library() {
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  class OnThisMachineOnly extends GenericContainer {
    /** Left to itself, the engine publishes a port on every address. */
    async beforeContainerCreated() {
      for (const [binding] of Object.values(this.hostConfig.PortBindings ?? {})) binding.HostIp = '127.0.0.1';
    }
  }
  return { Container: OnThisMachineOnly, engine: await getContainerRuntimeClient() };
}

/**
 * A server in a container, made at its first start. It stands signals as a process would (SIGSTOP freezes the whole
 * container), and comes back on the same port with its data. Without `ports` it lives in this machine's own network.
 */
export function containerServer({ image, env, args, ports, folder = '', answers, within }) {
  let container;
  let running = false;
  const watch = () => {
    running = true;
    const ended = container.wait().catch(() => undefined);
    return ended.then(() => (running = false));
  };
  let gone;

  const untilItAnswers = async () => {
    gone = watch();
    await until(async () => !running || (await answers().catch(() => false)), within);
    if (!running || !(await answers().catch(() => false)))
      throw new Error(`${image} did not start:\n${await logsOf(container)}`);
  };

  return {
    async start() {
      if (container) {
        await container.start();
        return untilItAnswers();
      }
      const { Container, engine } = await library();
      const made = new Container(image).withEnvironment(env).withCommand(args).withLabels(labelsOf(folder));
      if (ports) made.withExposedPorts(...ports.map((port) => ({ container: port, host: port })));
      else made.withNetworkMode('host');
      made.withWaitStrategy(
        waiting(async ({ id }) => {
          container = engine.container.getById(id);
          await untilItAnswers();
        }),
      );
      await made.start();
    },
    isRunning: () => running,
    /** Resolves when the server has gone, where the signal ends one. */
    async signal(signal) {
      if (!running) return;
      if (signal === 'SIGSTOP') return void (await container.pause());
      if (signal === 'SIGCONT') return void (await container.unpause().catch(() => {}));
      await container.kill({ signal });
      await gone;
    },
    async remove() {
      await container?.remove({ force: true, v: true });
      await gone;
    },
  };
}

const labelsOf = (folder) => Object.fromEntries([mine.split('='), [FOLDER, folder]]);

/** What testcontainers asks of a way to wait; the bound is ours. */
const waiting = (waitUntilReady) => ({
  waitUntilReady,
  withStartupTimeout: () => {},
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => Infinity,
});

async function logsOf(container) {
  const lines = await container.logs({ stdout: true, stderr: true, tail: 30 }).catch(String);
  return lines.toString('utf8');
}

/** Names of this checkout's test containers, of one folder's where it is given. */
export async function containersLeft(folder) {
  const filters = [mine, ...(folder === undefined ? [] : [`${FOLDER}=${folder}`])].flatMap((l) => [
    '--filter',
    `label=${l}`,
  ]);
  return (await docker(['ps', '--all', '--quiet', ...filters])).split('\n').filter(Boolean);
}

/** Removes this checkout's test containers, whoever made them: one run at a time has any. */
export async function sweep() {
  const left = await containersLeft();
  if (left.length > 0) await docker(['rm', '--force', '--volumes', ...left]).catch(() => {});
}

/** A process that sweeps when this one ends, however it ends: kill -9 too. Returns how to let it go early. */
export function sweepWhenGone() {
  const script = fileURLToPath(new URL('./sweep-containers.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  child.stdin.unref();
  return () => child.stdin.end();
}
