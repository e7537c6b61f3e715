import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { images } from './images.mjs';
import { onPath } from './install.mjs';
import { folderAt } from './place.mjs';
import { Trouble } from './trouble.mjs';

/** Redis from the system's redis-server. Retry timers are in it: written every second, and never evicted. */
const keeping = { appendonly: 'yes', appendfsync: 'everysec', 'maxmemory-policy': 'noeviction' };
const settings = { bind: '127.0.0.1', 'protected-mode': 'yes', ...keeping, save: '""', daemonize: 'no' };

export const redis = {
  name: 'redis',
  title: 'Redis',
  variable: 'REDIS_URL',
  stopSignals: [['SIGTERM', 10_000]],
  readyWithin: 30_000,
  settings: JSON.stringify(settings),

  needs: [findProgram],

  prepare: async ({ folder }) => ({ program: findProgram(), place: folderAt(folder, 'redis') }),

  command({ program, place }, { port, password }) {
    const data = folderAt(place, 'data');
    const file = join(place, 'redis.conf');
    const lines = Object.entries({ ...settings, port, requirepass: password, dir: `"${data}"` });
    if (existsSync(file)) rmSync(file);
    writeFileSync(file, `${lines.map((line) => line.join(' ')).join('\n')}\n`, { mode: 0o600 });
    return { command: program, args: [file], cwd: place, env: process.env };
  },

  /** Who may reach it is the network's business here; whoever does needs the password. */
  container({ port, password }) {
    const all = Object.entries({ ...keeping, save: '', port, requirepass: password });
    return { image: images.redis, env: {}, args: ['redis-server', ...all.flatMap(([k, v]) => [`--${k}`, String(v)])] };
  },

  url: ({ port, password }) => `redis://:${password}@127.0.0.1:${port}`,

  answers: async (url) => /\+PONG/.test(await exchange(new URL(url))),

  places: ({ folder }) => [join(folder, 'redis')],
};

function findProgram() {
  const program = onPath('redis-server');
  if (program) return program;
  throw new Trouble(
    'Không tìm thấy redis-server: hãy cài (apt-get install redis-server, hoặc brew install redis) hay đặt REDIS_URL.',
    'redis-server was not found: install it (apt-get install redis-server, or brew install redis) or set REDIS_URL.',
  );
}

/** What a server says to AUTH and PING; empty when nothing (or something else) listens. */
function exchange({ hostname, port, password }) {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let said = '';
    const end = () => {
      socket.destroy();
      resolve(said);
    };
    socket.setTimeout(2_000, end);
    socket.once('error', end);
    socket.once('close', end);
    socket.once('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (data) => {
      said += data;
      if (/PONG|-LOADING|-ERR|-WRONGPASS/.test(said)) end();
    });
  });
}
