import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import type { FileReference } from '#wire';
import { MAX_FILE_BYTES } from './read-file-body.js';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Messages name no media type; what a name says is all there is. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.xml': 'application/xml',
  '.doc': 'application/msword',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.zip': 'application/zip',
};

/** A file that came in base64 inside a message. Undefined: it isn't base64, is empty, or is larger than a file may be. */
export function fileWithin(
  name: string,
  base64: string,
): { bytes: Buffer; reference: Pick<FileReference, 'sha256' | 'name' | 'mediaType' | 'size'> } | undefined {
  if (base64.length === 0 || base64.length > Math.ceil(MAX_FILE_BYTES / 3) * 4 || !isBase64(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || bytes.length > MAX_FILE_BYTES) return undefined;
  const mediaType = MEDIA_TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, reference: { sha256, name, mediaType, size: bytes.length } };
}

/** In pieces: one expression over megabytes would be remembered as deep as it is long. */
function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const piece = 65_536;
  for (let at = 0; at < text.length; at += piece) {
    const part = text.slice(at, at + piece);
    if (!BASE64.test(part) || (at + piece < text.length && part.endsWith('='))) return false;
  }
  return true;
}
