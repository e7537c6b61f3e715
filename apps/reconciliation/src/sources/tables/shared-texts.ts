import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { refused } from '../refusals.js';
import { nameless } from '../spool.js';

const PAGE = 64 * 1_024;
/** 32 MiB: rows name their texts about in the order in which these stand. */
const PAGES_KEPT = 512;
const MOST_TEXTS = 20_000_000;
const MOST_BYTES = 1_024 * 1_048_576;

/**
 * Texts of a workbook by their numbers, in a file without a name; memory holds where each ends and the pages that were asked for
 * last. Read in place: a page is one read of a file that lies in the system's cache.
 */
export class SharedTexts {
  private ends = new Float64Array(1 << 12);
  private count = 0;
  private size = 0;
  private file: FileHandle | undefined;
  private filling: Buffer[] = [];
  private filled = 0;
  private written = 0;
  private readonly pages = new Map<number, Buffer>();

  /** Call `flushed` now and then, and when all are in. */
  add(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.size += bytes.length;
    if (this.count >= MOST_TEXTS || this.size > MOST_BYTES) throw refused('too-big');
    if (this.count === this.ends.length) {
      const room = new Float64Array(this.count * 2);
      room.set(this.ends);
      this.ends = room;
    }
    this.ends[this.count++] = this.size;
    this.filling.push(bytes);
    this.filled += bytes.length;
  }

  get mustFlush(): boolean {
    return this.filled >= PAGE;
  }

  async flush(): Promise<void> {
    this.file ??= await nameless();
    const bytes = Buffer.concat(this.filling);
    [this.filling, this.filled] = [[], 0];
    for (let at = 0; at < bytes.length;)
      at += (await this.file.write(bytes, at, bytes.length - at, this.written + at)).bytesWritten;
    this.written += bytes.length;
  }

  /** Undefined: there is no text of this number. */
  at(index: number): string | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.count) return undefined;
    const begin = index === 0 ? 0 : this.ends[index - 1]!;
    const end = this.ends[index]!;
    const [first, last] = [Math.floor(begin / PAGE), Math.floor(Math.max(begin, end - 1) / PAGE)];
    if (first === last) return this.page(first).toString('utf8', begin - first * PAGE, end - first * PAGE);
    const parts = [];
    for (let n = first; n <= last; n++) parts.push(this.page(n));
    return Buffer.concat(parts).toString('utf8', begin - first * PAGE, end - first * PAGE);
  }

  async close(): Promise<void> {
    this.pages.clear();
    await this.file?.close();
    this.file = undefined;
  }

  private page(n: number): Buffer {
    const known = this.pages.get(n);
    if (known) {
      // The order of a Map is that of use.
      this.pages.delete(n);
      this.pages.set(n, known);
      return known;
    }
    const [oldest] = this.pages.keys();
    const isFull = this.pages.size >= PAGES_KEPT && oldest !== undefined;
    const page = isFull ? this.pages.get(oldest)! : Buffer.alloc(PAGE);
    if (isFull) this.pages.delete(oldest);
    const wanted = Math.min(PAGE, this.written - n * PAGE);
    for (let got = 0; got < wanted;) {
      const read = readSync(this.file!.fd, page, got, wanted - got, n * PAGE + got);
      if (read === 0) throw new Error('a page of shared texts is short');
      got += read;
    }
    this.pages.set(n, page);
    return page;
  }
}
