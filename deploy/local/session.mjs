import { join } from 'node:path';
import { install } from './install.mjs';
import { build } from './build.mjs';
import { npmAbove, whenNpmEnds } from './callers.mjs';
import { oneAtATime, takeLock } from './lock.mjs';
import { folderAt, runFolder } from './place.mjs';
import { isAlive, stopProcess, stopTasks, until } from './processes.mjs';
import { checkNeeds } from './services.mjs';
import { Trouble, refuseUnfitMachine, tell } from './trouble.mjs';

const LAST_RUN_STOPS_WITHIN_MS = 60_000;
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * One command at a terminal. What its body started is stopped at its end, last first, and also at Ctrl-C, on SIGTERM, when
 * the terminal closes and when npm was killed above it. A second Ctrl-C doesn't wait for an ordered stop.
 */
export async function runSession(body) {
  const stops = [];
  const underWay = new Set();
  const session = { stopping: undefined, atEnd: (stop) => stops.push(stop), onForce: () => {}, onStopping: () => {} };
  /** Work that is finished even when a stop is asked for meanwhile, so that what it made can be taken back. */
  session.finish = async (start) => {
    if (session.stopping) throw new Error('stopping');
    const promise = start();
    underWay.add(promise);
    const result = await promise.finally(() => underWay.delete(promise));
    if (session.stopping) throw new Error('stopping');
    return result;
  };
  const interrupted = new Promise((resolve) => {
    const stop = (why) => {
      if (session.stopping) return session.onForce();
      session.stopping = why;
      resolve({ code: codes[why] ?? 1 });
    };
    for (const signal of Object.keys(codes)) process.on(signal, () => stop(signal));
    whenNpmEnds(() => stop('npm'));
  });
  const work = (async () => (refuseUnfitMachine(), body(session)))().then(
    (code) => ({ code: code ?? 0 }),
    (error) => ({ error }),
  );
  let outcome = await Promise.race([work, interrupted]);
  if (session.stopping) session.onStopping();
  if (outcome.error) outcome = { code: tell(outcome.error) };
  await stopTasks();
  await Promise.allSettled(underWay);
  for (const stop of stops.reverse()) await stop().catch((error) => tell(error));
  if (session.last) process.stdout.write(`${session.last}\n`);
  process.exit(session.stopping && session.stopIsSuccess ? 0 : outcome.code);
}

/** One run of a kind at a time in a checkout. A former one whose npm was killed is stopping: it is waited for. */
export async function claimRun(session, { folder, what, note = () => {} }) {
  const file = join(folderAt(folder), 'running.lock');
  const take = () => takeLock(file, { npm: npmAbove() });
  let attempt = take();
  if (attempt.holder && isAbandoned(attempt.holder)) {
    note('  Lần chạy trước đang dừng… · the former run is stopping…');
    const { holder } = attempt;
    if (!(await until(() => (attempt = take()).holder === undefined, LAST_RUN_STOPS_WITHIN_MS, 200))) {
      await stopProcess(holder, []);
      attempt = take();
    }
  }
  if (attempt.holder) {
    const { pid } = attempt.holder;
    throw new Trouble(
      `${what} đang chạy trong bản sao này (tiến trình ${pid}): hãy dừng nó (Ctrl-C, hoặc kill ${pid}) trước.`,
      `${what} is already running in this checkout (process ${pid}): stop it first (Ctrl-C, or kill ${pid}).`,
    );
  }
  session.atEnd(async () => attempt.release());
}

const isAbandoned = ({ npm = [] }) => npm.length > 0 && !npm.every(isAlive);

/** Installs and builds, one run of this checkout at a time; the path of Node 24. First, whether the services can be had. */
export async function prepareCode(progress, canHaveServices = checkNeeds) {
  await canHaveServices();
  const waiting = () => progress.note('  Một lần chạy khác đang cài đặt… · another run is installing…');
  return oneAtATime(
    join(folderAt(runFolder), 'prepare.lock'),
    async () => {
      const node = await progress.step('Thư viện', 'Dependencies', (detail) => install({ detail }));
      await progress.step('Biên dịch', 'Build', (detail) => build({ detail }));
      return node;
    },
    { waiting },
  );
}

export function sayStopping(progress) {
  progress.mute();
  progress.say('\n  Đang dừng… · stopping…');
}
