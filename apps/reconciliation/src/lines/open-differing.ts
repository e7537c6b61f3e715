import type { ComparisonProgress, LineComparison } from '#ledger';
import { BUCKETS, type Digest, type Line, type Range } from '#wire';
import type { LineSource } from './line-source.js';

/** Fewer lines than this cost less than the digests of a day's buckets. */
const FEW_LINES = 100;
const RANGES_AT_ONCE = 512;

export interface Opening {
  source: LineSource;
  lines: LineComparison;
  differing: readonly { ours: Digest; theirs: Digest }[];
  /** Opened though it agrees. */
  sampled: readonly Range[];
  oursOf: (ranges: readonly Range[]) => Promise<Digest[]>;
  show: (progress: ComparisonProgress) => void;
  signal: AbortSignal;
}

/**
 * Opens what differs: a short day whole, a long one by those of its buckets that differ. Returns how many lines of ours lie in
 * what was opened. That lines are those of their digest is the source's to see to.
 */
export async function openDiffering(opening: Opening): Promise<number> {
  const { source, differing, sampled, show, signal } = opening;
  const whole = differing.filter(({ ours, theirs }) => Math.max(ours.lines, theirs.lines) <= FEW_LINES);
  const byBucket = differing.filter((day) => !whole.includes(day));
  let inOpened = whole.reduce((n, { ours }) => n + ours.lines, 0);
  const toOpen = whole.map(({ theirs }) => theirs);
  const asked = [...byBucket.flatMap(({ ours }) => bucketsOf(ours.range.from)), ...sampled];
  for (let at = 0; at < asked.length; at += RANGES_AT_ONCE) {
    const ranges = asked.slice(at, at + RANGES_AT_ONCE);
    const [ours, theirs] = await Promise.all([opening.oursOf(ranges), source.digest!(ranges, signal)]);
    for (const [i, digest] of ours.entries()) {
      const isSampled = sampled.includes(ranges[i]!);
      if (!isSampled && digest.lines === theirs[i]!.lines && digest.digest === theirs[i]!.digest) continue;
      toOpen.push(theirs[i]!);
      inOpened += digest.lines;
    }
  }
  let done = 0;
  const all = toOpen.reduce((n, { lines }) => n + lines, 0);
  for (const digest of toOpen) {
    const take = async (batch: readonly Line[]): Promise<void> => {
      await opening.lines.add(batch);
      show({ step: 'lines', done: (done += batch.length), of: all });
    };
    await source.lines(digest.range, take, signal);
    await opening.lines.opened([digest.range]);
  }
  return inOpened;
}

const bucketsOf = (day: string): Range[] =>
  Array.from({ length: BUCKETS }, (_, bucket) => ({ from: day, to: day, bucket }));
