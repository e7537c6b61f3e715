import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Secrets from files, one a name; a file that changes while we run is read again. Values never leave this class but to the caller. */
export class Secrets {
  private readonly read = new Map<string, { changed: number; value: string }>();

  constructor(private readonly folder: string) {}

  get(name: string): string {
    if (!/^[\w.-]+$/.test(name)) throw new Error('a secret is named by letters, digits, dot, hyphen and underscore');
    const path = join(this.folder, name);
    const changed = statSync(path).mtimeMs;
    const known = this.read.get(name);
    if (known?.changed === changed) return known.value;
    const value = readFileSync(path, 'utf8').trim();
    this.read.set(name, { changed, value });
    return value;
  }
}
