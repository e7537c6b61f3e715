import { pipeline, Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { refused } from '../refusals.js';
import type { Bytes } from './bytes.js';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const MOST_ENTRIES = 2_000;
const MOST_DIRECTORY = 1_048_576;
/** Of one entry, unfolded. Sheets fold to a tenth, a sheet of one repeated row to a fiftieth; more is no book. */
const MOST_BYTES = 1_024 * 1_048_576;
const MOST_RATIO = 200;
const FREE_BYTES = 16 * 1_048_576;

interface Entry {
  at: number;
  packed: number;
  isDeflated: boolean;
  isSecret: boolean;
}

/** The entries of a ZIP by their names, unfolded as they are read; bounded, whatever its headers say. */
export class ZipFile {
  private constructor(
    private readonly bytes: Bytes,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  static async open(bytes: Bytes): Promise<ZipFile> {
    const tail = Math.min(bytes.size, 65_557);
    const end = await bytes.at(bytes.size - tail, tail);
    let at = end.length - 22;
    while (at >= 0 && end.readUInt32LE(at) !== END) at--;
    if (at < 0) throw refused('not-xlsx');
    const [count, size, place] = [end.readUInt16LE(at + 10), end.readUInt32LE(at + 12), end.readUInt32LE(at + 16)];
    if (count > MOST_ENTRIES || size > MOST_DIRECTORY || place + size > bytes.size) throw refused('not-xlsx');
    return new ZipFile(bytes, entriesIn(await bytes.at(place, size), count));
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  async *read(name: string): AsyncGenerator<Buffer> {
    const entry = this.entries.get(name);
    if (!entry || entry.isSecret) throw refused('not-xlsx');
    const header = await this.bytes.at(entry.at, 30);
    if (header.length < 30) throw refused('not-xlsx');
    const begin = entry.at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (begin + entry.packed > this.bytes.size) throw refused('not-xlsx');
    let size = 0;
    try {
      for await (const chunk of this.unfolded(begin, entry)) {
        size += chunk.length;
        if (size > MOST_BYTES || (size > FREE_BYTES && size > entry.packed * MOST_RATIO)) throw refused('bomb');
        yield chunk;
      }
    } catch (error) {
      throw (error as { code?: unknown }).code?.toString().startsWith('Z_') ? refused('not-xlsx') : error;
    }
  }

  private unfolded(begin: number, { packed, isDeflated }: Entry): AsyncIterable<Buffer> {
    if (!isDeflated) return this.bytes.from(begin, packed);
    const inflate = createInflateRaw({ chunkSize: 65_536 });
    // Its error is the reader's: whoever iterates gets it.
    pipeline(Readable.from(this.bytes.from(begin, packed), { objectMode: false }), inflate, () => undefined);
    return inflate;
  }
}

function entriesIn(directory: Buffer, count: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let at = 0;
  for (let n = 0; n < count; n++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== ENTRY) throw refused('not-xlsx');
    const [flags, method] = [directory.readUInt16LE(at + 8), directory.readUInt16LE(at + 10)];
    const [name, extra, comment] = [28, 30, 32].map((place) => directory.readUInt16LE(at + place)) as [number, number, number]; // prettier-ignore
    const path = directory.toString('utf8', at + 46, at + 46 + name);
    // One name for two contents: which is read depends on the reader.
    if (entries.has(path)) throw refused('not-xlsx');
    entries.set(path, {
      at: directory.readUInt32LE(at + 42),
      packed: directory.readUInt32LE(at + 20),
      isDeflated: method === 8,
      isSecret: (flags & 1) === 1 || (method !== 0 && method !== 8),
    });
    at += 46 + name + extra + comment;
  }
  return entries;
}
