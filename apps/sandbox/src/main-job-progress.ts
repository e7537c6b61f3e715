import type { Standing } from './main-job-watch.js';

/** One line that is written over once a second at a terminal; elsewhere a line for every tenth of the way. */
export class MainJobProgress {
  private shownAt = 0;
  private tenth = -1;

  constructor(
    private readonly expected: number,
    private readonly out: NodeJS.WriteStream = process.stdout,
  ) {}

  show(standing: Standing, lltpIsDown: boolean): void {
    const tenth = Math.floor((standing.accepted / this.expected) * 10);
    if (this.out.isTTY) {
      if (performance.now() - this.shownAt < 1_000) return;
      this.shownAt = performance.now();
      this.out.write(`\r\u001b[2K${this.line(standing, lltpIsDown)}`);
    } else if (tenth > this.tenth) {
      this.tenth = tenth;
      this.out.write(`${this.line(standing, lltpIsDown)}\n`);
    }
  }

  /** A sentence of its own; the line goes on below it. */
  say(text: string): void {
    this.out.write(`${this.out.isTTY ? '\r\u001b[2K' : ''}${text}\n`);
  }

  private line(standing: Standing, lltpIsDown: boolean): string {
    const percent = Math.floor((standing.accepted / this.expected) * 100);
    const moving = standing.unpublished + standing.unplanned + standing.waiting;
    return [
      `${String(percent).padStart(3)} %`,
      `đã nhận ${thousands(standing.accepted)}/${thousands(this.expected)} · entered`,
      `chờ ${thousands(moving)} · waiting`,
      `hỏi ${thousands(standing.asked)} · asked`,
      ...(standing.parked > 0 ? [`treo ${thousands(standing.parked)} · parked`] : []),
      ...(lltpIsDown ? ['LLTP ngừng · down'] : []),
    ].join('   ');
  }
}

export const thousands = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
