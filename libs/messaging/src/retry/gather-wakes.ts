import type { WakeLane } from '#wire';
import { pause } from '../waiting.js';

const MAX_WAKES = 200;
const GATHER_MS = 5;

interface Waiting {
  wake: WakeLane;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/** Makes one call of many wakes: up to 200, or what came within 5 ms. One call is under way at a time. */
export class GatherWakes {
  private waiting: Waiting[] = [];
  private full = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly onWake: (wakes: WakeLane[]) => Promise<void>) {}

  /** Settles with the call that carried this wake. */
  add(wake: WakeLane): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push({ wake, resolve, reject });
    if (this.waiting.length >= MAX_WAKES) this.full.abort();
    this.running ??= this.run();
    return promise;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      if (this.waiting.length < MAX_WAKES) {
        this.full = new AbortController();
        await pause(GATHER_MS, this.full.signal);
      }
      const taken = this.waiting.splice(0, MAX_WAKES);
      try {
        await this.onWake(taken.map(({ wake }) => wake));
        for (const { resolve } of taken) resolve();
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
    this.running = undefined;
  }
}
