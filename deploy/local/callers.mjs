import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { identityOf, isAlive } from './processes.mjs';

const WATCH_EVERY_MS = 500;
const AT_MOST = 3;

/** The npm that started this process and the shell between them; nobody where it was started directly. */
export function npmAbove(env = process.env) {
  if (!env.npm_lifecycle_event) return [];
  const above = [];
  let pid = process.ppid;
  for (let i = 0; i < AT_MOST && pid > 1; i += 1) {
    const seen = look(pid);
    if (!seen) return [];
    above.push(identityOf(pid));
    if (/(^|[\s/])npm(-cli)?(\.js)?(\s|$)/.test(seen.command)) return above.filter(Boolean);
    pid = seen.parent;
  }
  return [];
}

/** Calls `gone` once when npm or its shell was killed: nobody is left who could press Ctrl-C. */
export function whenNpmEnds(gone, above = npmAbove()) {
  if (above.length === 0) return;
  const timer = setInterval(() => {
    if (above.every(isAlive)) return;
    clearInterval(timer);
    gone();
  }, WATCH_EVERY_MS);
  timer.unref();
}

function look(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
    }
    const [parent, ...command] = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return { parent: Number(parent), command: command.join(' ') };
  } catch {
    return undefined;
  }
}
