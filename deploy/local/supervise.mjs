import { appendFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { checkout, folderAt } from './place.mjs';
import { identityOf, isAlive, killLeftovers, launch, stopLeftBehind, stopProcess, until } from './processes.mjs';
import { Trouble } from './trouble.mjs';

const leash = new URL('./leash.mjs', import.meta.url).href;
const LOG_LIMIT = 20_000_000;
const READY_WITHIN_MS = 90_000;
const STEADY_AFTER_MS = 60_000;
const TRIES_BEFORE_READY = 3;
// A process of ours bounds its own stop at 15 s; this is for one that can't.
const stopSignals = [['SIGTERM', 20_000]];
const LOUD_LEVEL = 50;

/** Seconds before a process that ended is started again: 1, 2, 4 … at most 30. */
export const backOff = (endedInARow) => Math.min(30, 2 ** (endedInARow - 1));

/**
 * Starts processes and keeps them running. `folder` holds their records and logs; what a killed supervisor left there is
 * stopped first by `sweep`. `say` takes a line for the person at the terminal.
 */
export function createSupervisor({ folder, node, say = () => {}, showLogs = false, stopOrder = [] }) {
  const records = folderAt(folder, 'run');
  const logs = folderAt(folder, 'logs');
  const running = new Map();
  let stopping = false;

  function spawn({ name, script, args = [], env, options = [] }, out = 'pipe') {
    if (stopping) throw new Error('stopping');
    const child = launch({
      record: join(records, `${name}.pid`),
      command: node,
      args: ['--disable-warning=TimeoutNegativeWarning', ...options, '--import', leash, script, ...args],
      cwd: checkout,
      env: { ...env, LIENTHONG_LEASHED_BY: String(process.pid) },
      out,
      leash: true,
    });
    return { child, identity: identityOf(child.pid) };
  }

  /** Output into the app's log; `eachLine` gets every whole line. */
  function logOf({ name }, child, eachLine) {
    const log = join(logs, `${name}.log`);
    const write = logWriter(log, eachLine);
    child.stdout.on('data', write);
    child.stderr.on('data', write);
    return log;
  }

  /** Starts an app and starts it again whenever it ends by itself. */
  function start(app) {
    if (!existsSync(app.script)) {
      throw new Trouble(
        `Không có ${app.script}: bản dịch của ${app.name} thiếu.`,
        `${app.script} is not there: ${app.name} was not built.`,
      );
    }
    const state = { app, ended: 0, ready: false };
    running.set(app.name, state);
    const begin = () => {
      const since = Date.now();
      Object.assign(state, spawn({ ...app, env: { ...app.env, LIENTHONG_SUPERVISED: '1' } }));
      state.log = logOf(app, state.child, (line) => (showLogs || isLoud(line)) && say(`[${app.name}] ${line}`));
      state.child.once('exit', (code, signal) => {
        killLeftovers(state.child.pid);
        if (stopping) return;
        state.ended = Date.now() - since > STEADY_AFTER_MS ? 1 : state.ended + 1;
        const pause = backOff(state.ended);
        if (state.ready || state.ended < TRIES_BEFORE_READY) {
          say(
            `${app.name} dừng đột ngột (${signal ?? code}), khởi động lại sau ${pause} s · ${app.name} ended unexpectedly, again in ${pause} s`,
          );
          state.timer = setTimeout(begin, pause * 1_000);
        } else state.given = `${signal ?? code}`;
      });
    };
    begin();
  }

  /** Waits until each app says that it is ready; an app that ends again and again before that ends the start. */
  async function ready(detail = () => {}) {
    const waiting = new Set(running.keys());
    await Promise.all(
      [...running.values()].map(async (state) => {
        const { name, readyUrl } = state.app;
        await until(
          async () => stopping || state.given !== undefined || (await isReady(readyUrl)),
          READY_WITHIN_MS,
          100,
        );
        if (stopping) return;
        if (state.given !== undefined || !(await isReady(readyUrl))) {
          const { log } = state;
          throw new Trouble(
            `${name} không sẵn sàng được; lý do ở trên.`,
            `${name} did not become ready; the reason is above.`,
            { log },
          );
        }
        state.ready = true;
        waiting.delete(name);
        detail(waiting.size > 0 ? `… ${[...waiting].join(', ')}` : `${running.size} tiến trình · processes`);
      }),
    );
  }

  /** Runs a program to its end, its output into its log; its exit code, or null where a signal ended it. */
  async function run(task) {
    const { child, identity } = spawn(task);
    const log = logOf(task, child, (line) => showLogs && say(`[${task.name}] ${line}`));
    return { code: await ended(task, child, identity), log };
  }

  /** The same for a program that speaks to the person at the terminal itself. */
  async function runAtTerminal(task) {
    const { child, identity } = spawn(task, 'inherit');
    return ended(task, child, identity);
  }

  async function ended(task, child, identity) {
    running.set(task.name, { app: task, child, identity });
    // Whatever it left in its session would hold its output open.
    child.once('exit', () => killLeftovers(child.pid));
    const code = await new Promise((resolve) => child.once('close', resolve));
    running.delete(task.name);
    rmSync(join(records, `${task.name}.pid`), { force: true });
    return code;
  }

  /** Stops everything that was started: first what the order doesn't name, then its groups, all of a group at once. */
  async function stop() {
    stopping = true;
    const named = new Set(stopOrder.flat());
    const rest = [...running.keys()].filter((name) => !named.has(name));
    for (const group of [rest, ...stopOrder]) await Promise.all(group.map((name) => stopOne(name)));
  }

  async function stopOne(name) {
    const state = running.get(name);
    if (!state) return;
    clearTimeout(state.timer);
    if (isAlive(state.identity)) await stopProcess(state.identity, stopSignals);
    killLeftovers(state.child.pid);
    rmSync(join(records, `${name}.pid`), { force: true });
    running.delete(name);
  }

  /** At once, without asking: the second Ctrl-C. */
  const kill = () => [...running.values()].forEach(({ child }) => killLeftovers(child.pid));

  return { sweep: () => stopLeftBehind(records, stopSignals), start, ready, run, runAtTerminal, stop, stopOne, kill };
}

async function isReady(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

/** Pino's lines from error up, and whatever isn't Pino's. */
export function isLoud(line) {
  if (!line.startsWith('{')) return true;
  const level = /"level":(\d+|"[a-z]+")/.exec(line)?.[1];
  if (level === undefined) return false;
  return /"(error|fatal)"/.test(level) || Number(level) >= LOUD_LEVEL;
}

/** Appends to a log, kept below twice its limit, and hands over each whole line. */
function logWriter(file, eachLine) {
  let size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (data) => {
    if (size > LOG_LIMIT) {
      renameSync(file, `${file}.1`);
      size = 0;
    }
    appendFileSync(file, data);
    size += data.length;
    const lines = (rest + decoder.write(data)).split('\n');
    rest = lines.pop();
    lines.filter(Boolean).forEach(eachLine);
  };
}
