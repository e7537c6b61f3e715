import type { PartnerName } from '../evidence.js';
import type { CrossRead } from './cross-read.js';

/** The p-th percentile, p in [0, 100]. */
function percentile(numbers: readonly number[], p: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? NaN;
}

/** p99 of "sent by the client → at the partner", ms, over what was entered from the strike on, at partners left alone. */
export function p99After({ evidence, entered, effects }: CrossRead, touched: readonly PartnerName[]): number {
  const delays = evidence.books
    .filter(({ name }) => !touched.includes(name))
    .flatMap(({ name }) =>
      [...entered].flatMap(([eventId, { lastSentAt }]) => {
        const first = effects.get(name)!.get(eventId)?.[0];
        return lastSentAt < evidence.moments.struckAt || !first ? [] : [Math.max(0, first.at - lastSentAt)];
      }),
    );
  return percentile(delays, 99);
}

/**
 * Seconds from the end of the fault until everything that a client had sent by then was at every partner. What a person
 * must decide, or what became needless, isn't waited for. Null: it never came to rest.
 */
export function recovery({ evidence: { moments }, entered, effects }: CrossRead): number | null {
  if (moments.restedAt === null) return null;
  let last = moments.mendedAt;
  for (const held of effects.values())
    for (const [eventId, all] of held)
      if ((entered.get(eventId)?.firstSentAt ?? Infinity) <= moments.mendedAt) last = Math.max(last, all[0]!.at);
  return Number(((last - moments.mendedAt) / 1_000).toFixed(1));
}
