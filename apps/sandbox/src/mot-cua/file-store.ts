import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files by their sha-256, as the one-stop keeps them: what citizens brought and what came back. */
export class FileStore {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  has(sha256: string): boolean {
    return isHash(sha256) && existsSync(join(this.folder, sha256));
  }

  read(sha256: string): Buffer | undefined {
    return this.has(sha256) ? readFileSync(join(this.folder, sha256)) : undefined;
  }

  /** False where the bytes have another hash: nothing is kept. */
  keep(sha256: string, bytes: Buffer): boolean {
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) return false;
    const file = join(this.folder, sha256);
    if (!existsSync(file)) {
      writeFileSync(`${file}.part`, bytes);
      renameSync(`${file}.part`, file);
    }
    return true;
  }
}

export const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
