import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { refused } from '../refusals.js';

/** Between two tags: a cell holds 32,767 characters at most. */
const LONGEST_TEXT = 1_048_576;
const CHUNK = 65_536;

export interface TagTaker {
  open?: (tag: SaxesTagPlain) => void;
  close?: (name: string) => void;
  text?: (text: string) => void;
  /** Between two chunks. */
  pause?: () => Promise<void>;
}

/** Reads XML as it comes; what is none, or holds more between two tags than any sheet does, refuses the file. */
export class TagReader {
  private readonly parser = new SaxesParser();
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private sinceTag = 0;

  constructor({ open, close, text }: TagTaker) {
    const { parser } = this;
    parser.on('error', () => {
      throw refused('not-xlsx');
    });
    // Entities of its own would unfold to anything.
    parser.on('doctype', () => {
      throw refused('not-xlsx');
    });
    parser.on('opentag', (tag) => {
      this.sinceTag = 0;
      open?.(tag);
    });
    parser.on('closetag', ({ name }) => {
      this.sinceTag = 0;
      close?.(name);
    });
    if (text) {
      parser.on('text', text);
      parser.on('cdata', text);
    }
  }

  write(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += CHUNK) {
      const text = this.decoded(chunk.subarray(at, at + CHUNK));
      this.sinceTag += text.length;
      this.parser.write(text);
      if (this.sinceTag > LONGEST_TEXT) throw refused('bomb');
    }
  }

  end(): void {
    this.decoded();
    this.parser.close();
  }

  private decoded(chunk?: Buffer): string {
    try {
      return chunk ? this.decoder.decode(chunk, { stream: true }) : this.decoder.decode();
    } catch {
      throw refused('not-xlsx');
    }
  }
}

/** Gives every tag and text of a document to `take`. */
export async function eachTag(chunks: AsyncIterable<Buffer>, take: TagTaker): Promise<void> {
  const reader = new TagReader(take);
  for await (const chunk of chunks) {
    reader.write(chunk);
    await take.pause?.();
  }
  reader.end();
}

export const plain = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Characters that XML can't hold are written as their numbers: `_x000D_`. */
export const unescaped = (text: string): string =>
  text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))) : text; // prettier-ignore

/** A text cut out of a chunk keeps the whole chunk in memory; this one doesn't. */
export const own = (text: string): string =>
  text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
