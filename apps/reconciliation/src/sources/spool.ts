import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Line } from '#wire';
import type { TakeLines } from '../lines/line-source.js';
import { linesIn } from './lines-in.js';

/** More than most days of most partners. */
const IN_MEMORY = 6_000;
const BATCH = 2_000;

/**
 * Lines that don't count yet: a reading is handed on only once it has proved whole. Beyond some thousands they lie in a file
 * that has no name from its first byte on, so that it ends with us.
 */
export class Spool {
  private kept: Line[] = [];
  private file: FileHandle | undefined;
  private size = 0;
  lines = 0;

  async add(lines: readonly Line[]): Promise<void> {
    this.lines += lines.length;
    this.kept.push(...lines);
    if (this.kept.length > IN_MEMORY) await this.write();
  }

  async handOn(take: TakeLines, signal: AbortSignal): Promise<void> {
    if (this.file) {
      await this.write();
      const stream = this.file.createReadStream({ start: 0, end: this.size - 1, autoClose: false });
      for await (const texts of linesIn(stream, { longest: Infinity })) {
        signal.throwIfAborted();
        for (let i = 0; i < texts.length; i += BATCH)
          await take(texts.slice(i, i + BATCH).map((text) => JSON.parse(text) as Line));
      }
      return;
    }
    for (let i = 0; i < this.kept.length; i += BATCH) {
      signal.throwIfAborted();
      await take(this.kept.slice(i, i + BATCH));
    }
  }

  async close(): Promise<void> {
    this.kept = [];
    await this.file?.close();
    this.file = undefined;
  }

  private async write(): Promise<void> {
    this.file ??= await nameless();
    const bytes = Buffer.from(this.kept.map((line) => `${JSON.stringify(line)}\n`).join(''), 'utf8');
    await this.file.write(bytes, 0, bytes.length, this.size);
    this.size += bytes.length;
    this.kept = [];
  }
}

/** Readable by us alone, and by nobody once we end. */
export async function nameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `lienthong-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}
