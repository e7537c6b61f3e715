import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { MinistryStandIn } from '../bo-noi-vu/bo-noi-vu.stand-in.js';
import { PortalStandIn } from '../cong-dvc/cong-dvc.stand-in.js';
import { ProceduresStandIn } from '../csdl-tthc/csdl-tthc.stand-in.js';
import { LltpStandIn } from '../lltp/lltp.stand-in.js';
import { FirstLltpStandIn } from '../lltp-gen1/lltp-gen1.stand-in.js';
import { OneStopStandIn } from '../mot-cua/mot-cua.stand-in.js';
import {
  firstLltpSettings,
  lltpSettings,
  ministrySettings,
  oneStopSettings,
  portalSettings,
  proceduresSettings,
  vneidSettings,
} from '../settings.js';
import { listen } from '../stand-in/listen.js';
import type { PlayedName, StandIn, StandInName } from '../stand-in/stand-in.js';
import { VneidStandIn } from '../vneid/vneid.stand-in.js';

const root = join(import.meta.dirname, '..', '..', '..', '..');

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'sandbox-'));

export const sample = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(root, 'apps', 'sandbox', 'samples', path), 'utf8')) as Record<string, unknown>;

interface Answered {
  status: number;
  body: unknown;
  headers: Headers;
}

/** A stand-in on free ports, and what a test says to it over HTTP. */
export interface Running {
  partner: string;
  control: string;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answered>;
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  lines(path: string): Promise<Record<string, unknown>[]>;
  stop: () => Promise<void>;
}

type Environment = Record<string, string | undefined>;

export const makers: Record<PlayedName, (env: Environment) => StandIn> = {
  lltp: (env) => new LltpStandIn(lltpSettings(env)),
  'cong-dvc': (env) => new PortalStandIn(portalSettings(env)),
  'mot-cua': (env) => new OneStopStandIn(oneStopSettings(env)),
  'bo-noi-vu': (env) => new MinistryStandIn(ministrySettings(env)),
  'lltp-gen1': (env) => new FirstLltpStandIn(firstLltpSettings(env)),
  vneid: (env) => new VneidStandIn(vneidSettings(env)),
  'csdl-tthc': (env) => new ProceduresStandIn(proceduresSettings(env)),
};

/** In this process, over real sockets. */
export async function run(name: PlayedName, booksDir: string, env: Environment = {}): Promise<Running> {
  const { port, controlPort, stop } = await listen(makers[name]({ LIENTHONG_BOOKS_DIR: booksDir, ...env }), {
    host: '127.0.0.1',
    port: 0,
    controlPort: 0,
  });
  return talkTo(port, controlPort, stop);
}

/** As a process of its own, from what was built, so that it can be killed. */
export async function runProcess(name: StandInName, booksDir: string): Promise<Running & { process: ChildProcess }> {
  const main = join(root, 'dist', 'apps', 'sandbox', 'src', 'stand-in.main.js');
  if (!existsSync(main)) throw new Error('build first: npm run build');
  const free = { LIENTHONG_LLTP_PORT: '0', LIENTHONG_PORTAL_PORT: '0', LIENTHONG_ONESTOP_PORT: '0' };
  const child = spawn(process.execPath, [main, name], {
    env: { PATH: process.env['PATH'], LIENTHONG_BOOKS_DIR: booksDir, ...free },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { port, controlPort } = JSON.parse(line) as { port: number; controlPort: number };
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { ...talkTo(port, controlPort, stop), process: child };
}

function talkTo(port: number, controlPort: number, stop: () => Promise<void>): Running {
  const partner = `http://127.0.0.1:${port}`;
  const control = `http://127.0.0.1:${controlPort}`;
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> => {
    const answer = await fetch(partner + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, body: readText(await answer.text()) };
  };
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const more =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return readText(await (await fetch(control + path, { method, ...more })).text());
  };
  const lines = async (path: string): Promise<Record<string, unknown>[]> => {
    const text = await (await fetch(control + path)).text();
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return { partner, control, post, ask, lines, stop };
}

function readText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
