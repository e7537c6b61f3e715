import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const lookAgainMs = 1_000;

/** A secret from a file that may change while running; `fallback` where no folder of secrets is given. */
export class Secret {
  private value: string | undefined;
  private modified = 0;
  private looked = 0;

  constructor(
    private readonly folder: string | undefined,
    private readonly name: string,
    private readonly fallback: string,
  ) {}

  read(): string {
    if (this.folder === undefined) return this.fallback;
    const now = Date.now();
    if (this.value !== undefined && now - this.looked < lookAgainMs) return this.value;
    this.looked = now;
    const file = join(this.folder, this.name);
    const modified = statSync(file).mtimeMs;
    if (this.value === undefined || modified !== this.modified) {
      this.value = readFileSync(file, 'utf8').trim();
      this.modified = modified;
    }
    return this.value;
  }
}
