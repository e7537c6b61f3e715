import { execFileSync } from 'node:child_process';
import { containersLeft, inContainers } from '../../../deploy/local/containers.mjs';

/** Command lines of running processes that speak of this folder: nothing of a stopped service may be among them. */
const processesNaming = (folder: string): string[] =>
  execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder) && !line.startsWith('ps '));

/** Whatever still runs for this folder: processes that name it, and the containers made for it, where there are any. */
export const leftRunning = async (folder: string): Promise<string[]> => [
  ...processesNaming(folder),
  ...(inContainers() ? await containersLeft(folder) : []),
];
