import {
  closeSync,
  createReadStream,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';

/** applied: changed the partner's state. repeat: recognised as already held. refused: nothing changed. */
export type Effect = 'applied' | 'repeat' | 'refused';

/** One thing that arrived from outside. `kept` is what later answers of the partner need of it. */
export interface Arrival {
  agency: string;
  operation: string;
  code: string;
  hash: string;
  effect: Effect;
  status?: number;
  eventId?: string;
  kept?: unknown;
}

/** What the partner did by itself: its clock, its clerks, its settings. Kept for the restart, not served as a book. */
export interface OwnAct {
  agency: string;
  operation: string;
  code: string;
  effect: 'own';
  status?: number;
  kept?: unknown;
}

export type Written<T> = T & { n: number; at: string };

const stride = 1_000;
const syncEveryMs = 250;

/**
 * An append-only NDJSON file. A line is written before append returns, so a kill -9 loses nothing that was answered;
 * fdatasync follows in groups, so a power cut may lose the last quarter of a second.
 */
export class Book<T extends object> {
  private readonly fd: number;
  private size = 0;
  private last = 0;
  /** Told of each line after it is in the file; not of those read again at the start. */
  heard: (line: Written<T>) => void = () => undefined;
  /** Offset of line n at index floor(n / stride), for a reader that starts in the middle. */
  private readonly marks: number[] = [];
  private syncing: NodeJS.Timeout | undefined;

  constructor(
    readonly file: string,
    replay: (line: Written<T>) => void,
  ) {
    mkdirSync(dirname(file), { recursive: true });
    this.fd = openSync(file, 'a+');
    this.readThrough(replay);
  }

  /** The number of the last line. */
  get length(): number {
    return this.last;
  }

  append(line: T): Written<T> {
    const written: Written<T> = { n: this.last + 1, at: new Date().toISOString(), ...line };
    const bytes = Buffer.from(`${JSON.stringify(written)}\n`);
    for (let from = 0; from < bytes.length;) from += writeSync(this.fd, bytes, from);
    this.count(bytes.length);
    this.syncing ??= setTimeout(() => {
      this.syncing = undefined;
      fdatasync(this.fd, () => undefined);
    }, syncEveryMs).unref();
    this.heard(written);
    return written;
  }

  /** Lines after n as they stand now, straight from the file; `show` gives a line's text or leaves it out. */
  read(after: number, show: (line: Written<T>, text: string) => string | undefined): Readable {
    const until = this.size;
    const start = this.marks[Math.floor((after + 1) / stride)] ?? (after < this.last ? 0 : until);
    const out = new PassThrough();
    if (start >= until) return out.end();
    const pick = async (): Promise<void> => {
      let rest = '';
      for await (const chunk of createReadStream(this.file, { start, end: until - 1, encoding: 'utf8' })) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        const picked = lines.flatMap((text) => {
          const line = JSON.parse(text) as Written<T>;
          return line.n > after ? (show(line, text) ?? []) : [];
        });
        if (picked.length > 0 && !out.write(`${picked.join('\n')}\n`)) await drained(out);
        if (out.destroyed) return;
      }
      out.end();
    };
    pick().catch((error: unknown) => out.destroy(error as Error));
    return out;
  }

  close(): void {
    clearTimeout(this.syncing);
    closeSync(this.fd);
  }

  private count(bytes: number): void {
    this.last += 1;
    if (this.last % stride === 0) this.marks[this.last / stride] = this.size;
    this.marks[0] ??= 0;
    this.size += bytes;
  }

  /** A last line that a kill cut short was never answered: it is taken off. */
  private readThrough(replay: (line: Written<T>) => void): void {
    const total = fstatSync(this.fd).size;
    const chunk = Buffer.alloc(1 << 20);
    let rest: Buffer = Buffer.alloc(0);
    for (let at = 0; at < total;) {
      const got = readSync(this.fd, chunk, 0, chunk.length, at);
      if (got === 0) break;
      at += got;
      const block = Buffer.concat([rest, chunk.subarray(0, got)]);
      let from = 0;
      for (let end = block.indexOf(10, from); end >= 0; end = block.indexOf(10, from)) {
        const line = JSON.parse(block.toString('utf8', from, end)) as Written<T>;
        this.count(end + 1 - from);
        replay(line);
        from = end + 1;
      }
      rest = Buffer.from(block.subarray(from));
    }
    if (rest.length > 0) ftruncateSync(this.fd, this.size);
  }
}

const drained = (out: PassThrough): Promise<void> =>
  new Promise((resolve) => {
    out.once('drain', resolve);
    out.once('close', resolve);
  });
