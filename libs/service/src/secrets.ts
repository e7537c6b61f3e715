import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_AGAIN_MS = 1_000;

/** Secrets from files, one a name; a file that changes while we run is read again within a second. Values leave this class to the caller only. */
export class Secrets {
  private readonly read = new Map<string, { changed: number; value: string; lookedAt: number }>();

  constructor(private readonly folder: string) {}

  /** Whether it is there and can be read. */
  has(name: string): boolean {
    try {
      this.get(name);
      return true;
    } catch {
      return false;
    }
  }

  get(name: string): string {
    if (!/^[\w.-]+$/.test(name)) throw new Error('a secret is named by letters, digits, dot, hyphen and underscore');
    const known = this.read.get(name);
    const now = performance.now();
    if (known && now - known.lookedAt < LOOK_AGAIN_MS) return known.value;
    const path = join(this.folder, name);
    const changed = statSync(path).mtimeMs;
    const value = known?.changed === changed ? known.value : readFileSync(path, 'utf8').trim();
    this.read.set(name, { changed, value, lookedAt: now });
    return value;
  }
}
