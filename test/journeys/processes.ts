import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Started {
  pid: number;
  port: number;
  /** What the process said when it was ready. */
  said: Record<string, unknown>;
  /** Lines it has written, newest last, at most 2,000. */
  lines: string[];
  kill(signal: NodeJS.Signals): Promise<void>;
  exited: Promise<void>;
}

/** Starts a built process and resolves when it says that it is ready. */
export async function start(script: string, args: string[], env: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, ['--no-warnings', `dist/apps/${script}`, ...args], {
    env: { ...clean(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const exited = once(child, 'exit').then(() => undefined);
  const said = await readyLine(child, lines, script);
  return {
    pid: child.pid!,
    port: Number(said.port),
    said,
    lines,
    exited,
    async kill(signal) {
      child.kill(signal);
      await exited;
    },
  };
}

function readyLine(child: ChildProcess, lines: string[], script: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const take = (line: string): void => {
      lines.push(line);
      if (lines.length > 2_000) lines.shift();
      if (!line.startsWith('{')) return;
      const said = JSON.parse(line) as Record<string, unknown>;
      if (said.ready === true || said.msg === 'ready') resolve(said);
    };
    createInterface({ input: child.stdout! }).on('line', take);
    createInterface({ input: child.stderr! }).on('line', (line) => lines.push(line));
    child.once('exit', (code) =>
      reject(new Error(`${script} ended (${code}) before it was ready:\n${lines.slice(-30).join('\n')}`)),
    );
  });
}

/** Runs a built program to its end. */
export async function run(
  script: string,
  args: string[],
  env: Record<string, string>,
  input?: string,
): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, ['--no-warnings', `dist/apps/${script}`, ...args], {
    env: { ...clean(process.env), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end(input ?? '');
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

const clean = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(([key]) => !key.startsWith('LIENTHONG_') && key !== 'NODE_OPTIONS'),
  ) as Record<string, string>;
