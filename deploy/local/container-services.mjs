import { randomBytes } from 'node:crypto';
import { containerServer, sweep, sweepWhenGone } from './containers.mjs';
import { reach } from './given.mjs';
import { kafka } from './kafka.mjs';
import { freePort } from './ports.mjs';
import { postgres } from './postgres.mjs';
import { redis } from './redis.mjs';

const kinds = [postgres, redis, kafka];

/** What `ensureServices` gives, in containers of the public images, for one run of the tests: nothing of them is kept. */
export async function ensureContainers({ folder, log = () => {}, env = process.env }) {
  const given = kinds.filter(({ variable }) => env[variable]);
  const own = kinds.filter((kind) => !given.includes(kind));
  await Promise.all(given.map((kind) => reach(kind, env[kind.variable])));
  await sweep();
  const letGo = sweepWhenGone();
  const stop = async () => {
    await sweep();
    letGo();
  };
  try {
    const began = Date.now();
    const started = await Promise.all(own.map((kind) => startInContainer(kind, folder)));
    log(`${own.map(({ title }) => title).join(', ')}: containers, ${((Date.now() - began) / 1000).toFixed(1)} s`);
    const urls = [...given.map(({ variable }) => [variable, env[variable]]), ...started];
    return { ...Object.fromEntries(urls), watch: () => () => {}, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startInContainer(kind, folder) {
  const address = { port: await freePort(), secondPort: await freePort(), password: randomBytes(16).toString('hex') };
  const url = kind.url(address);
  const { image, env, args } = kind.container(address);
  const answers = () => kind.answers(url);
  const server = containerServer({
    image,
    env,
    args,
    ports: [address.port],
    folder,
    answers,
    within: kind.readyWithin,
  });
  await server.start();
  return [kind.variable, url];
}
