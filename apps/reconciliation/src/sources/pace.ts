import { setTimeout as wait } from 'node:timers/promises';
import { durationMs } from '#domain';
import type { ContractVersion } from '#wire';
import { SourceRefused } from '../lines/line-source.js';
import { refused } from './refusals.js';

const MOST_TRIES = 4;
const FIRST_AGAIN_MS = 300;
const MOST_AT_ONCE = 8;

/** How a partner's lines are asked for: no faster and no more at once than its contract allows, again where it is busy. */
export class Pace {
  readonly timeoutMs: number;
  readonly atOnce: number;
  private readonly apartMs: number;
  private nextAt = 0;

  constructor({ limits }: ContractVersion) {
    this.timeoutMs = durationMs(limits.timeout);
    this.atOnce = Math.min(limits.inFlight, MOST_AT_ONCE);
    this.apartMs = limits.perSecond === undefined ? 0 : 1_000 / limits.perSecond;
  }

  /** Asks until it isn't busy, a few times. `of`: what it was asked about, without a value. */
  async asked<A extends { kind: string }>(
    ask: () => Promise<A | { kind: 'busy'; reason: string }>,
    of: string,
    signal: AbortSignal,
  ): Promise<Exclude<A, { kind: 'busy' }>> {
    for (let tried = 1; ; tried++) {
      signal.throwIfAborted();
      await this.turn(signal);
      const answer = await ask();
      if (answer.kind !== 'busy') return answer as Exclude<A, { kind: 'busy' }>;
      if (tried >= MOST_TRIES) throw away(of, (answer as { reason: string }).reason);
      await wait(FIRST_AGAIN_MS * 2 ** tried, undefined, { signal });
    }
  }

  /** Works on all of them, so many at once; after one that failed none is begun. */
  async each<T>(items: readonly T[], work: (item: T) => Promise<void>, most = this.atOnce): Promise<void> {
    let next = 0;
    const one = async (): Promise<void> => {
      try {
        while (next < items.length) await work(items[next++]!);
      } catch (error) {
        next = items.length;
        throw error;
      }
    };
    await Promise.all(Array.from({ length: Math.min(most, this.atOnce, items.length) }, one));
  }

  private async turn(signal: AbortSignal): Promise<void> {
    if (this.apartMs === 0) return;
    const now = performance.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + this.apartMs;
    if (at > now) await wait(at - now, undefined, { signal });
  }
}

/** A connector's reason is in words of ours: it quotes neither address nor answer. */
function away(of: string, reason: string): SourceRefused {
  const { rule, vi, en } = refused('away', { at: of });
  return new SourceRefused(rule, `${vi} (${reason})`, `${en} (${reason})`);
}
