import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const programs = {
  'bo-tu-phap': 'consumer.mjs',
  // A one-stop that speaks the portal's protocol reads what others say of its cases in its topic.
  'mot-cua-cu': 'consumer.mjs',
  'bo-cong-an': 'webhook.mjs',
  'bo-ngoai-giao': 'feed.mjs',
};
export type Ministry = keyof typeof programs;

interface Received {
  id: string;
  subject: string;
  sequence: string;
  type: string;
}

/** The ministries' own programs (docs/consume), each with its environment, nothing of ours, and a book that it writes. */
export class Consumers {
  private readonly running = new Map<Ministry, ChildProcess>();
  private readonly environments = new Map<Ministry, Record<string, string>>();

  constructor(private readonly folder: string) {}

  /** Resolves once the program runs; what listens says where in its first line. */
  async start(ministry: Ministry, env: Record<string, string>): Promise<string> {
    this.environments.set(ministry, env);
    const child = spawn(process.execPath, [`docs/consume/${programs[ministry]}`], {
      env: { PATH: process.env.PATH, LIENTHONG_AGENCY: ministry, CONSUMER_BOOK: this.bookOf(ministry), ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.running.set(ministry, child);
    const lines = createInterface({ input: child.stdout });
    if (ministry !== 'bo-cong-an') {
      lines.resume();
      return '';
    }
    const [line] = (await once(lines, 'line')) as [string];
    return line;
  }

  /** Killed without a chance to say what it had done, and begun again. */
  async restart(ministry: Ministry): Promise<void> {
    const child = this.running.get(ministry)!;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    await this.start(ministry, this.environments.get(ministry)!);
  }

  /** `code short-type` of every line of its book. */
  held(ministry: Ministry): string[] {
    const book = this.bookOf(ministry);
    const lines = existsSync(book) ? readFileSync(book, 'utf8').split('\n').slice(0, -1) : [];
    return lines
      .map((line) => JSON.parse(line) as Received)
      .map(({ subject, type, sequence }) => `${subject.slice('case/'.length)} ${type.split('.')[3]} ${sequence}`);
  }

  stop(): void {
    for (const child of this.running.values()) child.kill('SIGKILL');
  }

  private bookOf(ministry: Ministry): string {
    return join(this.folder, `${ministry}.ndjson`);
  }
}
