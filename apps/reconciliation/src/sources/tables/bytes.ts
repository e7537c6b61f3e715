import type { FileHandle } from 'node:fs/promises';

const CHUNK = 256 * 1024;

/** A file at random access. */
export interface Bytes {
  readonly size: number;
  at(place: number, length: number): Promise<Buffer>;
  from(place: number, length: number): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

export async function ofHandle(file: FileHandle): Promise<Bytes> {
  const { size } = await file.stat();
  const at = async (place: number, length: number): Promise<Buffer> => {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - place)));
    let got = 0;
    while (got < bytes.length) {
      const { bytesRead } = await file.read(bytes, got, bytes.length - got, place + got);
      if (bytesRead === 0) break;
      got += bytesRead;
    }
    return bytes.subarray(0, got);
  };
  return {
    size,
    at,
    async *from(place, length) {
      for (let from = place; from < place + length; from += CHUNK)
        yield await at(from, Math.min(CHUNK, place + length - from));
    },
    close: () => file.close(),
  };
}
