import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const STARTED_AGAIN_AFTER_MS = 1_000;
const READY_WITHIN_MS = 60_000;

/** One process slot of the hub. What ends without being told to is started again after a second, as under a supervisor. */
export class HubProcess {
  private child: ChildProcess | undefined;
  private wanted = false;
  private ready = Promise.withResolvers<void>();
  /** Where it last said that it listens. */
  port: number | undefined;
  /** How often it ended by itself. */
  endedByItself = 0;

  constructor(
    readonly name: string,
    private readonly app: string,
    private readonly env: Record<string, string>,
    readonly log: string,
  ) {}

  /** Resolves when it says that it is ready. */
  async start(): Promise<void> {
    this.wanted = true;
    this.begin();
    const { promise } = this.ready;
    const late = pause(READY_WITHIN_MS, 'late', { ref: false });
    if ((await Promise.race([promise, late])) === 'late') throw new Error(`${this.name} is not ready; see ${this.log}`);
  }

  /** With a signal that ends it, resolves when it has gone; it stays away until `start`. */
  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.wanted = false;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  private begin(): void {
    this.ready = Promise.withResolvers();
    const { ready } = this;
    const child = spawn(process.execPath, ['--no-warnings', `dist/apps/${this.app}/src/main.js`], {
      env: { ...inherited(), ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const log = createWriteStream(this.log, { flags: 'a' });
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.write(`${line}\n`);
      if (!line.includes('"msg":"ready"')) return;
      this.port = (JSON.parse(line) as { port: number }).port;
      ready.resolve();
    });
    child.stderr.on('data', (bytes: Buffer) => log.write(bytes));
    child.once('close', () => log.end());
    child.once('exit', () => {
      if (!this.wanted || this.child !== child) return;
      this.endedByItself++;
      setTimeout(() => this.wanted && this.child === child && this.begin(), STARTED_AGAIN_AFTER_MS);
    });
  }
}

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !key.startsWith('LIENTHONG_') && key !== 'NODE_OPTIONS'),
  ) as Record<string, string>;
