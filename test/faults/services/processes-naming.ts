import { execFileSync } from 'node:child_process';

/** Command lines of running processes that speak of this folder: nothing of a stopped service may be among them. */
export const processesNaming = (folder: string): string[] =>
  execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder) && !line.startsWith('ps '));
