import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { isAlive, myIdentity, until } from './processes.mjs';

/** Takes a lock file or says who holds it. A lock whose holder has ended, however it ended, is free. */
export function takeLock(file, note = {}) {
  const mine = `${file}.${process.pid}`;
  const text = JSON.stringify({ ...myIdentity(), ...note });
  writeFileSync(mine, text, { mode: 0o600 });
  try {
    for (;;) {
      if (linked(mine, file)) return { release: () => releaseIfMine(file, text) };
      const held = read(file);
      if (held === undefined) continue;
      const holder = JSON.parse(held);
      if (isAlive(holder)) return { holder };
      breakLock(mine, file, held);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Runs `work` while nobody else does; waits for a holder, telling once that it does. */
export async function oneAtATime(file, work, { bound = 600_000, waiting = () => {} } = {}) {
  let attempt = takeLock(file);
  if (attempt.holder) {
    waiting(attempt.holder);
    await until(() => (attempt = takeLock(file)).holder === undefined, bound, 100);
  }
  if (attempt.holder) throw new Error(`${file} is held by process ${attempt.holder.pid}`);
  try {
    return await work();
  } finally {
    attempt.release();
  }
}

/** Only one breaker at a time, and only the very lock that was seen stale: a lock taken meanwhile stays. */
function breakLock(mine, file, seen) {
  const guard = `${file}.breaking`;
  if (!linked(mine, guard)) {
    const other = read(guard);
    if (other !== undefined && !isAlive(JSON.parse(other))) rmSync(guard, { force: true });
    return;
  }
  try {
    if (read(file) === seen) unlinkSync(file);
  } finally {
    rmSync(guard, { force: true });
  }
}

function linked(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function releaseIfMine(file, text) {
  if (read(file) === text) rmSync(file, { force: true });
}
