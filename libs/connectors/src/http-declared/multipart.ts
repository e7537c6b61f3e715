import { randomUUID } from 'node:crypto';
import type { Json } from '#wire';

import type { ReadFile } from '../connector.js';
import { Part, tooLong } from '../mapping/document-words.js';

/** All parts together: what one request may keep in memory. */
const MOST_BYTES = 64 * 1024 * 1024;

export type Multipart = { kind: 'made'; type: string; body: Buffer } | { kind: 'unmade'; reason: string };

interface Field {
  name: string;
  content: string | Buffer;
  filename?: string | undefined;
  mediaType?: string | undefined;
}

/** A body of parts (RFC 7578), its files from the hub's store. */
export async function multipartOf(
  members: Readonly<Record<string, Json | undefined>>,
  readFile: ReadFile | undefined,
  mostFile: number,
): Promise<Multipart> {
  const fields: Field[] = [];
  let size = 0;
  for (const [name, value] of Object.entries(members))
    for (const one of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      if (one === undefined || one === null) continue;
      const field = one instanceof Part ? await fileOf(name, one, readFile) : fieldOf(name, one);
      if (typeof field === 'string') return { kind: 'unmade', reason: `body.${name}: ${field}` };
      const { length } = field.content;
      if (field.filename !== undefined && length > mostFile)
        return { kind: 'unmade', reason: `body.${name}: ${tooLong(mostFile)}` };
      size += length;
      if (size > MOST_BYTES) return { kind: 'unmade', reason: `body: ${tooLong(MOST_BYTES)}` };
      fields.push(field);
    }
  const boundary = `lien-thong-${randomUUID()}`;
  return { kind: 'made', type: `multipart/form-data; boundary=${boundary}`, body: written(fields, boundary) };
}

const fieldOf = (name: string, value: Json): Field => ({
  name,
  content: typeof value === 'object' ? JSON.stringify(value) : String(value),
});

async function fileOf(name: string, part: Part, readFile: ReadFile | undefined): Promise<Field | string> {
  const { content, filename = name, mediaType } = part;
  if (typeof content === 'string') return { name, content, filename, mediaType: mediaType ?? 'text/plain' };
  if (!readFile) return 'no file is read here';
  try {
    return { name, content: await readFile(content.sha256), filename, mediaType };
  } catch (error) {
    if ((error as { code?: string }).code === 'FILE_NOT_HELD') return 'the file isn’t held';
    throw error;
  }
}

function written(fields: readonly Field[], boundary: string): Buffer {
  const parts: Buffer[] = [];
  for (const { name, content, filename, mediaType } of fields) {
    const called = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
    const type =
      filename === undefined
        ? ''
        : `content-type: ${/^[\w.+-]+\/[\w.+-]+$/.test(mediaType ?? '') ? mediaType : OCTETS}\r\n`;
    parts.push(
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"${called}\r\n${type}\r\n`),
      Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8'),
      Buffer.from('\r\n'),
    );
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return Buffer.concat(parts);
}

const OCTETS = 'application/octet-stream';

/** As browsers write it. */
const quoted = (text: string): string =>
  text.replace(/["\r\n]/g, (sign) => (sign === '"' ? '%22' : sign === '\r' ? '%0D' : '%0A'));
