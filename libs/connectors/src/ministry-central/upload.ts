import { randomUUID } from 'node:crypto';

import { memberOf, type PartnerAnswer } from '#domain';

/** What the ministry gives for a file: later calls name it by these. */
export interface Uploaded {
  IdTepTin: string;
  HashTepTin: string;
}

/** multipart/form-data (RFC 7578) with the one part that the interface takes. */
export function multipart(file: { name: string; mediaType: string; bytes: Buffer }): { type: string; body: Buffer } {
  // A random word that no file holds by chance; it is no part of the item.
  const boundary = `lienthong-${randomUUID()}`;
  const name = file.name.replace(/[\r\n"]/g, (letter) => encodeURIComponent(letter));
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="files"; filename="${name}"\r\ncontent-type: ${file.mediaType}\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { type: `multipart/form-data; boundary=${boundary}`, body };
}

/** As the ministry answers, and as its proxy puts that answer into one of its own. Undefined: it names no file. */
export function uploadedIn(answer: PartnerAnswer): Uploaded | undefined {
  if (answer.kind !== 'answered') return undefined;
  for (const at of ['data[0]', 'data[0].response.data[0]']) {
    const [id, hash] = ['IdTepTin', 'HashTepTin'].map((member) => memberOf(answer.json, `${at}.${member}`));
    if (typeof id === 'string' && id !== '' && typeof hash === 'string') return { IdTepTin: id, HashTepTin: hash };
  }
  return undefined;
}
