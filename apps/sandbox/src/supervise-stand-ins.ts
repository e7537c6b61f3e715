import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { standInNames, type StandInName } from './stand-in/stand-in.js';

const againAfterMs = 500;

interface Child {
  process: ChildProcess;
  port?: number;
  controlPort?: number;
}

/** Each stand-in in a process of its own, started again when it dies: its book brings it back to where it was. */
export class Supervisor {
  private readonly children = new Map<StandInName, Child>();
  private readonly restarts = new Map<StandInName, number>();
  private stopping = false;

  constructor(
    private readonly main = join(import.meta.dirname, 'stand-in.main.js'),
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  /** Resolves when all of them listen. */
  async start(): Promise<void> {
    await Promise.all(standInNames.map((name) => this.spawn(name)));
  }

  running(name: StandInName): {
    pid: number | undefined;
    port: number | undefined;
    controlPort: number | undefined;
    restarts: number;
  } {
    const child = this.children.get(name);
    return {
      pid: child?.process.pid,
      port: child?.port,
      controlPort: child?.controlPort,
      restarts: this.restarts.get(name) ?? 0,
    };
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const ends = [...this.children.values()].map(
      ({ process: child }) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve();
          child.once('exit', () => resolve());
          child.kill('SIGTERM');
        }),
    );
    await Promise.all(ends);
  }

  private spawn(name: StandInName): Promise<void> {
    const child = spawn(process.execPath, [this.main, name], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const entry: Child = { process: child };
    this.children.set(name, entry);
    return new Promise((resolve, reject) => {
      if (child.stdout) {
        createInterface({ input: child.stdout }).on('line', (line) => {
          Object.assign(entry, JSON.parse(line) as { port: number; controlPort: number });
          resolve();
        });
      }
      child.once('exit', (code) => {
        if (entry.port === undefined) reject(new Error(`stand-in ${name} ended with ${code} before it listened`));
        if (this.stopping) return;
        this.restarts.set(name, (this.restarts.get(name) ?? 0) + 1);
        setTimeout(() => {
          if (!this.stopping) void this.spawn(name).catch(() => undefined);
        }, againAfterMs);
      });
    });
  }
}
