import { existsSync, readFileSync } from 'node:fs';

/** What went wrong, said in one sentence that a person can act on. Anything else that is thrown is a bug and shows its stack. */
export class Trouble extends Error {
  constructor(vi, en, { exit = 1, log } = {}) {
    super(`${vi}\n${en}`);
    this.name = 'Trouble';
    this.vi = vi;
    this.en = en;
    this.exit = exit;
    this.log = log;
  }
}

/** Several at once, so that a person mends them in one go; a bug among them is thrown as it is. */
export function throwAll(errors) {
  const bug = errors.find((error) => !(error instanceof Trouble));
  if (bug) throw bug;
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1)
    throw new Trouble(errors.map(({ vi }) => vi).join('\n'), errors.map(({ en }) => en).join('\n'), errors[0]);
}

/** Runs a command's body; ends the process with its code. */
export async function runCommand(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    process.exitCode = tell(error);
  }
  process.exit();
}

/** Says what happened, the end of the log that belongs to it included; returns the exit code. */
export function tell(error) {
  if (!(error instanceof Trouble)) {
    process.stderr.write(`${error?.stack ?? error}\n`);
    return 1;
  }
  const tail = error.log ? lastLines(error.log, 12) : '';
  if (tail) process.stderr.write(`\n--- ${error.log}\n${tail}\n---\n`);
  process.stderr.write(`\n${error.message}\n`);
  return error.exit;
}

function lastLines(file, count) {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

/** Node 20 starts these scripts; Windows can't run what they start. */
export function refuseUnfitMachine(platform = process.platform, version = process.versions.node) {
  if (platform === 'win32') {
    throw new Trouble(
      'Trên Windows, hãy chạy dự án trong WSL2 (wsl --install).',
      'On Windows, run the project inside WSL2 (wsl --install).',
    );
  }
  const [major, minor] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11)) {
    throw new Trouble(
      `Cần Node 20.11 trở lên để khởi động (đang là ${version}); dự án tự mang Node 24 theo.`,
      `Node 20.11 or later is needed to begin (this is ${version}); the project brings its own Node 24.`,
    );
  }
}
