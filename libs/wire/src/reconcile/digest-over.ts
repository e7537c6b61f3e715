import { createHash } from 'node:crypto';

/** Byte order of UTF-8, as PostgreSQL's collation "C" has it; UTF-16's own differs beyond the basic plane. */
export function byteOrder(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (a.charCodeAt(at) === b.charCodeAt(at)) at++;
  const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
  if (one < 0xd800 || other < 0xd800 || Number.isNaN(one) || Number.isNaN(other))
    return Number.isNaN(one) || one < other ? -1 : 1;
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

/** The digest of lines that come in the byte order of keys, and of hashes where a key is there more than once. */
export class DigestOver {
  private readonly over = createHash('sha256');
  private key = '';
  private hash = '';
  private pending = '';
  lines = 0;

  /** False: it isn't in order, and nothing is added. */
  add(key: string, hash: string): boolean {
    const order = this.lines === 0 ? -1 : byteOrder(this.key, key);
    if (order > 0 || (order === 0 && this.hash > hash)) return false;
    this.pending += `${key}\n${hash}\n`;
    if (this.pending.length > 16_384) this.flush();
    [this.key, this.hash] = [key, hash];
    this.lines += 1;
    return true;
  }

  /** Of what was added so far; more may be added afterwards. */
  digest(): string {
    this.flush();
    return this.over.copy().digest('hex');
  }

  private flush(): void {
    this.over.update(this.pending, 'utf8');
    this.pending = '';
  }
}

/** Of a range without lines. */
export const emptyDigest = createHash('sha256').digest('hex');
