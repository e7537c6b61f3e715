import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { refused } from './refusals.js';
import { spoolFile, type SpooledFile } from './spool-file.js';

/** A file that was written to so lately may still be. */
const QUIET_MS = 2_000;
const MOST_LOOKS = 15;

/**
 * A file of the agency's own folder as it lies there once nobody writes to it any more; what changes while it is copied, or goes
 * on changing, is refused. A name leads nowhere out of the folder. `copying`: called once its copy begins.
 */
export async function fromOwnFolder(
  folder: string,
  name: string,
  { day, most, signal, copying }: { day: string; most: number; signal: AbortSignal; copying?: () => void },
): Promise<SpooledFile> {
  try {
    const [own, path] = [await realpath(folder), await realpath(join(folder, name))];
    if (!path.startsWith(own + sep)) throw refused('no-file', { at: day });
    await untilQuiet(path, signal);
    const file = await open(path, 'r');
    try {
      return await copied(file, path, most, copying);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = (error as { code?: string }).code;
    throw code === 'ENOENT' || code === 'ENOTDIR' ? refused('no-file', { at: day }) : error;
  }
}

async function copied(
  file: FileHandle,
  path: string,
  most: number,
  copying: () => void = () => undefined,
): Promise<SpooledFile> {
  const before = await file.stat();
  copying();
  const copy = await spoolFile(file.createReadStream({ autoClose: false }), most);
  const after = await stat(path);
  const isSame = before.mtimeMs === after.mtimeMs && before.ino === after.ino && copy.size === after.size;
  if (isSame) return copy;
  await copy.close();
  throw refused('still-written');
}

/** A clock of a share that is ahead of ours tells nothing; then only what changes while it is copied is seen. */
async function untilQuiet(path: string, signal: AbortSignal): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const age = Date.now() - (await stat(path)).mtimeMs;
    if (age < 0 || age >= QUIET_MS) return;
    await wait(QUIET_MS - age, undefined, { signal });
  }
  throw refused('still-written');
}
