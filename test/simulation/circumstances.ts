import type { BreakerPolicy, DeliveryPolicy } from '#domain';
import type { Terms } from './lane-store.js';
import type { Random } from './random.js';

/** What a seed's world is like, before anything happens in it. Probabilities, and milliseconds. */
export interface Circumstances {
  workers: number;
  /** Each stream's events, by their letters. */
  streams: string[];
  partner: {
    hasKeys: boolean;
    lookUp: 'none' | 'event' | 'state';
    /** `stream/sequence` of what it refuses as data, until it is edited. */
    refuses: ReadonlySet<string>;
    /** Refuses a repeat, where it has keys, instead of recognising it. */
    refusesRepeats: boolean;
  };
  network: { drops: number; losesAnswers: number; delays: number; repeats: number; busy: number; silent: number };
  faults: {
    crash: number;
    freeze: number;
    lostReply: number;
    lostTimer: number;
    lostMessage: number;
    pause: number;
    stop: number;
  };
  chaosMs: number;
  terms: Terms;
  policy: DeliveryPolicy;
  breaker: BreakerPolicy;
}

const LETTERS = ['F', 'F', 'F', 'F', 'D', 'D', 'B'];

export function circumstancesOf(random: Random): Circumstances {
  const some = (p: number, most: number): number => (random.chance(p) ? random.next() * most : 0);
  const streams = Array.from({ length: random.whole(1, 3) }, () => lettersOf(random));
  const hasKeys = random.chance(0.7);
  const lookUp = random.pick(['none', 'event', 'event', 'state'] as const);
  const refuses = new Set<string>();
  streams.forEach((letters, i) =>
    [...letters].forEach((_, k) => random.chance(0.12) && refuses.add(`${i + 1}/${k + 1}`)),
  );
  return {
    workers: random.whole(2, 3),
    streams,
    partner: { hasKeys, lookUp, refuses, refusesRepeats: hasKeys && random.chance(0.15) },
    network: {
      drops: some(0.5, 0.2),
      losesAnswers: some(0.6, 0.3),
      delays: some(0.5, 0.4),
      repeats: hasKeys ? some(0.3, 0.2) : 0,
      busy: some(0.5, 0.4),
      silent: some(0.2, 0.9),
    },
    faults: {
      crash: some(0.6, 0.1),
      freeze: some(0.3, 0.2),
      lostReply: some(0.4, 0.1),
      lostTimer: some(0.4, 1),
      lostMessage: some(0.3, 1),
      pause: some(0.2, 0.03),
      stop: some(0.3, 0.02),
    },
    chaosMs: random.whole(8_000, 40_000),
    terms: { timeoutMs: 2_000, settleMs: random.pick([0, 1_000, 4_000]), canAsk: lookUp !== 'none' },
    policy: {
      retry: { firstMs: 300, factor: 2, atMostMs: 3_000, giveUpAfterMs: random.pick([4_000, 20_000, 1_000_000]) },
      onDuplicate: random.pick(['update', 'refuse']),
    },
    breaker: { opensAfter: random.pick([2, 4, 1_000]), probeFirstMs: 500, probeAtMostMs: 4_000 },
  };
}

/** Some cases have a result, and some of those a revocation; a few have more full states than a claim looks at. */
function lettersOf(random: Random): string {
  if (random.chance(0.01)) return `${'F'.repeat(random.whole(64, 80))}${random.pick(['', 'D', 'BF'])}`;
  const letters = Array.from({ length: random.whole(1, 5) }, () => random.pick(LETTERS));
  if (random.chance(0.4)) {
    const result = random.whole(0, letters.length);
    letters.splice(result, 0, 'Q');
    if (random.chance(0.3)) letters.splice(random.whole(result + 1, letters.length), 0, 'Q');
    if (random.chance(0.8)) letters.splice(random.whole(result + 1, letters.length), 0, 'R');
  }
  return letters.join('');
}
