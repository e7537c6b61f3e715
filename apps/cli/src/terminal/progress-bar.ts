import type { Terminal } from '../verb.js';

const WIDTH = 30;
const EVERY_MS = 100;

/** A line on stderr that is redrawn in place; silent where stderr isn't a terminal. `share` is undefined where the end isn't known. */
export class ProgressBar {
  private drawn = 0;

  constructor(
    private readonly stderr: Terminal['stderr'],
    private readonly now: () => number = () => performance.now(),
  ) {}

  show(share: number | undefined, text: string): void {
    if (!this.stderr.isTTY || this.now() - this.drawn < EVERY_MS) return;
    this.drawn = this.now();
    const filled = share === undefined ? 0 : Math.round(Math.min(1, share) * WIDTH);
    const bar =
      share === undefined
        ? ''
        : `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${String(Math.floor(Math.min(1, share) * 100)).padStart(3)} %  `;
    // A line that wraps couldn't be redrawn. Some terminals say they have no columns.
    this.stderr.write(`\r\u001b[2K${`${bar}${text}`.slice(0, Math.max(20, (this.stderr.columns || 80) - 1))}`);
  }

  end(): void {
    if (this.stderr.isTTY && this.drawn > 0) this.stderr.write('\r\u001b[2K');
  }
}
