import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these scripts belong to, wherever they are called from. */
export const checkout = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Everything that a run leaves behind is in here; deleting it (with nothing running) is a fresh start. */
export const runFolder = join(checkout, '.lienthong');

/** Made so that PostgreSQL's unprivileged user may pass through it; what is secret inside has a mode of its own. */
export function folderAt(...parts) {
  const folder = join(...parts);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}

/** Where a path given on the command line is meant: npm moves to the checkout and says where it came from. */
export function pathFromCaller(path, env = process.env, cwd = process.cwd()) {
  const callersFolder = cwd === checkout && env.npm_lifecycle_event && env.INIT_CWD ? env.INIT_CWD : cwd;
  return resolve(callersFolder, path);
}
