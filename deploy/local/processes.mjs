import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const onLinux = process.platform === 'linux';
const bootId = onLinux ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : '';

/**
 * A process writes its own record before it becomes the program: there is no moment in which a killed supervisor leaves
 * a child that nobody knows. The start time in it keeps a recycled number from ever being taken for ours.
 */
const RECORD_THEN_BECOME = onLinux
  ? 'read -r boot </proc/sys/kernel/random/boot_id; read -r stat </proc/$$/stat; echo "$boot $stat" >&3; exec 3>&-; exec "$@"'
  : 'echo "- $$ $(ps -o lstart= -p $$)" >&3; exec 3>&-; exec "$@"';

/** What tells a process from another that later gets its number; nothing for one that has ended. */
export function identityOf(pid) {
  try {
    return onLinux ? fromStat(bootId, readFileSync(`/proc/${pid}/stat`, 'utf8')) : fromPs(pid);
  } catch {
    return undefined;
  }
}

function fromStat(boot, stat) {
  const pid = Number(stat.slice(0, stat.indexOf(' ')));
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, started: `${boot}/${rest[18]}` };
}

function fromPs(pid) {
  const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/);
  if (!state || state.startsWith('Z')) return undefined;
  return { pid, started: started.join(' ') };
}

export const isAlive = (identity) => identity !== undefined && identityOf(identity.pid)?.started === identity.started;

export const myIdentity = () => identityOf(process.pid);

/** The process that a record speaks of, if that very process is still there. */
export function recorded(file) {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8').trim();
  const [boot, ...rest] = text.split(' ');
  if (rest.length < 3) return undefined;
  const identity = onLinux
    ? fromStat(boot, rest.join(' '))
    : { pid: Number(rest[0]), started: rest.slice(1).filter(Boolean).join(' ') };
  return isAlive(identity) ? identity : undefined;
}

/**
 * Starts a program in a session of its own, so that Ctrl-C reaches only whoever stops it in order; with `ownSession: false`
 * it ends with its starter's process group.
 * `out` is a file descriptor or 'pipe'; `leash` gives it a channel whose end tells it that its starter is gone.
 */
export function launch({ record, command, args, cwd, env, user, out, leash = false, ownSession = true }) {
  const recordFile = openSync(record, 'w');
  try {
    return spawn('/bin/sh', ['-c', RECORD_THEN_BECOME, 'sh', command, ...args], {
      cwd,
      env,
      detached: ownSession,
      stdio: ['ignore', out, out, recordFile, ...(leash ? ['ipc'] : [])],
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
    });
  } finally {
    closeSync(recordFile);
  }
}

/** Programs that run to an end of their own (npm ci, mvn): an interrupted run ends them. */
const tasks = new Set();

/** Starts a program and waits for its exit code; null where a signal ended it. */
export async function runTask(options) {
  const child = launch(options);
  const task = { pid: child.pid };
  tasks.add(task);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
  } finally {
    tasks.delete(task);
    rmSync(options.record, { force: true });
  }
}

export const stopTasks = () =>
  Promise.all([...tasks].map(({ pid }) => stopProcess(identityOf(pid), undefined, { group: true })));

/** Signals in turn, each with its bound in milliseconds, to the process or, with `group`, to all that it started. */
export async function stopProcess(identity, signals = [['SIGTERM', 10_000]], { group = false } = {}) {
  if (!identity) return;
  for (const [signal, bound] of [...signals, ['SIGKILL', 5_000]]) {
    if (!isAlive(identity)) return;
    if (group) send(-identity.pid, signal);
    send(identity.pid, signal);
    if (await until(() => !isAlive(identity), bound)) return;
  }
}

/** What a program left in its own session after its end. */
export const killLeftovers = (pid) => send(-pid, 'SIGKILL');

function send(target, signal) {
  try {
    process.kill(target, signal);
  } catch (error) {
    // EPERM: the number belongs to somebody else by now.
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}

/** Waits for a condition, not for a time; false when `bound` milliseconds passed first. */
export async function until(condition, bound, every = 40) {
  const end = Date.now() + bound;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= end) return false;
    await wait(every);
  }
}

/** Stops what a killed run left behind under this folder of records. Returns their names. */
export async function stopLeftBehind(folder, signals) {
  if (!existsSync(folder)) return [];
  const records = readdirSync(folder).filter((name) => name.endsWith('.pid'));
  const found = records.map((name) => ({
    name: name.slice(0, -4),
    file: join(folder, name),
    identity: recorded(join(folder, name)),
  }));
  await Promise.all(
    found.map(async ({ identity, file }) => {
      if (identity) await stopProcess(identity, signals, { group: true });
      rmSync(file, { force: true });
    }),
  );
  return found.filter(({ identity }) => identity).map(({ name }) => name);
}
