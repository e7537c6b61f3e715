import type { Log } from '#service';

/** Does something again and again, never two at once; a failure is logged by its code and the next round tries again. */
export class Round {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    private readonly log: Log,
  ) {}

  /** The first round at once: after a restart everything waits for it. */
  start(): void {
    this.turn();
    this.timer = setInterval(() => this.turn(), this.everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private turn(): void {
    this.running ??= this.work()
      .catch((error: unknown) =>
        this.log.warn({ round: this.name, code: (error as { code?: string }).code ?? String(error) }, 'a round failed'),
      )
      .finally(() => (this.running = undefined));
  }
}
